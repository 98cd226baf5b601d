"""Notebook 03: how a leader makes all logs agree.

What is sent, refused, merged and acknowledged, and how a leader finds where two logs part (§5.3).
"""

from raftkit.course.exercise import Exercise, Notebook

NOTEBOOK = Notebook(
    name="03_log_replication",
    title="Log replication",
    section="§5.3",
    sees="logs that agree, logs that do not, and how a leader repairs them (Figures 6 and 7)",
    writes="both ends of AppendEntries, what the leader knows of its followers, the fast back-up",
)

EXERCISES = (
    Exercise(
        title="Who takes a command?",
        answer="append_command",
        section="§5.1, §5.3",
        minutes=4,
        hints=(
            "If two servers put different commands at the same index in the same term, who could "
            "ever tell the two entries apart?",
            "The leader appends the command to its log as a new entry (§5.3). Whoever else is "
            "asked takes nothing (§5.1).",
            "`None` unless `standing.role` is `'leader'`. Otherwise `log.extend((entry,))`: "
            "extend wants several entries, and a tuple of one has a comma.",
        ),
    ),
    Exercise(
        title="What does the leader send?",
        answer="make_append_entries",
        section="§5.3",
        minutes=10,
        hints=(
            "The follower gets entry `next_index` and some more. Which entry must it have "
            "already, so that these fit behind it?",
            "prevLogIndex is the index of the entry immediately preceding the new ones, "
            "prevLogTerm its term (Figure 2, AppendEntries). Before entry 1 that is index 0 of "
            "term 0.",
            "With `before = next_index - 1`: its term is `log.term_at(before)`, and the entries "
            "are `log.entries(next_index, before + batch)`. Then the seven parts in the order of "
            "`AppendEntriesRequest`.",
        ),
    ),
    Exercise(
        title="Do the new entries fit?",
        answer="previous_entry_matches",
        section="§5.3",
        minutes=6,
        hints=(
            "Which two numbers name an entry? And what if your log is too short to have one there?",
            "Reply false if log doesn't contain an entry at prevLogIndex whose term matches "
            "prevLogTerm (Figure 2, AppendEntries 2).",
            "False if `request.prev_log_index > log.last_index`. Otherwise compare "
            "`log.term_at(request.prev_log_index)` with `request.prev_log_term`; index 0 needs no "
            "case of its own.",
        ),
    ),
    Exercise(
        title="Only a conflict deletes",
        answer="merge_entries",
        section="§5.3",
        minutes=12,
        hints=(
            "A request may be old: the log has grown since it was sent. Which of its entries are "
            "news, and what do the others prove?",
            "If an existing entry conflicts with a new one (same index, different terms), delete "
            "it and all that follow it; append any new entries not already in the log (Figure 2, "
            "AppendEntries 3, 4).",
            "Walk through the new entries with their indexes. At the first that is beyond "
            "`last_index` or has another term: `log.prefix(index - 1).extend(...)` with this one "
            "and those behind it. None? Return `log`.",
        ),
    ),
    Exercise(
        title="How far do we agree?",
        answer="match_index_after",
        section="§5.3",
        minutes=4,
        hints=(
            "Your log may go on behind the new entries. Does the request say anything about what "
            "stands there?",
            "When AppendEntries returns successfully, the follower's log is identical to the "
            "leader's up through the new entries (§5.3).",
            "They begin after `request.prev_log_index`, and there are `len(request.entries)` of "
            "them. The length of the log does not matter.",
        ),
    ),
    Exercise(
        title="A follower says yes",
        answer="advance_progress",
        section="§5.3",
        minutes=7,
        hints=(
            "Two answers overtake each other on the way. What does the older one still tell you "
            "when it comes last?",
            "If successful: update nextIndex and matchIndex for follower (Figure 2, Leaders). "
            "matchIndex increases monotonically (Figure 2, State).",
            "Return `progress` if the response's term is not `standing.current_term`, or its "
            "`match_index` is not above the known one. Otherwise `Progress(match_index + 1, "
            "match_index)`.",
        ),
    ),
    Exercise(
        title="A new leader begins",
        answer="initial_progress",
        section="§5.3",
        minutes=4,
        hints=(
            "You led term 2 and now you lead term 5. What may have happened to a follower's log "
            "in between?",
            "Reinitialized after election: nextIndex to leader last log index + 1, matchIndex to "
            "0 (Figure 2, State).",
            "`Progress(last_log_index + 1, 0)`, whatever `earlier` says: a guess that is found "
            "out by the first refusal, and no claim at all.",
        ),
    ),
    Exercise(
        title="A refusal that helps",
        answer="find_conflict",
        section="§5.3",
        minutes=7,
        hints=(
            "If your entry there is wrong, what about the others of the same term, just before it?",
            "The follower can include the term of the conflicting entry and the first index it "
            "stores for that term (end of §5.3).",
            "Too short: `Conflict(0, log.last_index + 1)`. Otherwise the term is "
            "`log.term_at(request.prev_log_index)`; its first index is `log.first_index_of(term)`, "
            "or go backwards as long as the term is the same.",
        ),
    ),
    Exercise(
        title="Backing up, a term at a time",
        answer="back_up",
        section="§5.3",
        minutes=14,
        hints=(
            "How far back, at least? How far back, at most? And which refusals should not be "
            "believed at all?",
            "After a rejection, the leader decrements nextIndex and retries; with the conflict's "
            "term and first index, it can bypass all of the conflicting entries in that term "
            "(§5.3).",
            "Old term, or refused index not above `match_index`: `progress`. Otherwise start from "
            "`conflict_index` (or, if your log has that term, just after its last entry), then "
            "`min(..., progress.next_index)`, then `max(..., progress.match_index + 1)`.",
        ),
    ),
)
