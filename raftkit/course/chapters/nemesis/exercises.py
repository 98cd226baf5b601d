"""Notebook 06: broken Rafts, and schedules of faults that break them.

An answer is a schedule, held perform_on one broken Raft and perform_on Raft as it should be.
"""

from raftkit.course.exercise import Exercise, Notebook

NOTEBOOK = Notebook(
    name="06_nemesis",
    title="Break it",
    section="§5, Figures 3 and 8",
    sees="seven Rafts, each with one mistake, on a good day",
    writes="the schedule of faults that breaks each, in as few actions as you can",
)

EXERCISES = (
    Exercise(
        title="A majority of the answers",
        answer="break_the_majority",
        section="§5.2",
        minutes=5,
        hints=(
            "How many servers have answered a candidate that has just begun to ask?",
            "A candidate wins with votes from a majority of the servers in the full cluster "
            "(§5.2). This one wins as soon as it has voted for itself.",
            "Two servers time out, and nobody hears of the other: `Timeout(...)` twice.",
        ),
    ),
    Exercise(
        title="A vote for everybody",
        answer="break_the_voter",
        section="§5.2",
        minutes=8,
        hints=(
            "Two candidates of one term need two majorities of three. Which server is in both?",
            "Each server votes for at most one candidate in a given term (§5.2). An election is "
            "three actions: a timeout, a request, a vote.",
            "S3 elects S1 with `Timeout`, `Deliver` to S3, `Deliver` back. Then S2 does the "
            "same, before it has heard of S1.",
        ),
    ),
    Exercise(
        title="A vote forgotten",
        answer="break_the_memory",
        section="§5.2, Figure 2",
        minutes=8,
        hints=(
            "When does a server look at its disk, and what does this one not find there?",
            "votedFor is persistent: on stable storage before an RPC is answered (Figure 2, "
            "State). Whoever forgets it has a second vote in the same term.",
            "As in 6.2, S3 is in both majorities. Between its two votes: `Crash` and `Restart`.",
        ),
    ),
    Exercise(
        title="A vote counted twice",
        answer="break_the_count",
        section="§5.2",
        minutes=10,
        hints=(
            "Four servers, so that three votes win. How can a candidate come to three with one "
            "voter?",
            "Each server has one vote (§5.2), and RPCs may arrive more than once (§5.5): "
            "`again=True` keeps a copy under way.",
            "S1 gets S2's vote twice: `Deliver(..., again=True)`, then the same without. The "
            "other two servers elect S3 in the same way.",
        ),
    ),
    Exercise(
        title="An old heartbeat",
        answer="break_the_log",
        section="§5.3, §5.4",
        minutes=15,
        hints=(
            "Every heartbeat says what stands before it. What does the very first one of a "
            "leader say, and what if it comes last?",
            "If an existing entry conflicts with a new one, delete it and all that follow "
            "(Figure 2, AppendEntries 3). A heartbeat has none that could. And who has heard of "
            "nothing yet stands for term 1.",
            "Commit `x=1` with S2's help: request and answer. Then deliver S1's first heartbeat "
            "to S2, and let S2 win term 2 with S3's vote.",
        ),
    ),
    Exercise(
        title="A leader that never backs up",
        answer="break_the_leader",
        section="§5.3",
        minutes=15,
        hints=(
            "A new leader assumes that all logs end as its own. When is that wrong, and when "
            "does the whole cluster wait for the one that it is wrong about?",
            "After a rejection the leader decrements nextIndex and retries (§5.3). This one asks "
            "the same again, so a follower with a shorter log never gets anything.",
            "S1 leads and takes `x=1`. Lose what would bring it to S3, and let S1 crash: S2 will "
            "lead with it, and needs S3.",
        ),
    ),
    Exercise(
        title="Counting copies",
        answer="break_the_commit",
        section="§5.4.2, Figure 8",
        minutes=25,
        hints=(
            "Who could still win an election, although a majority holds the entry? Somebody "
            "whose last entry is of a later term.",
            "Figure 8: only entries of the leader's current term are committed by counting "
            "replicas (§5.4.2). Three servers are enough, and four terms.",
            "S1 leads term 1, keeps `x=1`. S2 leads term 2, keeps `x=2`. S1 leads term 3, gives "
            "`x=1` to S3. S2 wins term 4. A leader must first hear of the later term.",
        ),
    ),
)
