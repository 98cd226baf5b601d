"""Wrong answers about what a leader sends (§5.3; Figure 2, Leaders).

One index too far, another term than the entry's, a list that others hold as well.
"""

from dataclasses import replace
from typing import Any

from raftkit.course.wrong_answers.wrong_answer import (
    COMMANDS_COMMITTED,
    LOG_MATCHING,
    STATE_MACHINE_SAFETY,
    WASTED_WORK,
    WrongAnswer,
    wrong_in,
)
from raftkit.protocol import (
    AppendEntriesRequest,
    AppendEntriesResponse,
    Entry,
    Log,
    Progress,
    Server,
    Standing,
)

WRONG: list[WrongAnswer] = []
wrong = wrong_in(WRONG)

SUITE = "raftkit logs"


# The entry before -------------------------------------------------------------------------


@wrong(
    "L27",
    SUITE,
    rule="make_append_entries",
    thinking="nextIndex is where the follower's log goes on, so I compare there.",
    breaks="prevLogIndex is the index before the new entries (Figure 2, AppendEntries).",
    violates=COMMANDS_COMMITTED,
    case="Entries follow the one that their request names",
)
def compares_at_next_index(
    source: str, target: str, term: int, log: Log, next_index: int, commit_index: int, batch: int
) -> AppendEntriesRequest:
    """The follower is asked whether it has the very entry that it is to be sent."""
    before = min(next_index, log.last_index)
    entries = log.entries(next_index, next_index + batch - 1)
    return AppendEntriesRequest(
        source, target, term, before, log.term_at(before), entries, commit_index
    )


@wrong(
    "L28",
    SUITE,
    rule="make_append_entries",
    thinking="nextIndex is matched, so what follows it is new.",
    breaks="nextIndex is the first entry to send (Figure 2, State: volatile on leaders).",
    violates=LOG_MATCHING,
    case="Entries follow the one that their request names",
)
def begins_after_next_index(
    source: str, target: str, term: int, log: Log, next_index: int, commit_index: int, batch: int
) -> AppendEntriesRequest:
    """One entry is left out, and the others end up one place too early."""
    before = next_index - 1
    entries = log.entries(next_index + 1, next_index + batch)
    return AppendEntriesRequest(
        source, target, term, before, log.term_at(before), entries, commit_index
    )


@wrong(
    "L38",
    SUITE,
    rule="make_append_entries",
    thinking="prevLogTerm tells the follower in which term I am speaking.",
    breaks="prevLogTerm is the term of the entry at prevLogIndex (Figure 2, AppendEntries).",
    violates=COMMANDS_COMMITTED,
    case="The entry before goes by its own term",
)
def own_term_for_the_entry_before(
    source: str, target: str, term: int, log: Log, next_index: int, commit_index: int, batch: int
) -> AppendEntriesRequest:
    """It works until the second leader: then every follower with entries refuses, for ever."""
    before = next_index - 1
    entries = log.entries(next_index, before + batch)
    previous_term = term if before else 0
    return AppendEntriesRequest(source, target, term, before, previous_term, entries, commit_index)


@wrong(
    "L14b",
    SUITE,
    rule="make_append_entries",
    thinking="In a list, the entry before nextIndex is at place nextIndex - 2.",
    breaks="Before the first entry there is index 0 of term 0 (§5.3; Figure 2).",
    violates=COMMANDS_COMMITTED,
    case="Nothing is named before the first entry",
)
def reads_at_minus_one(
    source: str, target: str, term: int, log: Log, next_index: int, commit_index: int, batch: int
) -> AppendEntriesRequest:
    """Place 1 - 2 is the last one in Python, so the first request names the last entry's term."""
    terms = [entry.term for entry in log]
    previous_term = terms[next_index - 2] if terms else 0
    entries = log.entries(next_index, next_index + batch - 1)
    return AppendEntriesRequest(
        source, target, term, next_index - 1, previous_term, entries, commit_index
    )


# The entries ------------------------------------------------------------------------------


