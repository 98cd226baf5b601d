"""The cases of notebook 02, grouped by what they are about."""

from raftkit.course.chapters.voting.cases import elections, majorities_and_logs, votes_and_terms

CHECKS = {**majorities_and_logs.CHECKS, **votes_and_terms.CHECKS, **elections.CHECKS}
