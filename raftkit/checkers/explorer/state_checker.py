"""Checks a state in a search: is it fine, broken, a goal, or one from which not to go on?

The answer depends on the servers' snapshots and the votes seen, not on the messages under way, so
there are far fewer answers than states. Each is computed once, and each pair of snapshots is
compared once.
"""

from collections.abc import Sequence
from itertools import combinations
from typing import Final

from raftkit.checkers.explorer.behaviour import Behaviour, Snapshot
from raftkit.checkers.explorer.bit_layout import Layout
from raftkit.checkers.explorer.goals import Predicate
from raftkit.checkers.further_properties import OneVotePerTerm
from raftkit.checkers.invariants import Invariant, States

FINE: Final = 0
PRUNED: Final = 1
GOAL: Final = 2
BROKEN: Final = 3


class StateChecker:
    """Checks the states of one layout by the properties of Figure 3, and by given invariants."""

    def __init__(
        self,
        behaviour: Behaviour,
        layout: Layout,
        invariants: Sequence[Invariant] = (),
        goal: Predicate | None = None,
        prune: Predicate | None = None,
    ) -> None:
        self._known: dict[int, int] = {}
        self._behaviour = behaviour
        self._layout = layout
        self._invariants = invariants
        self._goal = goal
        self._prune = prune
        self._pairs: dict[tuple[Snapshot, Snapshot], str | None] = {}

    def check(self, state: int) -> int:
        """Return what a state is: `FINE`, `PRUNED`, `GOAL` or `BROKEN`."""
        seen = state & self._layout.seen_mask
        result = self._known.get(seen)
        if result is None:
            result = self._known[seen] = self._checked_anew(seen)
        return result

    def what_breaks(self, state: int) -> tuple[str, Invariant | None] | None:
        """Return the name of the broken property, and the invariant if it is one; or None."""
        if self._layout.votes_clash(state):
            return OneVotePerTerm.title, None
        snapshots = self.snapshots(state)
        for a, b in combinations(snapshots.values(), 2):
            name = self._pair_breaks(a, b)
            if name is not None:
                return name, None
        states = _visible(snapshots)
        for invariant in self._invariants:
            if not invariant.holds(states):
                return invariant.name, invariant
        return None

    def snapshots(self, state: int) -> dict[str, Snapshot]:
        """Return the snapshot of each server."""
        layout, known = self._layout, self._behaviour.snapshots
        return {name: known[name][layout.number_of(state, name) - 1] for name in layout.names}

    def _checked_anew(self, state: int) -> int:
        # A broken property counts even in a goal, or in a state that is to be pruned.
        if self.what_breaks(state) is not None:
            return BROKEN
        if self._goal is None and self._prune is None:
            return FINE
        states = _visible(self.snapshots(state))
        if self._goal is not None and self._goal(states):
            return GOAL
        return PRUNED if self._prune is not None and self._prune(states) else FINE

    def _pair_breaks(self, a: Snapshot, b: Snapshot) -> str | None:
        """Return the property that two snapshots break, or None."""
        pair = (a, b)
        if pair not in self._pairs:
            broken = (name for name, holds in self._behaviour.of_pairs.items() if not holds(a, b))
            self._pairs[pair] = next(broken, None)
        return self._pairs[pair]


def _visible(snapshots: dict[str, Snapshot]) -> States:
    """Return the visible states of the servers."""
    return {name: snapshot.state for name, snapshot in snapshots.items()}