@wrong(
    "L39",
    SUITE,
    rule="make_append_entries",
    thinking="I am the leader now, so these entries come from me, in my term.",
    breaks="Entries keep their original terms when a later leader sends them (§5.4.2).",
    violates=STATE_MACHINE_SAFETY,
    case="Entries keep the term in which they were made",
)
def stamps_its_own_term(
    source: str, target: str, term: int, log: Log, next_index: int, commit_index: int, batch: int
) -> AppendEntriesRequest:
    """The same index holds another term on each server, and what agreed now conflicts."""
    before = next_index - 1
    entries = tuple(replace(entry, term=term) for entry in log.entries(next_index, before + batch))
    return AppendEntriesRequest(
        source, target, term, before, log.term_at(before), entries, commit_index
    )


@wrong(
    "L36",
    SUITE,
    rule="make_append_entries",
    thinking="A range does not include its end, so I stop one before.",
    breaks="The entries from nextIndex to the last one are sent (Figure 2, Leaders).",
    violates=COMMANDS_COMMITTED,
    case="The last entry is sent, too",
)
def leaves_out_the_last(
    source: str, target: str, term: int, log: Log, next_index: int, commit_index: int, batch: int
) -> AppendEntriesRequest:
    """Each command waits for the next one before it is sent."""
    before = next_index - 1
    end = min(next_index + batch, log.last_index)
    entries = log.entries(next_index, end - 1)
    return AppendEntriesRequest(
        source, target, term, before, log.term_at(before), entries, commit_index
    )


@wrong(
    "L37",
    SUITE,
    rule="make_append_entries",
    thinking="If I send the whole log every time, nothing can be missing.",
    breaks="A leader sends what follows nextIndex (§5.3; Figure 2, Leaders).",
    violates=WASTED_WORK,
    case="What is acknowledged is not sent again",
)
def sends_the_whole_log(
    source: str, target: str, term: int, log: Log, next_index: int, commit_index: int, batch: int
) -> AppendEntriesRequest:
    """Right, and each message is longer than the one before."""
    return AppendEntriesRequest(source, target, term, 0, 0, log.entries(), commit_index)


_ENTRIES: Any = []


@wrong(
    "L22b",
    SUITE,
    rule="make_append_entries",
    thinking="One list is enough; I fill it anew for each request.",
    breaks="A request holds the entries as they were when it was sent (§5.3).",
    violates=LOG_MATCHING,
    case="A request under way does not change",
)
def one_list_for_all_requests(
    source: str, target: str, term: int, log: Log, next_index: int, commit_index: int, batch: int
) -> AppendEntriesRequest:
    """A request that is still under way then carries the entries of the latest one."""
    _ENTRIES[:] = log.entries(next_index, next_index + batch - 1)
    before = next_index - 1
    return AppendEntriesRequest(
        source, target, term, before, log.term_at(before), _ENTRIES, commit_index
    )


# When, and by whom ------------------------------------------------------------------------


@wrong(
    "L35",
    SUITE,
    thinking="What I have sent is on its way, so nextIndex moves on.",
    breaks="A leader sends entries until every follower has stored them (§5.3).",
    violates=COMMANDS_COMMITTED,
    case="A lost request is sent again",
)
class SendsOnce(Server):
    """Moving on at once would do, if a refusal took nextIndex back again."""

    def _send_entries(self, peer: str) -> None:
        super()._send_entries(peer)
        match_index = self.progress[peer].match_index
        self.progress[peer] = Progress(self._sent_index[peer] + 1, match_index)

    def _progress_after(self, before: Progress, response: AppendEntriesResponse) -> Progress:
        return super()._progress_after(before, response) if response.success else before


@wrong(
    "L25",
    SUITE,
    rule="append_command",
    thinking="Whoever is asked takes the command, and the others will get it in time.",
    breaks="Only the leader takes commands; followers redirect clients to it (§5.1, §8).",
    violates=LOG_MATCHING,
    case="Only a leader takes commands",
)
def everybody_takes_commands(standing: Standing, log: Log, entry: Entry) -> Log:
    """The follower's entry and the leader's have the same index and term, and differ."""
    return log.extend([entry])
