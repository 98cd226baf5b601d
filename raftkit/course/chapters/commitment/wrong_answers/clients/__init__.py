"""Answers about clients (§5.3, §8): wrong ones, and odd ones that are right."""

from raftkit.course.chapters.commitment.wrong_answers.clients import odd, redirecting, replying

WRONG = (*replying.WRONG, *redirecting.WRONG)
ODD = tuple(odd.ODD)
