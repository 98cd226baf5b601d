"""Wrong answers about the consistency check (§5.3; Figure 2, AppendEntries 2).

Each accepts entries where the logs do not agree, or refuses them where they do.
"""

from raftkit.course.wrong_answer import (
    COMMANDS_COMMITTED,
    LEADER_COMPLETENESS,
    LOG_MATCHING,
    WrongAnswers,
    breaks,
    thinking,
)
from raftkit.protocol import AppendEntriesRequest, Log, Server, previous_entry_matches

WRONG = WrongAnswers()
wrong = WRONG.answer

SUITE = "raftkit small world"


@wrong("L1", "3.3", LEADER_COMPLETENESS, case="a heartbeat is checked, too")
@thinking("A heartbeat brings no entries, so there is nothing to check.")
@breaks("Every AppendEntries is checked against prevLogIndex (§5.3; Figure 2, AppendEntries 2).")
def heartbeats_always_fit(log: Log, request: AppendEntriesRequest) -> bool:
    """The leader takes the answer for a match and commits entries that the follower lacks."""
    return not request.entries or previous_entry_matches(log, request)


@wrong("L4b", "3.3", LOG_MATCHING, case="an entry of another term does not match")
@thinking("If I have an entry at that index, the new ones go behind it.")
@breaks("Index and term together name an entry (§5.3; Figure 2, AppendEntries 2).")
def looks_at_the_index_only(log: Log, request: AppendEntriesRequest) -> bool:
    """The new entries follow an old leader's entry, and that is never checked again."""
    return request.prev_log_index <= log.last_index


@wrong("L65", "3.3", LOG_MATCHING, case="an entry of another term does not match")
@thinking("An entry of a later term than the leader's is even more up-to-date.")
@breaks("Index and term together name an entry (§5.3; Figure 2, AppendEntries 2).")
def a_later_term_will_do(log: Log, request: AppendEntriesRequest) -> bool:
    """A leader that was cut off has a later term there than the new leader's log."""
    index = request.prev_log_index
    return index <= log.last_index and log.term_at(index) >= request.prev_log_term


@wrong("L6a", "3.3", LOG_MATCHING, case="beyond the end there is nothing to match")
@thinking("Where I have nothing, nothing can disagree.")
@breaks("A log without an entry at prevLogIndex refuses (Figure 2, AppendEntries 2).")
def nothing_disagrees(log: Log, request: AppendEntriesRequest) -> bool:
    """The entries are appended at the end of the log, so they have other indexes than before."""
    return request.prev_log_index > log.last_index or previous_entry_matches(log, request)


@wrong("L6b", "3.3", COMMANDS_COMMITTED, case="beyond the end there is nothing to match")
@thinking("I look up the entry before and compare its term.")
@breaks("There may be no entry at prevLogIndex (Figure 2, AppendEntries 2).")
def takes_the_entry_for_granted(log: Log, request: AppendEntriesRequest) -> bool:
    """Every follower that lags behind fails with an IndexError, just when it is needed."""
    return log.term_at(request.prev_log_index) == request.prev_log_term


@wrong("L7", "3.3", LOG_MATCHING, case="entry 1 is compared like any other")
@thinking("The log begins at entry 1, and at the beginning all logs agree.")
@breaks("Indexes begin at 1, so it is prevLogIndex 0 that is before the log (Figure 2, State).")
def one_is_the_beginning(log: Log, request: AppendEntriesRequest) -> bool:
    """Different first entries are never noticed."""
    return request.prev_log_index <= 1 or previous_entry_matches(log, request)


@wrong("L14c", "3.3", COMMANDS_COMMITTED, case="before the first entry all logs match")
@thinking("Raft counts from 1 and Python from 0, so I subtract one.")
@breaks("Nothing comes before the first entry: prevLogIndex 0 always matches (§5.3).")
def subtracts_one(log: Log, request: AppendEntriesRequest) -> bool:
    """Place 0 - 1 is the last one in Python: a log that must be replaced from entry 1 never is."""
    entries = list(log)
    if request.prev_log_index > len(entries):
        return False
    return not entries or entries[request.prev_log_index - 1].term == request.prev_log_term


@wrong("L50", "3.3", COMMANDS_COMMITTED, case="the entry before is there, in the middle or last")
@thinking("New entries go to the end, so the one before them must be my last one.")
@breaks("The entry at prevLogIndex counts, wherever it is (Figure 2, AppendEntries 2).")
def looks_at_the_end_only(log: Log, request: AppendEntriesRequest) -> bool:
    """A follower with an old leader's entries after those that agree is never repaired."""
    own, asked = (log.last_index, log.last_term), (request.prev_log_index, request.prev_log_term)
    return own == asked or not request.prev_log_index


@wrong("L42", SUITE, COMMANDS_COMMITTED, case="the entry before")
@thinking("A request that begins before the last one is out of date.")
@breaks("After a refusal the leader goes back until the logs match (§5.3).")
class IgnoresWhatGoesBack(Server):
    """The leader looks for the last entry that matches, and gets no answer."""

    _latest = 0

    def on_append_entries(self, request: AppendEntriesRequest) -> None:
        if request.prev_log_index >= self._latest:
            self._latest = request.prev_log_index
            super().on_append_entries(request)
