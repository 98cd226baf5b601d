"""The broken Raft of each exercise of notebook 06, and how few actions break it.

tests/course/test_shortest_schedules.py proves these numbers: it searches everything shorter,
within bounds that it states. For 6.7 the number is only the best one found.
"""

from raftkit.checkers import liveness
from raftkit.checkers.figure_3 import ElectionSafety, LeaderCompleteness
from raftkit.course.chapters.nemesis import broken_rafts
from raftkit.course.nemesis.target import Target
from raftkit.protocol import Rules

_ELECTION_SAFETY = (ElectionSafety.title, ElectionSafety.section)
_LEADER_COMPLETENESS = (LeaderCompleteness.title, LeaderCompleteness.section)
_PROGRESS = (liveness.PROGRESS, "§5.3")

TARGETS = {
    "6.1": Target(
        Rules(has_majority=broken_rafts.majority_of_the_answers), 3, *_ELECTION_SAFETY, shortest=2
    ),
    "6.2": Target(
        Rules(should_grant_vote=broken_rafts.votes_for_everybody), 3, *_ELECTION_SAFETY, shortest=6
    ),
    "6.3": Target(
        Rules(writes_needed=broken_rafts.vote_in_memory_only), 3, *_ELECTION_SAFETY, shortest=8
    ),
    "6.4": Target(Rules(count_vote=broken_rafts.counts_messages), 4, *_ELECTION_SAFETY, shortest=8),
    "6.5": Target(
        Rules(merge_entries=broken_rafts.cuts_at_every_request),
        3,
        *_LEADER_COMPLETENESS,
        shortest=10,
    ),
    "6.6": Target(Rules(back_up=broken_rafts.tries_the_same_again), 3, *_PROGRESS, shortest=6),
    "6.7": Target(
        Rules(advance_commit_index=broken_rafts.counts_copies_only),
        3,
        *_LEADER_COMPLETENESS,
        shortest=20,
    ),
}
