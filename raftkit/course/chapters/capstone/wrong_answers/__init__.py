"""Answers whose mistake is one of Python, not of Raft: wrong ones, and odd ones that are right.

A rule is a function of its arguments and a server one of its events. Whoever forgets that
breaks another rule of the paper in the end, mostly on other machines than one's own.
"""

from raftkit.course.chapters.capstone.wrong_answers import (
    changed_values,
    from_scratch,
    odd,
    python_traps,
    state_outside,
)

WRONG = (*state_outside.WRONG, *changed_values.WRONG, *python_traps.WRONG)
ODD = (*from_scratch.ODD, *odd.ODD)
