"""Stage B: logs, commits and clients (§5.3, §5.4); MIT's lab 3B is its last case.

A server that never writes to its disk can pass it.
"""

from raftkit.course.chapters.capstone.cases.lone_servers import lone
from raftkit.course.checking.server_stages import ScenarioTest, ServerCase, ServerStage
from raftkit.scenarios.small_world.complaint import (
    APPLYING,
    CHECKING,
    CLIENTS,
    COMMITTING,
    FOLLOWING,
    HEEDING,
    MERGING,
    NAMING,
    PROGRESS,
    SENDING,
)

REPLICATION = ServerStage(
    "B",
    (
        lone("entries follow one that agrees", 1, CHECKING),
        lone("only a conflict deletes", 2, MERGING),
        lone(
            "a leader sends what each follower lacks",
            2,
            SENDING,
            ("LastEntryIsSent", "LostIsSentAgain"),
        ),
        lone(
            "answers say what agrees; late ones mislead nobody",
            2,
            PROGRESS,
            ("BacksUpOnly",),
        ),
        lone("elections heed logs, and timers heed entries", 1, HEEDING, ("BusyLeader",)),
        lone(
            "a majority commits, and only the leader's own term",
            2,
            COMMITTING,
            ("MinorityMayBeDown", "Figure8d"),
        ),
        lone("followers commit what surely agrees", 1, FOLLOWING, ("FollowersHear",)),
        lone("each committed entry is applied once, in order", 1, APPLYING, ("LongLogs",)),
        lone(
            "clients are answered once, when it is done",
            2,
            CLIENTS,
            ("NextLeader", "NobodyWaits", "DoneOnce", "NoStaleRead"),
        ),
        lone("a follower names the leader", 1, NAMING),
        ServerCase(
            "clusters agree (MIT 3B, Figure 7)",
            3,
            ScenarioTest(
                (
                    *("Figure7InTime", "CopiesAndDetours", "BasicAgree", "FollowerFailure"),
                    *("LeaderFailure", "FailAgree", "FailNoAgree", "ConcurrentStarts", "Rejoin"),
                    *("Backup", "RPCBytes", "Count"),
                )
            ),
        ),
    ),
)
