"""Wrong answers about when a leader commits (§5.3, §5.4.2; Figure 2, last rule for leaders).

Entries of older terms, a commit index that falls, and what a new leader knows.
"""

from collections.abc import Sequence
from dataclasses import replace

from raftkit.course.chapters.nemesis import broken_rafts
from raftkit.course.wrong_answer import (
    COMMANDS_COMMITTED,
    CONTRACT,
    LEADER_COMPLETENESS,
    ONLY_FORWARDS,
    Told,
    WrongAnswers,
    breaks,
    thinking,
)
from raftkit.protocol import AppendEntriesRequest, Log, Server, make_append_entries

WRONG = WrongAnswers()
wrong = WRONG.answer

SUITE = "raftkit small world"


# Older terms ------------------------------------------------------------------------------


wrong("C1", "4.1", LEADER_COMPLETENESS, case="an old entry on a majority waits")(
    Told(
        broken_rafts.counts_copies_only,
        thinking="What a majority has is committed.",
        breaks="Only entries of its own term commit by counting copies (§5.4.2, Figure 8).",
    )
)


@wrong("C24", "4.1", LEADER_COMPLETENESS, case="an old entry on a majority waits")
@thinking("My log ends with an entry of my own term, so Figure 8 does not concern me.")
@breaks("It is log[N] that must be of the current term (Figure 2, Leaders; §5.4.2).")
def asks_the_last_entry(
    log: Log, current_term: int, commit_index: int, match_indexes: Sequence[int]
) -> int:
    """The last entry is on no other server yet, so it protects nothing."""
    majority_index = sorted(match_indexes)[(len(match_indexes) - 1) // 2]
    return max(commit_index, majority_index) if log.last_term == current_term else commit_index


@wrong("C2", "4.1", COMMANDS_COMMITTED, case="an entry of its own term commits the old ones")
@thinking("I go on from commitIndex, entry by entry, until one may not be committed.")
@breaks("N is any later index: an entry of the leader's term commits all before it (§5.4.2).")
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


@wrong("C17", SUITE, COMMANDS_COMMITTED, case="sending")
@thinking("An entry without a command is of no use to anybody.")
@breaks("With no_op on, a leader begins its term with a blank entry (§8).")
class BeginsWithoutNoOp(Server):
    """Without a client nothing of its own term comes, so its predecessor's entries wait."""

    def become_leader(self) -> None:
        self.settings = replace(self.settings, no_op=False)
        super().become_leader()


# What is committed already -----------------------------------------------------------------


@wrong("C32", "4.1", ONLY_FORWARDS, case="takes no commit back")
@thinking("If there is no such N, the answer is 0.")
@breaks("Without such an N commitIndex stays as it is (Figure 2, State and Leaders).")
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


# A new leader; telling followers ----------------------------------------------------------


@wrong("C30", SUITE, LEADER_COMPLETENESS, case="commits")
@thinking("I won because my log has everything committed, so all of it is committed.")
@breaks("A leader's log holds what is committed, and may hold more (§5.4.2, Figure 7).")
class CommitsByWinning(Server):
    """It applies entries that only it has; the next leader may never have seen them."""

    def become_leader(self) -> None:
        self.commit_index = self.log.last_index
        super().become_leader()


@wrong("C54", SUITE, CONTRACT, case="elections")
@thinking("A no-op never hurts, so I begin every term with one.")
@breaks("Figure 2 has no no-op: one is appended if `Settings.no_op` asks for it (§8).")
class AlwaysBeginsWithNoOp(Server):
    """Commands stand where no client expects them; nothing else goes wrong."""

    def become_leader(self) -> None:
        self.settings = replace(self.settings, no_op=True)
        super().become_leader()


@wrong("C7b", SUITE, ONLY_FORWARDS, case="commits")
@thinking("A leader's indexes are reinitialized after election.")
@breaks("That is nextIndex and matchIndex; commitIndex only rises (Figure 2, State).")
class BeginsAtZero(Server):
    """Until it commits an entry of its own it tells followers that nothing is committed."""

    def become_leader(self) -> None:
        self.commit_index = 0
        super().become_leader()


@wrong(
    "C18",
    "raftkit commits",
    COMMANDS_COMMITTED,
    case="Followers hear of commits before long",
    rule="make_append_entries",
)
@thinking("The followers have the entries; what I do with them is my business.")
@breaks("The leader includes its commitIndex in AppendEntries (§5.3; Figure 2).")
def keeps_it_to_itself(
    source: str, target: str, term: int, log: Log, next_index: int, commit_index: int, batch: int
) -> AppendEntriesRequest:
    """Clients are answered, and every follower's state machine stands still."""
    return make_append_entries(source, target, term, log, next_index, 0, batch)
