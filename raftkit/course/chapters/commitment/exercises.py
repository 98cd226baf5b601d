"""Notebook 04: commit, apply, and why Figure 8 cannot happen.

When an entry is safe, who may say so, and who could still win an election without it (§5.4).
"""

from raftkit.course.exercise import Exercise, Notebook

NOTEBOOK = Notebook(
    name="04_commit_and_safety",
    title="Commit and safety",
    section="§5.3, §5.4",
    sees="Figure 8 alive: an entry on a majority that is lost all the same",
    writes="when a leader commits, what followers believe, what is applied, answered, or lost",
)

EXERCISES = (
    Exercise(
        title="When is an entry committed?",
        answer="advance_commit_index",
        section="§5.3, §5.4.2",
        minutes=12,
        hints=(
            "Sort the match indexes: `sorted` makes a list of the tuple. At which place does a "
            "majority have that index or a later one? And which term must the entry there have?",
            "If N > commitIndex, a majority of matchIndex[i] ≥ N, and log[N].term == currentTerm: "
            "set commitIndex = N (Figure 2, Leaders).",
            "`index = sorted(match_indexes)[(len(match_indexes) - 1) // 2]`. Return it if it is "
            "greater than `commit_index` and `log.term_at(index) == current_term`; else "
            "`commit_index`.",
        ),
    ),
    Exercise(
        title="What a follower may believe",
        answer="follower_commit_index",
        section="§5.3",
        minutes=8,
        hints=(
            "The leader says what it has committed. Up to which index do you know that your log is "
            "like the leader's?",
            "If leaderCommit > commitIndex, set commitIndex = min(leaderCommit, index of last new "
            "entry) (Figure 2, AppendEntries 5). And commitIndex never falls (State).",
            "Without `success`, `commit_index`. Otherwise `last_new = request.prev_log_index + "
            "len(request.entries)`, and `max(commit_index, min(request.leader_commit, last_new))`.",
        ),
    ),
    Exercise(
        title="Into the state machine",
        answer="apply_through",
        section="§5.3",
        minutes=3,
        hints=(
            "A state machine cannot take a command back. Which entries of the log are sure to "
            "stay?",
            "If commitIndex > lastApplied: increment lastApplied, apply log[lastApplied] (Figure "
            "2, All servers). It says so until they are equal.",
            "Everything up to `commit_index`, and nothing after it: return `commit_index`.",
        ),
    ),
    Exercise(
        title="Done, says the leader",
        answer="may_answer_client",
        section="§5.3",
        minutes=4,
        hints=(
            "What does a client want to hear: that its command was received, or what came of it? "
            "When is that known?",
            "If command received from client: append entry to local log, respond after entry "
            "applied to state machine (Figure 2, Leaders).",
            "The entry is applied if its index is at most `last_applied`.",
        ),
    ),
    Exercise(
        title="Who could still win?",
        answer="could_win",
        section="§5.4.1, §5.4.3",
        minutes=8,
        hints=(
            "Go from server to server: would it vote for this candidate? What does it look at? "
            "And who votes for the candidate in any case?",
            "The log with the later last term is more up-to-date; with equal terms the longer one "
            "is (§5.4.1). A candidate wins with a majority of the full cluster (§5.2).",
            "Compare `(log.last_term, log.last_index)` as pairs with `>=`, count one more for the "
            "candidate, and ask for more than half of `len(others) + 1`.",
        ),
    ),
)
