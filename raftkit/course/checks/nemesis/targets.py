"""Which broken Raft each exercise of notebook 06 is about, and in how few acts it breaks.

Wherever a search can look at everything that is shorter, a test lets it; of 6.6 and 6.7 the
numbers are the best that anybody has found.
"""

from raftkit.checkers import liveness
from raftkit.checkers.figure_3 import ElectionSafety, LeaderCompleteness
from raftkit.course.nemesis import Target

_ELECTION_SAFETY = (ElectionSafety.title, ElectionSafety.section)
_LEADER_COMPLETENESS = (LeaderCompleteness.title, LeaderCompleteness.section)
_PROGRESS = (liveness.PROGRESS, "§5.3")

TARGETS = {
    "6.1": Target("V15", 3, *_ELECTION_SAFETY, shortest=2),
    "6.2": Target("V1", 3, *_ELECTION_SAFETY, shortest=6),
    "6.3": Target("P1", 3, *_ELECTION_SAFETY, shortest=8),
    "6.4": Target("V11", 4, *_ELECTION_SAFETY, shortest=8),
    "6.5": Target("L2a", 3, *_LEADER_COMPLETENESS, shortest=10),
    "6.6": Target("L15", 3, *_PROGRESS, shortest=9),
    "6.7": Target("C1", 3, *_LEADER_COMPLETENESS, shortest=20),
}
