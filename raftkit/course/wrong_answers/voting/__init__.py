"""Answers to notebook 02, wrong ones and odd ones, grouped as its checks are."""

from raftkit.course.wrong_answers.voting import elections, majorities_and_logs, votes_and_terms

WRONG = (*majorities_and_logs.WRONG, *votes_and_terms.WRONG, *elections.WRONG)
ODD = (*majorities_and_logs.ODD, *votes_and_terms.ODD, *elections.ODD)
