"""Wrong answers about when a leader commits (§5.3, §5.4.2; Figure 2, last rule for leaders).

Majorities that are none, majorities of too many, and entries of older terms.
"""

from collections.abc import Sequence
from dataclasses import replace
from statistics import median

from raftkit.course.wrong_answers.wrong_answer import (
    COMMANDS_COMMITTED,
    CONTRACT,
    LEADER_COMPLETENESS,
    ONLY_FORWARDS,
    WrongAnswer,
    wrong_in,
)
from raftkit.protocol import AppendEntriesRequest, Log, Server

WRONG: list[WrongAnswer] = []
wrong = wrong_in(WRONG)

SUITE = "raftkit commits"


def _own(log: Log, term: int, index: int, commit_index: int) -> int:
    """What is right about the wrong ones: only a later entry, and one of the own term, commits."""
    later = index > commit_index and log.term_at(index) == term
    return index if later else commit_index


# Older terms ------------------------------------------------------------------------------


@wrong(
    "C1",
    "4.1",
    thinking="What a majority has is committed.",
    breaks="Only entries of the leader's own term commit by counting copies (§5.4.2, Figure 8).",
    violates=LEADER_COMPLETENESS,
    case="an old entry on a majority waits",
)
def counts_copies_only(
    log: Log, current_term: int, commit_index: int, match_indexes: Sequence[int]
) -> int:
    """A server with a later term can still win without the entry, and overwrite it."""
    majority_index = sorted(match_indexes)[(len(match_indexes) - 1) // 2]
    return max(commit_index, majority_index)


@wrong(
    "C24",
    "4.1",
    thinking="My log ends with an entry of my own term, so Figure 8 does not concern me.",
    breaks="It is log[N] that must be of the current term (Figure 2, Leaders; §5.4.2).",
    violates=LEADER_COMPLETENESS,
    case="an old entry on a majority waits",
)
def asks_the_last_entry(
    log: Log, current_term: int, commit_index: int, match_indexes: Sequence[int]
) -> int:
    """Its own entry is on no other server yet, so it protects nothing."""
    majority_index = sorted(match_indexes)[(len(match_indexes) - 1) // 2]
    return max(commit_index, majority_index) if log.last_term == current_term else commit_index


@wrong(
    "C2",
    "4.1",
    thinking="I go on from commitIndex, entry by entry, until one may not be committed.",
    breaks="N is any later index: one own entry commits all before it (§5.4.2; Figure 2, Leaders).",
    violates=COMMANDS_COMMITTED,
    case="an own entry commits the old ones before it",
)
def stops_at_an_old_term(
    log: Log, current_term: int, commit_index: int, match_indexes: Sequence[int]
) -> int:
    """The first entry of an older term is in the way for ever."""
    for index in range(commit_index + 1, log.last_index + 1):
        held = sum(match_index >= index for match_index in match_indexes)
        if held <= len(match_indexes) // 2 or log.term_at(index) != current_term:
            break
        commit_index = index
    return commit_index


@wrong(
    "C17",
    SUITE,
    thinking="An entry without a command is of no use to anybody.",
    breaks="With no_op on, a leader begins its term with a blank entry (§8).",
    violates=COMMANDS_COMMITTED,
    case="A no-op commits what is old, without a client",
)
class BeginsWithoutNoOp(Server):
    """Without a client nothing of its own term comes, so its predecessor's entries wait."""

    def _become_leader(self) -> None:
        self.settings = replace(self.settings, no_op=False)
        super()._become_leader()


# Majorities -------------------------------------------------------------------------------


@wrong(
    "C4",
    "4.1",
    thinking="I count the acknowledgements, and I do not send one to myself.",
    breaks="The leader's own log is one of the majority's (§5.3; Figure 2, Leaders).",
    violates=COMMANDS_COMMITTED,
    case="counts the leader as one of the majority",
)
def does_not_count_itself(
    log: Log, current_term: int, commit_index: int, match_indexes: Sequence[int]
) -> int:
    """It needs one follower more than a majority, so one crash less is endured."""
    for index in range(log.last_index, commit_index, -1):
        acknowledged = sum(match_index >= index for match_index in match_indexes) - 1
        if acknowledged > len(match_indexes) // 2 and log.term_at(index) == current_term:
            return index
    return commit_index


@wrong(
    "C8",
    "4.1",
    thinking="Another server has it too, so it cannot get lost.",
    breaks="An entry is committed when a majority of the servers holds it (§5.3).",
    violates=LEADER_COMPLETENESS,
    case="one follower of four is not enough",
)
def commits_at_the_first_copy(
    log: Log, current_term: int, commit_index: int, match_indexes: Sequence[int]
) -> int:
    """With three servers that is a majority; with five the other three elect a leader without."""
    two_longest = sorted(match_indexes)[-2:]
    return _own(log, current_term, two_longest[0], commit_index)


@wrong(
    "C19",
    "4.1",
    thinking="A majority must have gone beyond N before N is safe.",
    breaks="A majority of matchIndex[i] ≥ N is asked for (Figure 2, Leaders).",
    violates=COMMANDS_COMMITTED,
    case="commits the newest entry, too",
)
def wants_them_beyond(
    log: Log, current_term: int, commit_index: int, match_indexes: Sequence[int]
) -> int:
    """Each entry waits for the next one, and the last one for ever."""
    for index in range(log.last_index, commit_index, -1):
        beyond = sum(match_index > index for match_index in match_indexes)
        if beyond > len(match_indexes) // 2 and log.term_at(index) == current_term:
            return index
    return commit_index


@wrong(
    "C20",
    "4.1",
    thinking="I ask the others, so I need more than half of the others.",
    breaks="A majority is counted among all servers, the leader included (§5.3).",
    violates=CONTRACT,
    case="half of an even cluster is not enough",
)
def majority_of_the_others(
    log: Log, current_term: int, commit_index: int, match_indexes: Sequence[int]
) -> int:
    """Right in every odd cluster. In an even one, elections by a true majority cover it up."""
    others = len(match_indexes) - 1
    for index in range(log.last_index, commit_index, -1):
        held = sum(match_index >= index for match_index in match_indexes)
        if held > others // 2 and log.term_at(index) == current_term:
            return index
    return commit_index


@wrong(
    "C21",
    "4.1",
    thinking="Committed means safe, and safe means that everybody has it.",
    breaks="A majority is enough, so that a minority may be slow or down (§2, §5.3).",
    violates=COMMANDS_COMMITTED,
    case="servers that are down hold nothing up",
)
def waits_for_everybody(
    log: Log, current_term: int, commit_index: int, match_indexes: Sequence[int]
) -> int:
    """Safe, and of no use: one server that is down stops the cluster."""
    return _own(log, current_term, min(match_indexes), commit_index)


@wrong(
    "C22",
    "4.1",
    thinking="What half of them have or exceed is the median, and Python has one.",
    breaks="A majority is more than half (§5.3).",
    violates=CONTRACT,
    case="half of an even cluster is not enough",
)
def takes_the_median(
    log: Log, current_term: int, commit_index: int, match_indexes: Sequence[int]
) -> int:
    """Of an even number it is the mean of the middle two, and only half have the larger."""
    return _own(log, current_term, int(median(match_indexes)), commit_index)


@wrong(
    "C23a",
    "4.1",
    thinking="A majority is n // 2 + 1, so I sort and take that place.",
    breaks="So many servers must hold the entry, not fewer (§5.3; Figure 2, Leaders).",
    violates=LEADER_COMPLETENESS,
    case="one follower of four is not enough",
)
def takes_too_high_a_place(
    log: Log, current_term: int, commit_index: int, match_indexes: Sequence[int]
) -> int:
    """Sorted upwards from place 0, only a minority is at that place or behind it."""
    majority = len(match_indexes) // 2 + 1
    place = min(majority, len(match_indexes) - 1)
    return _own(log, current_term, sorted(match_indexes)[place], commit_index)


@wrong(
    "C23b",
    "4.1",
    thinking="Sorted from the longest log down, I take the place of the majority's last server.",
    breaks="n // 2 + 1 servers, the leader included, are enough (§5.3).",
    violates=COMMANDS_COMMITTED,
    case="counts the leader as one of the majority",
)
def takes_too_low_a_place(
    log: Log, current_term: int, commit_index: int, match_indexes: Sequence[int]
) -> int:
    """The places of a list count from 0, so it waits for one server too many."""
    majority = len(match_indexes) // 2 + 1
    place = min(majority, len(match_indexes) - 1)
    index = sorted(match_indexes, reverse=True)[place]
    return _own(log, current_term, index, commit_index)


# What is committed already -----------------------------------------------------------------


@wrong(
    "C31",
    "4.1",
    thinking="The majority's index is the new commitIndex, if its term is mine.",
    breaks="N > commitIndex is asked for, and commitIndex never falls (Figure 2, State, Leaders).",
    violates=CONTRACT,
    case="takes no commit back",
)
def does_not_compare(
    log: Log, current_term: int, commit_index: int, match_indexes: Sequence[int]
) -> int:
    """It relies on match indexes that never fall, which is another rule's affair."""
    majority_index = sorted(match_indexes)[(len(match_indexes) - 1) // 2]
    return majority_index if log.term_at(majority_index) == current_term else commit_index


@wrong(
    "C32",
    "4.1",
    thinking="If there is no such N, the answer is 0.",
    breaks="Without such an N commitIndex stays as it is (Figure 2, State and Leaders).",
    violates=ONLY_FORWARDS,
    case="takes no commit back",
)
def nothing_found_is_zero(
    log: Log, current_term: int, commit_index: int, match_indexes: Sequence[int]
) -> int:
    """Every acknowledgement that commits nothing new takes everything back."""
    return max(
        (
            index
            for index in range(commit_index + 1, log.last_index + 1)
            if log.term_at(index) == current_term
            and sum(match_index >= index for match_index in match_indexes) > len(match_indexes) // 2
        ),
        default=0,
    )


# Winning, and telling ---------------------------------------------------------------------


@wrong(
    "C30",
    SUITE,
    thinking="I won because my log has everything committed, so all of it is committed.",
    breaks="A leader's log holds what is committed, and may hold more (§5.4.2, Figure 7).",
    violates=LEADER_COMPLETENESS,
    case="Winning commits nothing",
)
class CommitsByWinning(Server):
    """It applies entries that only it has; the next leader may never have seen them."""

    def _become_leader(self) -> None:
        self.commit_index = self.log.last_index
        super()._become_leader()


@wrong(
    "C7b",
    SUITE,
    thinking="A leader's indexes are reinitialized after election.",
    breaks="That is nextIndex and matchIndex; commitIndex only rises (Figure 2, State).",
    violates=ONLY_FORWARDS,
    case="Winning commits nothing",
)
class BeginsAtZero(Server):
    """Until it commits an entry of its own it tells followers that nothing is committed."""

    def _become_leader(self) -> None:
        self.commit_index = 0
        super()._become_leader()


@wrong(
    "C18",
    SUITE,
    rule="make_append_entries",
    thinking="The followers have the entries; what I do with them is my business.",
    breaks="The leader includes its commitIndex in AppendEntries (§5.3; Figure 2).",
    violates=COMMANDS_COMMITTED,
    case="Followers hear of commits before long",
)
def keeps_it_to_itself(
    source: str, target: str, term: int, log: Log, next_index: int, commit_index: int, batch: int
) -> AppendEntriesRequest:
    """Clients are answered, and every follower's state machine stands still."""
    before = next_index - 1
    entries = log.entries(next_index, before + batch)
    return AppendEntriesRequest(source, target, term, before, log.term_at(before), entries, 0)
