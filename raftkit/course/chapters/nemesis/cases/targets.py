"""Which broken Raft each exercise of notebook 06 is about, and in how few acts it breaks.

A test proves the numbers by searching through everything that is shorter, within bounds that
it states; but for 6.7, where it is the best that anybody has found.
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
    "6.6": Target("L15", 3, *_PROGRESS, shortest=6),
    "6.7": Target("C1", 3, *_LEADER_COMPLETENESS, shortest=20),
}
