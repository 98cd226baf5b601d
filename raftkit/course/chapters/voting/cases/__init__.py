"""The cases of notebook 02, grouped by what they are about."""

from raftkit.course.chapters.voting.cases import elections, granting_votes, majorities_and_logs

CHECKS = {**majorities_and_logs.CHECKS, **granting_votes.CHECKS, **elections.CHECKS}
