"""What processes do: each question about a state and an event is asked once and remembered.

A cluster has millions of states, but its servers have hundreds. So a search never runs a cluster:
it looks up here what one server does in one state with one event. This relies on servers being what
the contract says: functions of their state and the event.
"""

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from typing import Any

from raftkit.checkers.explorer.bounds import Bounds
from raftkit.checkers.explorer.keys_and_copies import (
    NotSearchable,
    clone_server,
    server_key,
    value_key,
)
from raftkit.checkers.raised_errors import raised_in_words
from raftkit.protocol import Effects, Entry

Entries = tuple[Entry, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Snapshot:
    """One state of one server, memory and disk together; equal states are one snapshot.

    `timers` are those that run. `committed` and `applied` hold the entries that the server has
    committed and applied since it started, even if a wrong server has forgotten them since.
    """

    id: int
    server: str
    process: Any
    durable: Any
    timers: tuple[str, ...]
    state: Any
    committed: Entries
    applied: Entries


@dataclass(frozen=True, slots=True, eq=False)
class Outcome:
    """The result of a step: the snapshot after it, and the messages it sends, in order.

    `torn` holds a pair for each crash within the step that differs from a plain crash: the number
    of writes that are durable, and the outcome. `broken` says what is wrong with the step itself;
    then `after` is the snapshot before it.
    """

    after: Snapshot
    sent: tuple[Any, ...] = ()
    torn: tuple[tuple[int, "Outcome"], ...] = ()
    broken: str | None = None


PairProperty = Callable[[Snapshot, Snapshot], bool]


class Behaviour:
    """The processes called `names`; `calls` counts how often one of them really took a step.

    `make` builds a process from its name and what its disk holds. Subclasses add what a search must
    know of a protocol: see `RaftBehaviour`.
    """

    # By name, the properties that any two processes' snapshots must have together.
    of_pairs: Mapping[str, PairProperty] = {}

    def __init__(self, names: tuple[str, ...], make: Callable[[str, Any], Any]) -> None:
        self.names = names
        self.calls = 0
        self._make = make
        self.snapshots: dict[str, list[Snapshot]] = {name: [] for name in self.names}
        self._known: dict[Hashable, Snapshot] = {}
        self._outcomes: dict[tuple[Snapshot, int], Outcome] = {}
        self._events: dict[Hashable, Any] = {}
        self._starts: dict[Hashable, Outcome] = {}

    def start(self, server: str, durable: Any = None) -> Outcome:
        """Return what `server` does when it starts from a disk."""
        key = (server, value_key(durable))
        if key not in self._starts:
            self._starts[key] = self._begin(server, durable)
        return self._starts[key]

    def one(self, event: Any) -> Any:
        """Return the one object that stands for all events equal to this one."""
        return self._events.setdefault(value_key(event), event)

    def step(self, before: Snapshot, event: Any) -> Outcome:
        """Return what a server does in a state with an event, which must come from `one`."""
        key = (before, id(event))
        outcome = self._outcomes.get(key)
        if outcome is None:
            outcome = self._outcomes[key] = self._take(before, event)
        return outcome

    # What a protocol adds ----------------------------------------------------------------

    def check_state(self, state: Any) -> None:
        """Raise `NotSearchable` for a state that a search cannot use."""

    def is_within(self, bounds: Bounds, state: Any) -> bool:
        """Return whether a process in this state is within the bounds."""
        return True

    def is_bounded(self, timer: str) -> bool:
        """Return whether this timer counts among the timeouts that the bounds allow."""
        return True

    def what_breaks(self, server: str, before: Any, effects: Effects, after: Any) -> str | None:
        """Return what is wrong with a step by itself, in a sentence, or None."""
        return None

    def committed(self, before: Snapshot, state: Any) -> Entries:
        """Return the entries that a process has committed since it started."""
        return ()

    # Asking a process --------------------------------------------------------------------

    def _begin(self, server: str, durable: Any) -> Outcome:
        """Make a process and start it."""
        self.calls += 1
        nothing = Snapshot(0, server, None, durable, (), None, (), ())
        try:
            process = self._make(server, durable)
            effects, state = process.start(), process.observe()
            return self._outcome(nothing, process, effects, state)
        except NotSearchable:
            raise
        except Exception as error:
            return Outcome(nothing, broken=_said(server, error))

    def _take(self, before: Snapshot, event: Any) -> Outcome:
        """Let a copy of the server take one step.

        An answer that cannot be read counts as a step that raises an error.
        """
        self.calls += 1
        process = clone_server(before.process)
        try:
            effects, state = process.handle(event), process.observe()
            broken = self.what_breaks(before.server, before.state, effects, state)
            if broken is None:
                timer = getattr(event, "timer", None)
                return self._outcome(before, process, effects, state, fired=timer)
        except NotSearchable:
            raise
        except Exception as error:
            broken = _said(before.server, error)
        return Outcome(before, broken=broken)

    def _outcome(
        self,
        before: Snapshot,
        process: Any,
        effects: Effects,
        state: Any,
        fired: str | None = None,
    ) -> Outcome:
        """Return the outcome of a step, and of the crashes that may happen within it."""
        self.check_state(state)
        running = {timer for timer in before.timers if timer != fired}
        for timer, change in effects.timers:
            (running.discard if change == "stop" else running.add)(timer)
        after = self._snapshot(
            before.server,
            process,
            effects.writes[-1] if effects.writes else before.durable,
            tuple(sorted(running)),
            state,
            self.committed(before, state),
            (*before.applied, *(entry for _, entry in effects.applied)),
        )
        early = self._mail(effects.early_messages)
        return Outcome(
            after, (*early, *self._mail(effects.messages)), self._torn(before, effects, early)
        )

    def _torn(
        self, before: Snapshot, effects: Effects, early: tuple[Any, ...]
    ) -> tuple[tuple[int, Outcome], ...]:
        """Return the outcomes of crashes within a step that differ from a crash before or after it.

        These are crashes after some of the writes, and crashes before the last write when messages
        have been sent already. A crash before all writes and messages, or after all of them, is a
        plain crash.
        """
        found = []
        for keep in range(0 if early else 1, len(effects.writes)):
            durable = effects.writes[keep - 1] if keep else before.durable
            again = self.start(before.server, durable)
            found.append((keep, Outcome(again.after, (*early, *again.sent), broken=again.broken)))
        return tuple(found)

    def _mail(self, messages: Any) -> tuple[Any, ...]:
        """Return the messages to processes of this cluster; the network takes no others."""
        here = self.snapshots
        return tuple(self.one(message) for message in messages if message.target in here)

    def _snapshot(self, server: str, process: Any, durable: Any, *rest: Any) -> Snapshot:
        """Return the one snapshot of this state, which may be new."""
        timers, _, committed, applied = rest
        key = (
            server,
            server_key(process),
            value_key(durable),
            timers,
            value_key(committed),
            value_key(applied),
        )
        known = self._known.get(key)
        if known is None:
            same = self.snapshots[server]
            # Numbers begin with 1, because an empty field of a state is 0.
            known = Snapshot(len(same) + 1, server, process, durable, *rest)
            same.append(known)
            self._known[key] = known
        return known


def _said(server: str, error: Exception) -> str:
    """Return the sentence about a server that raised an error."""
    return f"{server} {raised_in_words(error)}"
