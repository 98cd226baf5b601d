"""Schedules of faults in which a server crashes at a bad moment and forgets what it has said.

The search tries them on answers to notebook 05 before its random schedules. Correct rules
survive them all. The times fit the latencies under seed 1: messages are then under way, or
have arrived.
"""

from raftkit.course.checking.fault_schedules import fault_schedule
from raftkit.simulator import (
    Crash,
    Cut,
    Delay,
    Heal,
    Partition,
    Propose,
    Restart,
    SlowDisk,
    Timeout,
    TornWrite,
)

# S2 votes for S1, crashes, and is asked again in the same term.
LOST_VOTE = fault_schedule(
    3,
    24,
    (0, (Cut("S1", "S3"), Timeout("S1"))),
    (8, (Crash("S2"), Restart("S2"), Timeout("S3"))),
)

# The same, and S2 crashes while it writes its vote.
SLOW_VOTE = fault_schedule(
    3,
    40,
    (0, (SlowDisk("S2", 10_000), Cut("S1", "S3"), Timeout("S1"))),
    (8, (Crash("S2"), Restart("S2"), Timeout("S3"))),
)

# S2 crashes between two writes: it has voted in one term, and writes its vote of the next.
HALF_A_VOTE = fault_schedule(
    3,
    60,
    (0, (Delay(23_000, "S3", "S2"), Timeout("S1"), Timeout("S3"))),
    (14, (TornWrite("S2", 1), Timeout("S3"))),
    (24, (Restart("S2"),)),
)

# A candidate crashes while it writes its own vote, and another candidate asks it.
SLOW_CANDIDATE = fault_schedule(
    3,
    30,
    (0, (SlowDisk("S1", 10_000), Timeout("S1"))),
    (3, (Crash("S1"), Restart("S1"), Timeout("S3"))),
)

# S2 and the leader have an entry; S2 crashes while it writes the entry.
SLOW_FOLLOWER = fault_schedule(
    3,
    80,
    (0, (Timeout("S1"),)),
    (14, (SlowDisk("S2", 20_000), Cut("S1", "S3"), Propose("x=1", "S1"))),
    (30, (Crash("S1"), Crash("S2"), Restart("S2"), Timeout("S3"))),
)

# The same with the leader S1, which crashes while it writes the entry.
SLOW_LEADER = fault_schedule(
    3,
    70,
    (0, (Timeout("S1"),)),
    (14, (SlowDisk("S1", 20_000), Cut("S1", "S3"), Propose("x=1", "S1"))),
    (28, (Crash("S1"), Crash("S2"), Heal(), Restart("S1"), Timeout("S3"))),
)

# S1's entry is replaced by S2's, which is committed with S1's help; then S1 restarts and leads.
REPLACED_ENTRY = fault_schedule(
    3,
    90,
    (0, (Timeout("S1"),)),
    (14, (Partition((("S1",),)), Propose("x=1", "S1"), Timeout("S2"))),
    (28, (Heal(), Partition((("S3",),)), Propose("x=2", "S2"))),
    (68, (Crash("S2"), Crash("S1"), Heal(), Restart("S1"), Timeout("S1"))),
    (82, (Timeout("S1"),)),
)

# S1 restarts with an entry that nobody else has, at an index where the others have another one.
OWN_ENTRY = fault_schedule(
    3,
    70,
    (0, (Timeout("S1"),)),
    (14, (Partition((("S1",),)), Propose("x=1", "S1"), Timeout("S2"))),
    (28, (Propose("x=2", "S2"),)),
    (45, (Crash("S1"), Restart("S1"), Timeout("S1"))),
)
