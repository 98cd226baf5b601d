"""Wrong answers about the follower's log after a request (§5.3; Figure 2, AppendEntries 3, 4).

They delete too much or too little, or compare the wrong values.
"""

from raftkit.course.chapters.nemesis import broken_rafts
from raftkit.course.wrong_answer import (
    COMMANDS_COMMITTED,
    LEADER_COMPLETENESS,
    LOG_MATCHING,
    STATE_MACHINE_SAFETY,
    Told,
    WrongAnswers,
    breaks,
    thinking,
)
from raftkit.protocol import AppendEntriesRequest, Log

WRONG = WrongAnswers()
wrong = WRONG.answer


# Deleting too much ------------------------------------------------------------------------


wrong("L2a", "3.4", LEADER_COMPLETENESS, case="a heartbeat cuts nothing off")(
    Told(
        broken_rafts.cuts_at_every_request,
        thinking="Up to prevLogIndex we agree; what follows is what the leader sends.",
        breaks="Only a conflict deletes entries (§5.3; Figure 2, AppendEntries 3).",
    )
)


@wrong("L2b", "3.4", LEADER_COMPLETENESS, case="an old request cuts nothing off")
@thinking("A heartbeat must not delete, but new entries replace whatever is behind.")
@breaks("Only a conflict deletes entries, and copies have none (Figure 2, AppendEntries 3).")
def cuts_at_every_entry(log: Log, request: AppendEntriesRequest) -> Log:
    """A request that the network delivers again removes the entries that came after it."""
    if not request.entries:
        return log
    return log.prefix(request.prev_log_index).extend(request.entries)


@wrong("L2d", "3.4", LEADER_COMPLETENESS, case="an old request cuts nothing off")
@thinking("If my log already ends with these entries, the request came twice.")
@breaks("A copy may be older than the last request (§5.3; Figure 2, AppendEntries 3).")
def knows_the_latest_request(log: Log, request: AppendEntriesRequest) -> Log:
    """The copy of the request before the last one cuts off the last one's entries."""
    if log.entries(log.last_index - len(request.entries) + 1) == request.entries:
        return log
    return log.prefix(request.prev_log_index).extend(request.entries)


@wrong("L32", "3.4", LOG_MATCHING, case="what comes before a conflict stays")
@thinking("A log with a wrong entry in it is worth nothing; I begin anew with the leader's.")
@breaks("Before the conflict the logs agree, and those entries stay (§5.3; Figure 2, 3).")
def begins_anew(log: Log, request: AppendEntriesRequest) -> Log:
    """The new entries move to the beginning, and everything committed before them is gone."""
    for index, entry in enumerate(request.entries, start=request.prev_log_index + 1):
        if index > log.last_index:
            return log.extend([entry, *request.entries[index - request.prev_log_index :]])
        if log.term_at(index) != entry.term:
            return Log(request.entries)
    return log


# Deleting too little ----------------------------------------------------------------------


@wrong("L3", "3.4", LOG_MATCHING, case="a conflicting entry gives way")
@thinking("A log is append-only, so I append what goes beyond its end.")
@breaks("A conflicting entry is deleted, and all that follow it (Figure 2, AppendEntries 3).")
def never_cuts(log: Log, request: AppendEntriesRequest) -> Log:
    """Only the leader's log is append-only; here an old leader's entry stays for ever."""
    already_there = max(log.last_index - request.prev_log_index, 0)
    return log.extend(request.entries[already_there:])


@wrong("L9", "3.4", LOG_MATCHING, case="appends only what is new")
@thinking("The entry before matches, so the new ones go to the end.")
@breaks("Only entries that are not in the log are appended (Figure 2, AppendEntries 4).")
def appends_what_comes(log: Log, request: AppendEntriesRequest) -> Log:
    """The entries of a request that comes twice are in the log twice, once at wrong indexes."""
    return log.extend(request.entries)


@wrong("L9b", "3.4", LOG_MATCHING, case="appends only what is new")
@thinking("Either I have these entries already, or I do not.")
@breaks("Each entry not in the log is appended, and no other (Figure 2, AppendEntries 4).")
def all_or_nothing(log: Log, request: AppendEntriesRequest) -> Log:
    """If two requests overlap, it has some of the entries and appends these once more."""
    first = request.prev_log_index + 1
    there = log.entries(first)
    if there[: len(request.entries)] == request.entries:
        return log
    agrees = all(mine == new for mine, new in zip(there, request.entries, strict=False))
    return (log if agrees else log.prefix(first - 1)).extend(request.entries)


@wrong("L31", "3.4", LOG_MATCHING, case="what follows a conflict goes with it")
@thinking("Each new entry goes to its own index, over whatever is there.")
@breaks("A conflict deletes the entry and all that follow it (Figure 2, AppendEntries 3).")
def overwrites_in_place(log: Log, request: AppendEntriesRequest) -> Log:
    """An old leader's later entries now follow entries that they never followed."""
    entries = list(log)
    first = request.prev_log_index
    entries[first : first + len(request.entries)] = request.entries
    return Log(entries)


@wrong("L61", "3.4", COMMANDS_COMMITTED, case="appends what is missing")
@thinking("Where an entry conflicts I take the leader's; all others I have.")
@breaks("Entries that are not in the log are appended (Figure 2, AppendEntries 4).")
def replaces_conflicts_only(log: Log, request: AppendEntriesRequest) -> Log:
    """Without a conflict nothing is ever added, and the log stays empty."""
    for offset, entry in enumerate(request.entries):
        index = request.prev_log_index + 1 + offset
        if index <= log.last_index and log.term_at(index) != entry.term:
            return log.prefix(index - 1).extend(request.entries[offset:])
    return log


# Comparing the wrong thing ----------------------------------------------------------------


@wrong("L4", "3.4", LOG_MATCHING, case="compares terms, not commands")
@thinking("Two entries conflict when they ask for different things.")
@breaks("Entries conflict when they have the same index and different terms (Figure 2, 3).")
def compares_commands(log: Log, request: AppendEntriesRequest) -> Log:
    """It keeps the old term beside the same command, and the next check there fails."""
    for offset, entry in enumerate(request.entries):
        index = request.prev_log_index + 1 + offset
        if index > log.last_index or log[index].command != entry.command:
            return log.prefix(index - 1).extend(request.entries[offset:])
    return log


@wrong("L66", "3.4", STATE_MACHINE_SAFETY, case="a conflicting entry gives way")
@thinking("A newer entry replaces an older one, never the other way round.")
@breaks("Entries conflict when they have the same index and different terms (Figure 2, 3).")
def only_newer_entries_conflict(log: Log, request: AppendEntriesRequest) -> Log:
    """An old leader's entry may be of a later term than the one that is committed there."""
    for offset, entry in enumerate(request.entries):
        index = request.prev_log_index + 1 + offset
        if index > log.last_index or entry.term > log.term_at(index):
            return log.prefix(index - 1).extend(request.entries[offset:])
    return log


@wrong("L43", "3.4", STATE_MACHINE_SAFETY, case="compares terms, not commands")
@thinking("An entry that is in my log already came twice.")
@breaks("It is index and term that tell entries apart (§5.3; Figure 2, AppendEntries 4).")
def knows_entries_by_value(log: Log, request: AppendEntriesRequest) -> Log:
    """A client may send a command again; the follower leaves it out and says that it has it."""
    for index, entry in enumerate(request.entries, start=request.prev_log_index + 1):
        if entry not in log:
            log = log.prefix(index - 1).extend([entry])
    return log
