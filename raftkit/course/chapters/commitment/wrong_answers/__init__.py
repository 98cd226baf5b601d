"""Answers about commit and apply (§5.3, §5.4.2): wrong ones, and odd ones that are right.

Each is a few lines behind the student's seam, with what the student was thinking
and the rule of the paper that it breaks.
"""

from raftkit.course.chapters.commitment.wrong_answers import (
    clients,
    following,
    leading,
    majorities,
    odd,
    winning,
)

WRONG = (*leading.WRONG, *majorities.WRONG, *following.WRONG, *winning.WRONG, *clients.WRONG)
ODD = (*odd.ODD, *winning.ODD, *clients.ODD)
