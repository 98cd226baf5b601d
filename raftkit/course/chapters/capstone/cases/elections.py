"""Stage A: timers, votes and terms (§5.1, §5.2); MIT's lab 3A is its last case.

A server without entries, commands or a disk can pass it.
"""

from raftkit.course.chapters.capstone.cases.lone_servers import lone
from raftkit.course.checking.server_stages import ScenarioTest, ServerCase, ServerStage
from raftkit.scenarios.small_world.complaint import BEATING, ELECTING, TERMS, VOTING, WAITING

ELECTIONS = ServerStage(
    "A",
    (
        lone(
            "waits for a leader, and anew only when it should",
            2,
            WAITING,
            ("LeaderStays", "SplitVoteAgain"),
        ),
        ServerCase(
            "timeouts differ each time, and outwait heartbeats",
            1,
            ScenarioTest(
                (
                    *("DifferentTimes", "DrawnAnew", "OutwaitsHeartbeats", "WaitsForAnswers"),
                    *("LeavesPeace", "SamePatience", "AsSet"),
                )
            ),
        ),
        lone("a leader beats on, for everybody", 1, BEATING),
        lone("one vote a term, and never taken back", 2, VOTING),
        lone("each election is a new one", 2, ELECTING, ("LateVotes",)),
        lone("terms unseat old leaders and candidates", 2, TERMS),
        ServerCase(
            "clusters elect one leader (MIT 3A)",
            2,
            ScenarioTest(("InitialElection", "ReElection", "ManyElections")),
        ),
    ),
)
