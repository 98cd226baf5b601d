"""What a search thinks of a state: fine, broken, a goal, or not worth going on from.

Judgements rest on the servers' snapshots and the votes seen, not on the messages under
way, so there are far fewer of them than states: each is made once and kept, and each
pair of snapshots is compared once.
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
    """Judges the states of one layout by the properties of Figure 3, and by your own."""

    def __init__(
        self,
        behaviour: Behaviour,
        layout: Layout,
        invariants: Sequence[Invariant] = (),
        goal: Predicate | None = None,
        prune: Predicate | None = None,
    ) -> None:
        self._judged: dict[int, int] = {}
        self._behaviour = behaviour
        self._layout = layout
        self._invariants = invariants
        self._goal = goal
        self._prune = prune
        self._pairs: dict[tuple[Snapshot, Snapshot], str | None] = {}

    def look(self, state: int) -> int:
        """The judgement of a state."""
        seen = state & self._layout.seen_mask
        judgement = self._judged.get(seen)
        if judgement is None:
            judgement = self._judged[seen] = self._judge(seen)
        return judgement

    def what_breaks(self, state: int) -> tuple[str, Invariant | None] | None:
        """The name of the property that a state breaks, and the invariant if it is your own."""
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
        """The snapshot of each server."""
        layout, known = self._layout, self._behaviour.snapshots
        return {name: known[name][layout.number_of(state, name) - 1] for name in layout.names}

    def _judge(self, state: int) -> int:
        # What is broken stays broken, even where a goal is reached or nobody wants to go on.
        if self.what_breaks(state) is not None:
            return BROKEN
        if self._goal is None and self._prune is None:
            return FINE
        states = _visible(self.snapshots(state))
        if self._goal is not None and self._goal(states):
            return GOAL
        return PRUNED if self._prune is not None and self._prune(states) else FINE

    def _pair_breaks(self, a: Snapshot, b: Snapshot) -> str | None:
        """The property that two snapshots break, or None."""
        pair = (a, b)
        if pair not in self._pairs:
            broken = (name for name, holds in self._behaviour.of_pairs.items() if not holds(a, b))
            self._pairs[pair] = next(broken, None)
        return self._pairs[pair]


def _visible(snapshots: dict[str, Snapshot]) -> States:
    """What can be seen of the servers."""
    return {name: snapshot.state for name, snapshot in snapshots.items()}
