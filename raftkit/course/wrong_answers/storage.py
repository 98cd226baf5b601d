"""Answers about persistence and restart (Figure 2, State): wrong ones, and odd ones that are right.

Each is a few lines behind the student's seam, with what the student was thinking
and the rule of the paper that it breaks.
"""

from raftkit.course.wrong_answers.wrong_answer import OddAnswer, WrongAnswer, odd_in, wrong_in

WRONG: list[WrongAnswer] = []
ODD: list[OddAnswer] = []
wrong = wrong_in(WRONG)
odd = odd_in(ODD)
