"""Stage B: logs, commits and clients (§5.3, §5.4); MIT's lab 3B is its last case.

A server that never writes to its disk can pass it.
"""

from raftkit.course.checking.server_stages import ScenarioTest, ServerCase, ServerStage

REPLICATION = ServerStage(
    "B",
    (
        ServerCase(
            "entries follow one that agrees",
            1,
            ScenarioTest(
                (
                    *("HeartbeatIsChecked", "TermBeforeCounts", "NoGap", "EntryOneIsCompared"),
                    "SameBeginning",
                )
            ),
        ),
        ServerCase(
            "only a conflict deletes",
            2,
            ScenarioTest(
                (
                    *("LeadersGoBack", "HeartbeatCutsNothing", "RepeatCutsNothing"),
                    *("ShortRequestEndsNothing", "AnyOrder", "RepeatAddsNothing"),
                    *("ConflictGivesWay", "ConflictTakesTheRest", "ConflictKeepsTheBeginning"),
                    *("EqualEntriesAreTwo", "TermsTellEntriesApart"),
                )
            ),
        ),
        ServerCase(
            "a leader sends what each follower lacks",
            2,
            ScenarioTest(
                (
                    *("EntriesFollowPrev", "OwnTermBefore", "NothingBeforeTheFirst"),
                    *("EntriesKeepTheirTerm", "RequestsDoNotChange", "LastEntryIsSent"),
                    *("OnlyALeaderTakes", "LeaderKeepsItsLog", "WinnerKeepsItsLog"),
                    *("FilledFromTheBeginning", "LostIsSentAgain"),
                )
            ),
        ),
        ServerCase(
            "answers say what agrees; late ones mislead nobody",
            2,
            ScenarioTest(
                (
                    *("MatchIsNotLength", "MatchIsNotTooHigh", "MatchCountsNewEntries"),
                    *("AcknowledgedOnce", "LateAcknowledgement", "LateRefusal", "OldRefusal"),
                    *("OldAcknowledgement", "MatchesBeginAtZero", "SearchesFromTheEnd"),
                    *("RefusalsTwice", "AnswersHaveSenders", "BacksUpOnly"),
                )
            ),
        ),
        ServerCase(
            "elections heed logs, and timers heed entries",
            1,
            ScenarioTest(
                (
                    *("WholeLogs", "LateVotes", "LeaderIsHeard", "ClientCalms", "BusyLeader"),
                    "FallsSilent",
                )
            ),
        ),
        ServerCase(
            "a majority commits, and only the leader's own term",
            2,
            ScenarioTest(
                (
                    *("LeaderCountsItself", "HalfIsNoMajority", "OneOfFive", "MinorityMayBeDown"),
                    *("NewestCommits", "WinningCommitsNothing", "Figure8c", "Figure8d"),
                    *("Figure8e", "NoOpWithoutClient"),
                )
            ),
        ),
        ServerCase(
            "followers commit what surely agrees",
            1,
            ScenarioTest(
                (
                    *("CommitsWhatMatches", "CommitBeyondTheLog", "CommitsWithTheLeader"),
                    *("RefusedCommitsNothing", "CommitOnlyRises", "HeartbeatsTell"),
                    "FollowersHear",
                )
            ),
        ),
        ServerCase(
            "each committed entry is applied once, in order",
            1,
            ScenarioTest(
                (
                    *("AppliesWhatIsCommitted", "LeaderCommitAppliesNothing", "AppliedOnce"),
                    *("NoneIsSkipped", "AppliesTheLast"),
                )
            ),
        ),
        ServerCase(
            "clients are answered once, when it is done",
            2,
            ScenarioTest(
                (
                    *("AnsweredWhen", "OwnAnswer", "AnsweredOnce", "AnotherEntry", "NextLeader"),
                    *("AnyMajority", "NobodyWaits", "DoneOnce", "NoStaleRead"),
                )
            ),
        ),
        ServerCase(
            "a follower names the leader", 1, ScenarioTest(("NamesLeader", "NamesPresentLeader"))
        ),
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
