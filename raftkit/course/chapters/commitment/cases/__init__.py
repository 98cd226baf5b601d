"""The cases of notebook 04, a module for each topic."""

from raftkit.course.chapters.commitment.cases import (
    applying,
    election_winners,
    follower_commits,
    leader_commits,
)

CHECKS = {
    **leader_commits.CHECKS,
    **follower_commits.CHECKS,
    **applying.CHECKS,
    **election_winners.CHECKS,
}
