"""The search itself: breadth first, level by level, until something ends it.

It sees states as numbers and knows nothing of servers; what a transition is stands in
moves.py, what a state must keep in judging.py. Breadth first, so that the first state
found that breaks a property has no shorter way to it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Literal

from raftkit.checkers.explorer.acts import Act
from raftkit.checkers.explorer.moves import Broken, Moves
from raftkit.checkers.explorer.renaming import renamed_act
from raftkit.checkers.explorer.state_checker import BROKEN, FINE, GOAL, StateChecker

# From so many states on, a level is worth the help of other processes.
WIDE = 5_000

# States with the one before each, and those of them that are new in this level.
Shard = tuple[dict[int, int], list[int]]

Ending = Literal["violated", "exhausted", "goal reached", "out of budget"]


# After so many more states, whoever waits is told how many there are.
TELL_EVERY = 20_000


def ignore(states: int) -> None:
    """Nobody waits to be told."""


class Ended(Exception):
    """The search is over before everything has been seen: at `state`, or `in_step` that it takes.

    It crosses between processes, so it holds nothing but plain values.
    """

    def __init__(self, ending: Ending, state: int, in_step: bool = False) -> None:
        super().__init__(ending, state, in_step)
        self.ending = ending
        self.state = state
        self.in_step = in_step


@dataclass
class Search:
    """A search from one state on; `parents` holds every state seen, with the one before it."""

    moves: Moves
    checker: StateChecker
    budget: int
    calls: int
    parents: dict[int, int] = field(default_factory=dict)
    transitions: int = 0
    depth: int = 0
    elsewhere: int = 0  # states that only other processes have seen
    progress: Callable[[int], None] = ignore
    # Takes a level over and ends the search, if other processes are to help.
    in_parallel: Callable[[list[int]], Ended] | None = None

    def __post_init__(self) -> None:
        """Begin with one empty shard."""
        self._shard: Shard = (self.parents, [])
        # By what can be seen of a state, the shard it belongs on; None if it is not worth keeping.
        self._shard_of_view: dict[int, Shard | None] = {}

    def run(self, start: int) -> Ended:
        """Look at everything that can be reached from `start`, nearest first."""
        self.parents[start] = start
        level = [start]
        try:
            self._place(start, start)
            while level:
                if len(level) >= WIDE and self.in_parallel is not None:
                    return self.in_parallel(level)
                level = self.after(level)
                self.depth += bool(level)
        except Ended as ended:
            # What has ended it is one act further than the last whole level, unless at the start.
            found = ended.ending in ("violated", "goal reached")
            self.depth += found and (ended.in_step or ended.state != start)
            return ended
        return Ended("exhausted", start)

    def path(self, ended: Ended) -> list[Act]:
        """The acts that lead to where the search has ended."""
        states = [ended.state]
        while self.parents[states[-1]] != states[-1]:
            states.append(self.parents[states[-1]])
        states.reverse()
        acts, names = [], {name: name for name in self.moves.layout.names}
        for before, after in pairwise(states):
            act, turn = self._act(before, after)
            acts.append(renamed_act(names, act))
            # Whoever is called S2 from now on has been called `old` until now.
            names = {new: names[old] for old, new in turn.items()}
        if ended.in_step:
            acts.append(renamed_act(names, self.moves.broken_act(ended.state)))
        return acts

    def _act(self, before: int, after: int) -> tuple[Act, Mapping[str, str]]:
        """An act that leads from one state to the other, and the renaming after it."""
        symmetry = self.moves.symmetry
        if symmetry is None:
            nothing = {name: name for name in self.moves.layout.names}
            return next((act, nothing) for act, state in self.moves.all(before) if state == after)
        return next(
            (act, symmetry.turn_of(state))
            for act, state in self.moves.all(before)
            if symmetry.standing_for(state) == after
        )

    def after(self, level: list[int]) -> list[int]:
        """The states that one act leads to from those of a level, and that are new."""
        self._expand(level, self._shard)
        new = self._shard[1]
        found = new.copy()
        new.clear()
        return found

    def _expand(self, level: list[int], home: Shard) -> None:
        """Go on from states of a level that are on the shard `home`; put what is new on its shard.

        Millions of times through the innermost lines: hence the local names, and integers
        alone. A state's transitions are looked up server by server, by the part of the state
        that the server sees.
        """
        known, moves, shards = home[0], self.moves, self._shard_of_view
        most, message_mask, seen_mask, fields = self._masks()
        standing_for = moves.standing_for
        look_up = room = 0
        for state in level:
            if most is not None:
                # What was under way at the start may be more than there is room for.
                room = max(most, (state & message_mask).bit_count())
            if len(known) >= look_up:
                look_up = len(known) + self._look_up(state)
            for server, mask, remembered in fields:
                part = state & mask
                if part in remembered:
                    changes = remembered[part]
                else:
                    changes = self._work_out(moves, server, state, part)
                    # New messages have got their bits, which later states may have.
                    most, message_mask, seen_mask, fields = self._masks()
                self.transitions += len(changes)
                for flipped, added in changes:
                    new = (state ^ flipped) | added
                    if new in known:
                        continue
                    if most is not None and (new & message_mask).bit_count() > room:
                        continue
                    if standing_for is not None:
                        new = standing_for(new)
                        if new in known:
                            continue
                    seen = new & seen_mask
                    shard = shards[seen] if seen in shards else self._place(new, state)
                    if shard is None:
                        continue
                    there, fresh = shard
                    if there is not known and new in there:
                        continue
                    there[new] = state
                    fresh.append(new)

    @property
    def states(self) -> int:
        """How many states have been seen here."""
        return len(self.parents)

    def shard_of(self, state: int) -> Shard:
        """The shard of a state that is kept."""
        return self._shard

    def _look_up(self, state: int) -> int:
        """End the search at its budget, or tell how it goes; how many more states to wait for."""
        seen = self.states
        if seen >= self.budget:
            raise Ended("out of budget", state)
        self.progress(seen)
        return min(TELL_EVERY, self.budget - seen)

    def _masks(
        self,
    ) -> tuple[int | None, int, int, list[tuple[str, int, dict[int, tuple[tuple[int, int], ...]]]]]:
        """What the innermost loop keeps in local names; it changes when a message is new."""
        layout, remembered = self.moves.layout, self.moves.remembered
        fields = [(name, layout.local_masks[name], remembered[name]) for name in layout.names]
        return layout.bounds.in_flight, layout.message_mask, layout.seen_mask, fields

    def _work_out(
        self, moves: Moves, server: str, state: int, part: int
    ) -> tuple[tuple[int, int], ...]:
        """The transitions of a part of a state that has not been met before."""
        if moves.behaviour.calls >= self.calls:
            raise Ended("out of budget", state)
        try:
            return moves.of_server(server, part)
        except Broken:
            raise Ended("violated", state, in_step=True) from None

    def _place(self, new: int, before: int) -> Shard | None:
        """The shard for a state that looks like none before, if it is kept; or the search ends."""
        judgement = self.checker.look(new)
        shard = self.shard_of(new)
        if judgement in (BROKEN, GOAL):
            shard[0].setdefault(new, before)
            raise Ended("goal reached" if judgement == GOAL else "violated", new)
        kept = shard if judgement == FINE else None
        self._shard_of_view[new & self.moves.layout.seen_mask] = kept
        return kept
