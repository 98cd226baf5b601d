"""One process's share of a search: the states on its own shelves.

It goes level by level and speaks with the parent only, see sharing.py. What it finds for
others' shelves it lays on its copies of them, and hands it over when the level is done.
"""

import marshal
from collections.abc import Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection

from raftkit.checkers.explorer.ownership import Shelving
from raftkit.checkers.explorer.search import Ended, Search, Shelf
from raftkit.checkers.explorer.symmetry import Question
from raftkit.workers import end_with_parent

Packed = dict[int, bytes]  # what is on shelves, by their numbers

# The last version of marshal that does not look up whether it has met an object before.
_PLAIN = 2


@dataclass
class Report:
    """What a process has to say after a level; `outgoing` is what it has found for others.

    `new` counts the states that it has found for each shelf, `old` what was on its own before.
    """

    expanded: int
    transitions: int
    states: int
    ended: Ended | None
    ended_at: int  # how many levels deep
    outgoing: Packed
    new: dict[int, int]
    old: dict[int, int]


@dataclass
class Order:
    """How the next level begins: who owns each shelf now, and what comes from others.

    `left` is how many more states the budget allows, `given` holds shelves that are the process's
    own from now on, and `incoming` states that others have found for it.
    """

    questions: list[Question]
    owners: list[int]
    left: int
    given: Packed
    incoming: list[bytes]


class Share(Search):
    """A search that goes on only from states on its own shelves."""

    me: int
    _owners: list[int]
    _shelving: Shelving
    _stock: list[Shelf]  # by number; those of others hold what is for them
    _wires: Connection

    @classmethod
    def of(cls, search: Search, me: int, owners: list[int], wires: Connection) -> "Share":
        """The share of process `me` in a search that has begun."""
        share = cls(search.moves, search.judge, search.budget, search.calls, depth=search.depth)
        share.me, share._owners, share._wires = me, owners, wires
        share._shelving = Shelving(search.moves.layout)
        share._stock = [({}, []) for _ in owners]
        share.moves.agree = share._agree
        for state, before in search.parents.items():
            if share._is_mine(state):
                share.shelf_of(state)[0][state] = before
        return share

    def work(self, level: list[int]) -> None:
        """Expand a level, report, begin the next as the parent orders, and so on for ever.

        Between levels the parent may ask for the state before another, or for shelves.
        """
        for state in level:
            if self._is_mine(state):
                self.shelf_of(state)[1].append(state)
        incoming: list[bytes] = []
        while True:
            self._wires.send(self._one_level(incoming))
            while not isinstance(order := self._wires.recv(), Order):
                give = isinstance(order, list)
                self._wires.send(self._given_away(order) if give else self._before(order))
            self._follow(order)
            incoming = order.incoming

    # One level -------------------------------------------------------------------------------

    def _one_level(self, incoming: list[bytes]) -> Report:
        """What comes of the new states, together with those that others have found."""
        transitions, expanded = self.transitions, 0
        ended, ended_at = None, self.depth
        try:
            self._accept(incoming)
            ended_at += 1
            expanded = self._expand_all()
        except Ended as end:
            ended = end
            ended_at -= end.ending == "out of budget"
        self.depth += 1
        new = {number: len(new) for number, (_, new) in enumerate(self._stock) if new}
        old = {number: len(known) - len(new) for number, (known, new) in self._own().items()}
        transitions = self.transitions - transitions
        states = self.states
        return Report(expanded, transitions, states, ended, ended_at, self._outgoing(), new, old)

    def _expand_all(self) -> int:
        """Go on from all that is new on the own shelves; how many states that is.

        Shelf by shelf: most of what is looked up is on the same one, small enough for a cache.
        """
        level = [(shelf, shelf[1].copy()) for shelf in self._own().values()]
        for shelf, _ in level:
            shelf[1].clear()
        for shelf, states in level:
            self._expand(states, shelf)
        return sum(len(states) for _, states in level)

    def _accept(self, incoming: list[bytes]) -> None:
        """Put those states from others that are new here on their shelves."""
        shelves, seen_mask = self._shelves, self.moves.layout.seen_mask
        for packed in incoming:
            for new, before in zip(*marshal.loads(packed), strict=True):
                seen = new & seen_mask
                shelf = shelves[seen] if seen in shelves else self._place(new, before)
                if shelf is not None and new not in shelf[0]:
                    shelf[0][new] = before
                    shelf[1].append(new)

    def _outgoing(self) -> Packed:
        """What is for others, taken off the copies of their shelves."""
        packed = {}
        for number, (found, new) in enumerate(self._stock):
            if new and self._owners[number] != self.me:
                packed[number] = marshal.dumps((new, [*found.values()]), _PLAIN)
                found.clear()
                new.clear()
        return packed

    def _place(self, new: int, before: int) -> Shelf | None:
        """As ever, but its owner looks at a state first."""
        if self._is_mine(new):
            return super()._place(new, before)
        shelf = self.shelf_of(new)
        self._shelves[new & self.moves.layout.seen_mask] = shelf
        return shelf

    # Shelves ---------------------------------------------------------------------------------

    @property
    def states(self) -> int:
        """How many states are on the own shelves."""
        return sum(len(known) for known, _ in self._own().values())

    def shelf_of(self, state: int) -> Shelf:
        """The shelf of a state, whosever it is."""
        return self._stock[self._shelving.number(state)]

    def _is_mine(self, state: int) -> bool:
        """Whether a state is on an own shelf."""
        return self._owners[self._shelving.number(state)] == self.me

    def _own(self) -> dict[int, Shelf]:
        """The own shelves by their numbers."""
        owned = enumerate(zip(self._stock, self._owners, strict=True))
        return {number: shelf for number, (shelf, owner) in owned if owner == self.me}

    def _given_away(self, numbers: list[int]) -> Packed:
        """Shelves that others are to own, packed and gone from here."""
        packed = {number: marshal.dumps(self._stock[number], _PLAIN) for number in numbers}
        for number in numbers:
            self._stock[number] = ({}, [])
        return packed

    # The parent ------------------------------------------------------------------------------

    def _before(self, state: int) -> int:
        """The state before one of the own ones."""
        return self.shelf_of(state)[0][state]

    def _follow(self, order: Order) -> None:
        """Do as an order says."""
        self._answer(order.questions)
        if order.owners != self._owners:
            self._owners = order.owners
            self._shelves.clear()
        for number, packed in order.given.items():
            self._stock[number] = marshal.loads(packed)
        self.budget = self.states + order.left

    def _agree(self, question: Question) -> None:
        """Have a question put into the log, and answer all of the log up to it."""
        self._wires.send(question)
        questions = self._wires.recv()
        if questions is None:
            raise Ended("out of budget", 0)
        self._answer(questions)

    def _answer(self, questions: Sequence[Question]) -> None:
        """Answer what others have asked, in the log's order."""
        for question in questions:
            self.moves.answer(question)


def begin_share(
    search: Search, me: int, owners: list[int], wires: Connection, level: list[int]
) -> None:
    """What a child does with its life."""
    end_with_parent()
    try:
        Share.of(search, me, owners, wires).work(level)
    except (EOFError, BrokenPipeError):
        pass  # The parent is gone.
    except BaseException as error:
        wires.send(error)
