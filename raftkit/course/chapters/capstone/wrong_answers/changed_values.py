"""Wrong answers that change values which others hold as well.

These are arguments, received messages, sent messages, applied entries and observed states:
on one machine others hold the same objects and see every change.
"""

from collections.abc import Sequence
from typing import Any

from raftkit.checkers.lint import CHANGES_WHAT_IT_HAS_GIVEN, CHANGES_WHAT_IT_IS_GIVEN
from raftkit.course.wrong_answer import (
    CONTRACT,
    LEADER_COMPLETENESS,
    LINEARIZABILITY,
    LOG_MATCHING,
    STATE_MACHINE_SAFETY,
    WrongAnswers,
    breaks,
    thinking,
)
from raftkit.protocol import AppendEntriesRequest, Effects, Entry, Event, Log, Server, ServerState

WRONG = WrongAnswers()
wrong = WRONG.answer

LINT = "lint"


# What it is given -------------------------------------------------------------------------


@wrong("W8", LINT, CONTRACT, case=CHANGES_WHAT_IT_IS_GIVEN, rule="advance_commit_index")
@thinking("I sort the indexes and take the one in the middle.")
@breaks("A rule's arguments belong to others; matchIndex is kept for each server (Figure 2).")
def sorts_its_argument(
    log: Log, current_term: int, commit_index: int, match_indexes: Sequence[int]
) -> int:
    """The answer is right, but afterwards it is unknown which index belongs to which server."""
    match_indexes.sort()  # type: ignore[attr-defined]
    index = match_indexes[(len(match_indexes) - 1) // 2]
    return index if index > commit_index and log.term_at(index) == current_term else commit_index


@wrong("W9", LINT, LEADER_COMPLETENESS, case=CHANGES_WHAT_IT_IS_GIVEN)
@thinking("I bring each message up to date, then all that follows sees only one term.")
@breaks("A received message is not changed; entries of an old term are refused (§5.1).")
class BringsMessagesUpToDate(Server):
    """An old leader's entries become the current leader's; a copy of the request does, too."""

    def handle(self, event: Event) -> Effects:
        if isinstance(event, AppendEntriesRequest):
            event.term = max(event.term, self.standing.current_term)  # type: ignore[misc]
        return super().handle(event)


@wrong("W13", LINT, STATE_MACHINE_SAFETY, case=CHANGES_WHAT_IT_HAS_GIVEN)
@thinking("Old entries cannot be committed, so a new leader stamps them with its own term.")
@breaks(
    "A leader never overwrites its entries (§5.3), and an entry is shared by all who sent "
    "or stored it."
)
class StampsOldEntries(Server):
    """On one machine the entry changes in all logs at once, as it never could over a network."""

    def become_leader(self) -> None:
        for index in range(self.commit_index + 1, self.log.last_index + 1):
            self.log[index].term = self.standing.current_term  # type: ignore[misc]
        super().become_leader()


# What it has given away -------------------------------------------------------------------


@wrong("L22", LINT, LOG_MATCHING, case=CHANGES_WHAT_IT_HAS_GIVEN)
@thinking("One list of entries for each peer, filled anew for every message, saves memory.")
@breaks("A message on its way is not changed (§5.3: it carries the entries after prevLogIndex).")
class RefillsItsList(Server):
    """A message that is still on its way gets the entries of the next one, at the old index."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self._lists: dict[str, list[Entry]] = {peer: [] for peer in self.peers}

    def send_append_entries(self, peer: str) -> None:
        super().send_append_entries(peer)
        request = self.effects.messages[-1]
        entries = self._lists[peer]
        entries[:] = request.entries
        request.entries = entries


@wrong("W11", LINT, LINEARIZABILITY, case=CHANGES_WHAT_IT_HAS_GIVEN)
@thinking("A new list for each step is garbage; I clear the one I have.")
@breaks("What is handed to the state machine is every committed entry, in order (§5.3).")
class ClearsWhatItHandsOver(Server):
    """A reader that looks at it later, such as a lazy state machine, finds it empty."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self._applied: list[tuple[int, Entry]] = []

    def handle(self, event: Event) -> Effects:
        effects = super().handle(event)
        self._applied[:] = effects.applied
        effects.applied = self._applied
        return effects


@wrong("W12", LINT, CONTRACT, case=CHANGES_WHAT_IT_HAS_GIVEN)
@thinking("There is one state, so there is one object that shows it.")
@breaks("What was observed stays as it was: checkers compare before with after.")
class ShowsOneObject(Server):
    """The states before and after an event are one object, so no checker sees a change."""

    _shown: ServerState | None = None

    def observe(self) -> ServerState:
        now = super().observe()
        if self._shown is None:
            self._shown = now
        for name in ("standing", "log", "commit_index", "last_applied", "tally", "progress"):
            setattr(self._shown, name, getattr(now, name))
        return self._shown
