"""The search itself: breadth first, level by level, until something ends it.

It sees states as numbers and knows nothing of servers: moves.py has the transitions, and
state_checker.py the properties. Breadth first means that the path to the first broken state is as
short as any.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Literal

from raftkit.checkers.explorer.moves import Broken, Moves
from raftkit.checkers.explorer.renaming import renamed_action
from raftkit.checkers.explorer.search_actions import SearchAction
from raftkit.checkers.explorer.state_checker import BROKEN, FINE, GOAL, StateChecker

# A level of so many states is worth sharing with other processes.
WIDE = 5_000

# The states, each with the state before it, and those of them that are new in this level.
Shard = tuple[dict[int, int], list[int]]

Ending = Literal["violated", "exhausted", "goal reached", "out of budget"]


# Progress is reported after so many more states.
TELL_EVERY = 20_000


def ignore(states: int) -> None:
    """The progress function that does nothing."""


class Ended(Exception):
    """The search has ended before every state was seen: at `state`, or `in_step` in a step from it.

    It is sent between processes, so it holds only plain values.
    """

    def __init__(self, ending: Ending, state: int, in_step: bool = False) -> None:
        super().__init__(ending, state, in_step)
        self.ending = ending
        self.state = state
        self.in_step = in_step


@dataclass
class Search:
    """A search from one state; `parents` maps every state seen to the state before it."""

    moves: Moves
    checker: StateChecker
    budget: int
    calls: int
    parents: dict[int, int] = field(default_factory=dict)
    transitions: int = 0
    depth: int = 0
    elsewhere: int = 0  # states that only other processes have seen
    progress: Callable[[int], None] = ignore
    # Goes on from a level in several processes until the search ends, if there may be several.
    in_parallel: Callable[[list[int]], Ended] | None = None

    def __post_init__(self) -> None:
        """Begin with one empty shard."""
        self._shard: Shard = (self.parents, [])
        # By the part of a state that is checked: its shard, or None if it is pruned.
        self._shard_of_view: dict[int, Shard | None] = {}

    def run(self, start: int) -> Ended:
        """Search every state that can be reached from `start`, nearest first."""
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
            # The end is one action after the last whole level, unless it is the start.
            found = ended.ending in ("violated", "goal reached")
            self.depth += found and (ended.in_step or ended.state != start)
            return ended
        return Ended("exhausted", start)

    def path(self, ended: Ended) -> list[SearchAction]:
        """Return the actions that lead to where the search has ended."""
        states = [ended.state]
        while self.parents[states[-1]] != states[-1]:
            states.append(self.parents[states[-1]])
        states.reverse()
        actions, names = [], {name: name for name in self.moves.layout.names}
        for before, after in pairwise(states):
            action, turn = self._action(before, after)
            actions.append(renamed_action(names, action))
            # Map each server's new name to the name it had at the start of the path.
            names = {new: names[old] for old, new in turn.items()}
        if ended.in_step:
            actions.append(renamed_action(names, self.moves.broken_action(ended.state)))
        return actions

    def _action(self, before: int, after: int) -> tuple[SearchAction, Mapping[str, str]]:
        """Return an action that leads from one state to the other, and the renaming after it."""
        symmetry = self.moves.symmetry
        if symmetry is None:
            nothing = {name: name for name in self.moves.layout.names}
            return next(
                (action, nothing) for action, state in self.moves.all(before) if state == after
            )
        return next(
            (action, symmetry.turn_of(state))
            for action, state in self.moves.all(before)
            if symmetry.standing_for(state) == after
        )

    def after(self, level: list[int]) -> list[int]:
        """Return the new states that are one action after those of a level."""
        self._expand(level, self._shard)
        new = self._shard[1]
        found = new.copy()
        new.clear()
        return found

    def _expand(self, level: list[int], home: Shard) -> None:
        """Go on from a level's states, all on the shard `home`; put new states on their shards.

        The innermost lines run millions of times: hence the local names, and only integers. A
        state's transitions are looked up server by server, by the part of the state that the server
        sees.
        """
        known, moves, shards = home[0], self.moves, self._shard_of_view
        most, message_mask, seen_mask, fields = self._masks()
        standing_for = moves.standing_for
        look_up = room = 0
        for state in level:
            if most is not None:
                # At the start, more messages may be on the network than the bound allows.
                room = max(most, (state & message_mask).bit_count())
            if len(known) >= look_up:
                look_up = len(known) + self._look_up(state)
            for server, mask, remembered in fields:
                part = state & mask
                if part in remembered:
                    changes = remembered[part]
                else:
                    changes = self._work_out(moves, server, state, part)
                    # New messages may have been given bits, which change the masks.
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
        """How many states this process has seen."""
        return len(self.parents)

    def shard_of(self, state: int) -> Shard:
        """Return the shard of a state that is kept."""
        return self._shard

    def _look_up(self, state: int) -> int:
        """End the search at its budget, or report progress; return how many states to wait for."""
        seen = self.states
        if seen >= self.budget:
            raise Ended("out of budget", state)
        self.progress(seen)
        return min(TELL_EVERY, self.budget - seen)

    def _masks(
        self,
    ) -> tuple[int | None, int, int, list[tuple[str, int, dict[int, tuple[tuple[int, int], ...]]]]]:
        """Return what the innermost loop keeps in local names; a new message changes it."""
        layout, remembered = self.moves.layout, self.moves.remembered
        fields = [(name, layout.local_masks[name], remembered[name]) for name in layout.names]
        return layout.bounds.in_flight, layout.message_mask, layout.seen_mask, fields

    def _work_out(
        self, moves: Moves, server: str, state: int, part: int
    ) -> tuple[tuple[int, int], ...]:
        """Return the transitions of a part of a state that is new."""
        if moves.behaviour.calls >= self.calls:
            raise Ended("out of budget", state)
        try:
            return moves.of_server(server, part)
        except Broken:
            raise Ended("violated", state, in_step=True) from None

    def _place(self, new: int, before: int) -> Shard | None:
        """Check a state of a new kind: end the search, or return its shard, or None to prune it."""
        result = self.checker.check(new)
        shard = self.shard_of(new)
        if result in (BROKEN, GOAL):
            shard[0].setdefault(new, before)
            raise Ended("goal reached" if result == GOAL else "violated", new)
        kept = shard if result == FINE else None
        self._shard_of_view[new & self.moves.layout.seen_mask] = kept
        return kept
