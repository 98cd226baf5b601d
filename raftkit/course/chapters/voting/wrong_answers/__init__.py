"""Answers about voting: to the exercises of notebook 02, and about whole servers.

Answers to exercises are grouped by topic, whole servers by role.
"""

from raftkit.course.chapters.voting.wrong_answers import (
    adopting_terms,
    candidates,
    elections,
    granting_votes,
    leaders,
    majorities_and_logs,
    voters,
)

WRONG = (
    *majorities_and_logs.WRONG,
    *granting_votes.WRONG,
    *adopting_terms.WRONG,
    *elections.WRONG,
    *voters.WRONG,
    *candidates.WRONG,
    *leaders.WRONG,
)
ODD = (
    *majorities_and_logs.ODD,
    *granting_votes.ODD,
    *adopting_terms.ODD,
    *elections.ODD,
    *candidates.ODD,
)
