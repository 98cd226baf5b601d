"""Answers about clients (§5.3, §8): wrong ones, and odd ones that are right.

Each is a few lines behind the student's seam, with what the student was thinking
and the rule of the paper that it breaks.
"""

from raftkit.course.chapters.commitment.wrong_answers.clients import odd, redirecting, replying

WRONG = (*replying.WRONG, *redirecting.WRONG)
ODD = tuple(odd.ODD)
