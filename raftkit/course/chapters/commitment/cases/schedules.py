"""Schedules of faults under which wrong rules lose committed entries, or answered ones.

The search tries them on answers to notebook 04 before its random schedules. Correct rules
survive them all. The times fit the latencies under seed 1: messages are then under way, or
have arrived.
"""

from raftkit.course.checking.fault_schedules import fault_schedule
from raftkit.simulator import Ask, Crash, Cut, Heal, Partition, Propose, Restart, Timeout

# Figure 8, (a) to (d). In (c) S1 appends an entry while S3's answer is on its way to it.
FIGURE_8 = fault_schedule(
    5,
    250,
    (0, (Timeout("S3"),)),
    (14, (Propose("x=1"),)),
    (74, (Timeout("S1"),)),
    (88, (Partition((("S1", "S2"),)), Propose("x=2", "S1"))),
    (102, (Crash("S1"), Timeout("S5"))),
    (116, (Heal(), Partition((("S5",),)), Propose("x=3", "S5"))),
    (118, (Crash("S5"), Heal(), Partition((("S4",), ("S5",))), Restart("S1"), Timeout("S1"))),
    (132, (Timeout("S1"),)),
    (160, (Cut("S1", "S2", True), Cut("S1", "S3", True), Propose("x=4", "S1"))),
    (174, (Crash("S1"), Restart("S5"), Heal(), Timeout("S5"))),
    (188, (Timeout("S5"),)),
)

# Two of five have an entry, and the other three elect a leader without it.
TWO_OF_FIVE = fault_schedule(
    5,
    70,
    (0, (Timeout("S1"),)),
    (14, (Partition((("S1", "S2"),)), Propose("x=1", "S1"))),
    (28, (Timeout("S3"),)),
    (42, (Propose("x=2", "S3"),)),
)

# S1 has an entry of its own when the leader of a later term speaks to it, and has to refuse.
REFUSED = fault_schedule(
    3,
    130,
    (0, (Timeout("S1"),)),
    (14, (Partition((("S1",),)), Propose("x=1", "S1"), Timeout("S2"))),
    (28, (Propose("x=2", "S2"),)),
    (42, (Propose("x=3", "S2"),)),
    (56, (Timeout("S3"),)),
    (70, (Heal(),)),
)

# A client asks a leader that is cut off together with it, and later reads the value.
ANSWERED_EARLY = fault_schedule(
    3,
    160,
    (0, (Timeout("S1"),)),
    (14, (Partition((("S1", "C1"), ("S2", "S3"))), Ask("C1", "x=1"))),
    (34, (Timeout("S2"),)),
    (50, (Heal(),)),
    (110, (Ask("C1", "x"),)),
    clients=1,
)
