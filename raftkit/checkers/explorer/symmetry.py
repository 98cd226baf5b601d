"""Symmetry between servers: of states that differ only in names, one stands for all.

This is sound only if servers behave alike under all names. A student's rule may not: it may prefer
S1. So whenever a server is asked something new, the others are asked the same under every exchange
of two names. If an answer differs in more than names, `Unequal` ends the search, which begins again
without symmetry. A search without symmetry asks all these questions too, so the check costs
nothing.
"""

from collections.abc import Callable
from itertools import pairwise, permutations
from typing import Any

from raftkit.checkers.explorer.behaviour import Behaviour, Outcome, Snapshot
from raftkit.checkers.explorer.bit_layout import Layout
from raftkit.checkers.explorer.renaming import renamed_message, renamed_view

# With more servers there are too many renamings: 720 with six.
SERVERS_MOST = 5

# A renaming: the new name of each server, in the order of their names.
Renaming = tuple[str, ...]

# A question to a server: its name, the number of its snapshot, the kind of event, and which one:
# a "message" by its bit, a "timer" by its name, a "command" by its text, or a "restart".
Question = tuple[str, int, str, Any]


class Unequal(Exception):
    """Servers do not behave alike under other names, so symmetry would be unsound."""


class Symmetry:
    """The renamings of the servers of one layout, and the states that stand for others."""

    def __init__(self, behaviour: Behaviour, layout: Layout) -> None:
        self._behaviour = behaviour
        self._layout = layout
        names = layout.names
        self.nothing: Renaming = names
        self._mapping = {turn: dict(zip(names, turn, strict=True)) for turn in permutations(names)}
        self._swaps = [_swapped(names, one, other) for one, other in pairwise(names)]
        self._shorter = self._compositions()
        self._twins: dict[Renaming, dict[Snapshot, Snapshot]] = {turn: {} for turn in self._mapping}
        self._turns: dict[int, tuple[Renaming, ...]] = {}  # by the servers' fields of a state
        # By renaming: what parts of states become, those that servers see and the votes.
        self._images: dict[Renaming, dict[str, dict[int, int]]] = {
            turn: {name: {} for name in (*names, "")} for turn in self._mapping
        }

    def _compositions(self) -> dict[Renaming, tuple[Renaming, Renaming]]:
        """Return each renaming as another one, followed by an exchange of two neighbours."""
        found: dict[Renaming, tuple[Renaming, Renaming]] = {}
        known = [self.nothing]
        for turn in known:
            for swap in self._swaps:
                further = tuple(self._mapping[swap][name] for name in turn)
                if further not in known:
                    found[further] = (turn, swap)
                    known.append(further)
        return found

    # The check ---------------------------------------------------------------------------------

    def check_starts_alike(self) -> None:
        """Check that all servers start alike. Raises `Unequal` if they do not."""
        for swap in self._swaps:
            for name in self._layout.names:
                other = self._mapping[swap][name]
                self._check_alike(swap, self._behaviour.start(name), self._behaviour.start(other))

    def check_alike(self, question: Question, ask: Callable[[Question], Outcome]) -> None:
        """Check that a question has the same answer under all names.

        Raises `Unequal` if it has not.
        """
        asked = [question]
        for each in asked:
            for swap in self._swaps:
                other = self._twin_question(swap, each)
                if other not in asked:
                    asked.append(other)
                self._check_alike(swap, ask(each), ask(other))

    def _twin_question(self, swap: Renaming, question: Question) -> Question:
        """Return the question to the server that has this one's name after an exchange."""
        server, number, kind, what = question
        twin = self._twins[swap][self._behaviour.snapshots[server][number - 1]]
        return (twin.server, twin.id, kind, self._bit(swap, what) if kind == "message" else what)

    def _check_alike(self, swap: Renaming, one: Outcome, other: Outcome) -> None:
        """Check that two outcomes differ only by an exchange of names."""
        if (one.broken is None) != (other.broken is None):
            raise Unequal
        if one.broken is not None:
            return  # The search ends at this step.
        # Equal messages are one object. Messages may hold lists, so they are not hashed.
        renamed = {id(self._renamed(swap, message)) for message in one.sent}
        if renamed != {id(message) for message in other.sent} or len(one.torn) != len(other.torn):
            raise Unequal
        self._make_twins(swap, one.after, other.after)
        for (keep, torn), (other_keep, other_torn) in zip(one.torn, other.torn, strict=True):
            if keep != other_keep:
                raise Unequal
            self._check_alike(swap, torn, other_torn)

    def _make_twins(self, swap: Renaming, one: Snapshot, other: Snapshot) -> None:
        """Note that two snapshots differ only by an exchange, unless they are known to differ."""
        twins = self._twins[swap]
        if twins.setdefault(one, other) is not other or twins.setdefault(other, one) is not one:
            raise Unequal
        seen = renamed_view(self._mapping[swap], one.server, one.state)
        alike = renamed_view(self._mapping[self.nothing], other.server, other.state)
        histories = (one.timers, one.committed, one.applied)
        if seen != alike or histories != (other.timers, other.committed, other.applied):
            raise Unequal

    def _renamed(self, turn: Renaming, message: Any) -> Any:
        """Return a message under other names."""
        return self._behaviour.one(renamed_message(self._mapping[turn], message))

    # The states that stand for others ----------------------------------------------------------

    def standing_for(self, state: int) -> int:
        """Return the state that stands for all those that differ from `state` only in names."""
        fields = state & self._layout.servers_mask
        turns = self._turns.get(fields)
        if turns is None:
            turns = self._turns[fields] = self._turns_to_least(fields)
        if not turns:
            return state
        if len(turns) == 1:
            return self._turned(turns[0], state)
        return min([self._turned(turn, state) for turn in turns])

    def turn_of(self, state: int) -> dict[str, str]:
        """Return the renaming that turns `state` into the state that stands for it."""
        self.standing_for(state)
        turns = self._turns[state & self._layout.servers_mask] or (self.nothing,)
        return self._mapping[min(turns, key=lambda turn: self._turned(turn, state))]

    def _turns_to_least(self, fields: int) -> tuple[Renaming, ...]:
        """Return the renamings that make the servers' fields least; () for the identity alone."""
        layout, known = self._layout, self._behaviour.snapshots
        snapshots = [known[name][layout.number_of(fields, name) - 1] for name in layout.names]
        turned = {
            turn: sum(
                layout.placed(twin.server, twin.id)
                for twin in [self._twin(turn, snapshot) for snapshot in snapshots]
            )
            for turn in self._mapping
        }
        least = min(turned.values())
        best = tuple(turn for turn, bits in turned.items() if bits == least)
        return () if best == (self.nothing,) else best

    def _twin(self, turn: Renaming, snapshot: Snapshot) -> Snapshot:
        """Return the snapshot that this one becomes."""
        if turn == self.nothing:
            return snapshot
        twins = self._twins[turn]
        if snapshot not in twins:
            before, swap = self._shorter[turn]
            twins[snapshot] = self._twin(swap, self._twin(before, snapshot))
        return twins[snapshot]

    def _turned(self, turn: Renaming, state: int) -> int:
        """Return a state under other names, put together from parts computed before."""
        masks, bits = self._layout.local_masks, 0
        for server, images in self._images[turn].items():
            part = state & (masks[server] if server else self._layout.votes_mask)
            if part not in images:
                images[part] = self._turned_part(turn, server, part)
            bits |= images[part]
        return bits

    def _turned_part(self, turn: Renaming, server: str, part: int) -> int:
        """Return the part of a state that `server` sees, or for "" the votes, under other names."""
        layout, names = self._layout, self._mapping[turn]
        if not server:
            return layout.votes_turned(names, part)
        number = layout.number_of(part, server)
        twin = self._twin(turn, self._behaviour.snapshots[server][number - 1])
        bits = part & layout.budget_mask | layout.placed(twin.server, twin.id)
        for bit, _ in layout.inbox(part):
            bits |= self._bit(turn, bit)
        return bits

    def _bit(self, turn: Renaming, bit: int) -> int:
        """Return the bit of the message that this one becomes."""
        return self._layout.bit_of(self._renamed(turn, self._layout.messages[bit]))


def _swapped(names: Renaming, one: str, other: str) -> Renaming:
    """Return the renaming that exchanges two names."""
    exchanged = {one: other, other: one}
    return tuple(exchanged.get(name, name) for name in names)
