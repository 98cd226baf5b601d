"""Answers about voting: to the exercises of notebook 02, and those about a whole server.

The first are grouped as the checks of the notebook are, the others by role.
"""

from raftkit.course.chapters.voting.wrong_answers import (
    candidates,
    elections,
    leaders,
    majorities_and_logs,
    voters,
    votes_and_terms,
)

WRONG = (
    *majorities_and_logs.WRONG,
    *votes_and_terms.WRONG,
    *elections.WRONG,
    *voters.WRONG,
    *candidates.WRONG,
    *leaders.WRONG,
)
ODD = (*majorities_and_logs.ODD, *votes_and_terms.ODD, *elections.ODD, *candidates.ODD)
