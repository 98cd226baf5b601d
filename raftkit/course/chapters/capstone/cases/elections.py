"""Stage A: timers, votes and terms (§5.1, §5.2); MIT's lab 3A is its last case.

A server without entries, commands or a disk can pass it.
"""

from raftkit.course.checking.server_stages import ScenarioTest, ServerCase, ServerStage

ELECTIONS = ServerStage(
    "A",
    (
        ServerCase(
            "waits for a leader, and anew only when it should",
            2,
            ScenarioTest(
                (
                    *("StartsWaiting", "VoterWaits", "DeposedWaits", "LeaderStays"),
                    *("SplitVoteAgain", "OldLeaderCalms", "RefusedCalms"),
                )
            ),
        ),
        ServerCase(
            "timeouts differ each time, and outwait heartbeats",
            1,
            ScenarioTest(
                (
                    *("DifferentTimes", "DrawnAnew", "OutwaitsHeartbeats", "WaitsForAnswers"),
                    *("LeavesPeace", "SamePatience", "HeardAtOnce"),
                )
            ),
        ),
        ServerCase(
            "a leader beats on, for everybody", 1, ScenarioTest(("BeatsOn", "NobodyLeftOut"))
        ),
        ServerCase(
            "one vote a term, and never taken back",
            2,
            ScenarioTest(
                (
                    *("VoteOutlivesBeat", "WinnerKeepsVote", "CandidateKeepsVote"),
                    *("NewTermNewVote", "PrivateVote"),
                )
            ),
        ),
        ServerCase(
            "each election is a new one",
            2,
            ScenarioTest(
                (
                    *("EachFromZero", "OwnVotesOnly", "AsksEverybody", "NewTermEachTime"),
                    *("LogAsItIs", "AloneElected"),
                )
            ),
        ),
        ServerCase(
            "terms unseat old leaders and candidates",
            2,
            ScenarioTest(
                (
                    *("ConcedesFirst", "LearnsFromRefusals", "OldLeaderTold", "OwnTermOnly"),
                    "RefusedEntries",
                )
            ),
        ),
        ServerCase(
            "clusters elect one leader (MIT 3A)",
            2,
            ScenarioTest(("InitialElection", "ReElection", "ManyElections")),
        ),
    ),
)
