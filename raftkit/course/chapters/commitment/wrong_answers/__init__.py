"""Answers about commit and apply (§5.3, §5.4.2): wrong ones, and odd ones that are right.

Answers about what a client is told are in the package `clients`.
"""

from raftkit.course.chapters.commitment.wrong_answers import (
    clients,
    election_winners,
    follower_commits,
    leader_commits,
    majorities,
    odd,
)

WRONG = (
    *leader_commits.WRONG,
    *majorities.WRONG,
    *follower_commits.WRONG,
    *election_winners.WRONG,
    *clients.WRONG,
)
ODD = (*odd.ODD, *election_winners.ODD, *clients.ODD)
