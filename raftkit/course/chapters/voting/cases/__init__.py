"""The cases of notebook 02, a module for each topic."""

from raftkit.course.chapters.voting.cases import (
    adopting_terms,
    elections,
    granting_votes,
    majorities_and_logs,
)

CHECKS = {
    **majorities_and_logs.CHECKS,
    **granting_votes.CHECKS,
    **adopting_terms.CHECKS,
    **elections.CHECKS,
}
