"""What processes do, asked of each state and event once and then remembered.

A cluster has millions of states, its servers have hundreds. So a search never runs
a cluster: it looks up here what one server does in one state about one event. That
rests on servers being what the contract says, functions of their state and the event.
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
from raftkit.protocol import Effects, Entry

Entries = tuple[Entry, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Snapshot:
    """One state of one server, memory and disk together; equal states are one snapshot.

    `timers` are those that run; `committed` and `applied` the entries that it held for committed
    and has applied since it started, which a wrong server may have forgotten again.
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
    """What a step brings: the snapshot after it, and the messages it sends, in order.

    `torn` holds a pair for each crash within it that is no plain crash: how many writes are
    durable, and the outcome of that. `broken` says what is wrong with the step itself; then
    `after` is the snapshot before it.
    """

    after: Snapshot
    sent: tuple[Any, ...] = ()
    torn: tuple[tuple[int, "Outcome"], ...] = ()
    broken: str | None = None


PairProperty = Callable[[Snapshot, Snapshot], bool]


class Behaviour:
    """The processes called `names`; `calls` counts how often one of them was really asked.

    `make` builds one from its name and what its disk holds. What is to be known of a protocol
    beyond that, a subclass says: see `RaftBehaviour`.
    """

    # What no two processes may be in at once, by name.
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
        """What `server` does when it starts from a disk."""
        key = (server, value_key(durable))
        if key not in self._starts:
            self._starts[key] = self._begin(server, durable)
        return self._starts[key]

    def one(self, event: Any) -> Any:
        """The one object that stands for all events equal to this one."""
        return self._events.setdefault(value_key(event), event)

    def step(self, before: Snapshot, event: Any) -> Outcome:
        """What a server does in a state about an event, which must be `one` of its kind."""
        key = (before, id(event))
        outcome = self._outcomes.get(key)
        if outcome is None:
            outcome = self._outcomes[key] = self._take(before, event)
        return outcome

    # What a protocol adds ----------------------------------------------------------------

    def check_state(self, state: Any) -> None:
        """Raise `NotSearchable` for a state that a search can do nothing with."""

    def is_within(self, bounds: Bounds, state: Any) -> bool:
        """Whether a process in this state is within the bounds."""
        return True

    def is_bounded(self, timer: str) -> bool:
        """Whether a timer counts among the timeouts that the bounds allow."""
        return True

    def what_breaks(self, server: str, before: Any, effects: Effects, after: Any) -> str | None:
        """What is wrong with a step by itself, in a sentence; None if nothing is."""
        return None

    def committed(self, before: Snapshot, state: Any) -> Entries:
        """The entries that a process has held for committed since it started."""
        return ()

    # Asking a process --------------------------------------------------------------------

    def _begin(self, server: str, durable: Any) -> Outcome:
        """Make a process and start it."""
        self.calls += 1
        nothing = Snapshot(0, server, None, durable, (), None, (), ())
        try:
            process = self._make(server, durable)
            return self._outcome(nothing, process, process.start())
        except NotSearchable:
            raise
        except Exception as error:
            return Outcome(nothing, broken=_said(server, error))

    def _take(self, before: Snapshot, event: Any) -> Outcome:
        """Let a copy of the server take one step.

        An answer that cannot be made sense of is broken off like a step that raises.
        """
        self.calls += 1
        process = clone_server(before.process)
        try:
            effects = process.handle(event)
            broken = self.what_breaks(before.server, before.state, effects, process.observe())
            if broken is None:
                timer = getattr(event, "timer", None)
                return self._outcome(before, process, effects, fired=timer)
        except NotSearchable:
            raise
        except Exception as error:
            broken = _said(before.server, error)
        return Outcome(before, broken=broken)

    def _outcome(
        self, before: Snapshot, process: Any, effects: Effects, fired: str | None = None
    ) -> Outcome:
        """What a step leaves behind, if the machine lives on and if it does not."""
        state = process.observe()
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
        """The crashes within a step that a crash before or after it does not cover.

        Those after a part of the writes, and those before the last write when messages have left
        already. Before all else, or after all of them, nothing is seen that a plain crash lacks.
        """
        found = []
        for keep in range(0 if early else 1, len(effects.writes)):
            durable = effects.writes[keep - 1] if keep else before.durable
            again = self.start(before.server, durable)
            found.append((keep, Outcome(again.after, (*early, *again.sent), broken=again.broken)))
        return tuple(found)

    def _mail(self, messages: Any) -> tuple[Any, ...]:
        """The messages that the network takes: those to a server of this cluster."""
        here = self.snapshots
        return tuple(self.one(message) for message in messages if message.target in here)

    def _snapshot(self, server: str, process: Any, durable: Any, *rest: Any) -> Snapshot:
        """The one snapshot of this state, new or known."""
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
            # Counted from 1: a search takes 0 for "no server".
            known = Snapshot(len(same) + 1, server, process, durable, *rest)
            same.append(known)
            self._known[key] = known
        return known


def _said(server: str, error: Exception) -> str:
    """What a server that breaks off says."""
    return f"{server} raised {type(error).__name__}: {error}"
