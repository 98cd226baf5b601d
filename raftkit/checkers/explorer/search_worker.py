"""One process of a parallel search, which keeps the states on its own shards.

It searches level by level and exchanges messages with the parent only, see parallel_search.py.
States that belong on other workers' shards are collected on empty copies of those shards, and sent
when the level is done.
"""

import marshal
from collections.abc import Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection

from raftkit.checkers.explorer.search import Ended, Search, Shard
from raftkit.checkers.explorer.sharding import Sharding
from raftkit.checkers.explorer.symmetry import Question
from raftkit.workers import end_with_parent

Packed = dict[int, bytes]  # the states on shards, by the shards' numbers

# The last version of marshal that spends no time on finding repeated objects.
_PLAIN = 2


@dataclass
class Report:
    """What a worker reports after a level; `outgoing` holds the states it has found for others.

    `new` counts the states that it has found for each shard, `old` those on its own shards before.
    """

    expanded: int
    transitions: int
    states: int
    ended: Ended | None
    ended_at: int  # the depth in levels
    outgoing: Packed
    new: dict[int, int]
    old: dict[int, int]


@dataclass
class Order:
    """How the next level begins: who owns each shard now, and what comes from other workers.

    `left` is how many more states the budget allows. `given` holds shards that the worker owns from
    now on, and `incoming` states that others have found for it.
    """

    questions: list[Question]
    owners: list[int]
    left: int
    given: Packed
    incoming: list[bytes]


class SearchWorker(Search):
    """A search that goes on only from states on its own shards."""

    number: int
    _owners: list[int]
    _sharding: Sharding
    _shards: list[Shard]  # by number; other workers' shards hold the states to send them
    _connection: Connection

    @classmethod
    def of(
        cls, search: Search, number: int, owners: list[int], connection: Connection
    ) -> "SearchWorker":
        """Return worker `number` of a search that has begun."""
        worker = cls(search.moves, search.checker, search.budget, search.calls, depth=search.depth)
        worker.number, worker._owners, worker._connection = number, owners, connection
        worker._sharding = Sharding(search.moves.layout)
        worker._shards = [({}, []) for _ in owners]
        worker.moves.agree = worker._agree
        for state, before in search.parents.items():
            if worker._is_mine(state):
                worker.shard_of(state)[0][state] = before
        return worker

    def work(self, level: list[int]) -> None:
        """Search a level, report, begin the next as the parent orders, and so on without end.

        Between levels the parent may ask for the state before another, or for shards.
        """
        for state in level:
            if self._is_mine(state):
                self.shard_of(state)[1].append(state)
        incoming: list[bytes] = []
        while True:
            self._connection.send(self._one_level(incoming))
            while not isinstance(order := self._connection.recv(), Order):
                give = isinstance(order, list)
                self._connection.send(self._given_away(order) if give else self._before(order))
            self._follow(order)
            incoming = order.incoming

    # One level -------------------------------------------------------------------------------

    def _one_level(self, incoming: list[bytes]) -> Report:
        """Search on from the new states, together with those that others have found."""
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
        new = {number: len(new) for number, (_, new) in enumerate(self._shards) if new}
        old = {number: len(known) - len(new) for number, (known, new) in self._own().items()}
        transitions = self.transitions - transitions
        states = self.states
        return Report(expanded, transitions, states, ended, ended_at, self._outgoing(), new, old)

    def _expand_all(self) -> int:
        """Go on from all new states on this worker's shards, and return how many there are.

        It goes shard by shard: most look-ups are on one shard, which is small enough for a cache.
        """
        level = [(shard, shard[1].copy()) for shard in self._own().values()]
        for shard, _ in level:
            shard[1].clear()
        for shard, states in level:
            self._expand(states, shard)
        return sum(len(states) for _, states in level)

    def _accept(self, incoming: list[bytes]) -> None:
        """Put the states from others that are new here on their shards."""
        shards, seen_mask = self._shard_of_view, self.moves.layout.seen_mask
        for packed in incoming:
            for new, before in zip(*marshal.loads(packed), strict=True):
                seen = new & seen_mask
                shard = shards[seen] if seen in shards else self._place(new, before)
                if shard is not None and new not in shard[0]:
                    shard[0][new] = before
                    shard[1].append(new)

    def _outgoing(self) -> Packed:
        """Return the states for others, and remove them here."""
        packed = {}
        for number, (found, new) in enumerate(self._shards):
            if new and self._owners[number] != self.number:
                packed[number] = marshal.dumps((new, [*found.values()]), _PLAIN)
                found.clear()
                new.clear()
        return packed

    def _place(self, new: int, before: int) -> Shard | None:
        """Place a state as in any search, but let its owner check it."""
        if self._is_mine(new):
            return super()._place(new, before)
        shard = self.shard_of(new)
        self._shard_of_view[new & self.moves.layout.seen_mask] = shard
        return shard

    # Shards ----------------------------------------------------------------------------------

    @property
    def states(self) -> int:
        """How many states are on this worker's shards."""
        return sum(len(known) for known, _ in self._own().values())

    def shard_of(self, state: int) -> Shard:
        """Return the shard of a state, whichever worker owns it."""
        return self._shards[self._sharding.number(state)]

    def _is_mine(self, state: int) -> bool:
        """Return whether a state is on one of this worker's shards."""
        return self._owners[self._sharding.number(state)] == self.number

    def _own(self) -> dict[int, Shard]:
        """Return this worker's shards by their numbers."""
        owned = enumerate(zip(self._shards, self._owners, strict=True))
        return {number: shard for number, (shard, owner) in owned if owner == self.number}

    def _given_away(self, numbers: list[int]) -> Packed:
        """Return shards that others are to own, packed, and remove them here."""
        packed = {number: marshal.dumps(self._shards[number], _PLAIN) for number in numbers}
        for number in numbers:
            self._shards[number] = ({}, [])
        return packed

    # The parent ------------------------------------------------------------------------------

    def _before(self, state: int) -> int:
        """Return the state before a state of this worker."""
        return self.shard_of(state)[0][state]

    def _follow(self, order: Order) -> None:
        """Begin the next level as an order says."""
        self._answer(order.questions)
        if order.owners != self._owners:
            self._owners = order.owners
            self._shard_of_view.clear()
        for number, packed in order.given.items():
            self._shards[number] = marshal.loads(packed)
        self.budget = self.states + order.left

    def _agree(self, question: Question) -> None:
        """Have the parent append a question to the log, and answer the log up to it."""
        self._connection.send(question)
        questions = self._connection.recv()
        if questions is None:
            raise Ended("out of budget", 0)
        self._answer(questions)

    def _answer(self, questions: Sequence[Question]) -> None:
        """Answer the questions of others, in the log's order."""
        for question in questions:
            self.moves.answer(question)


def run_worker(
    search: Search, number: int, owners: list[int], connection: Connection, level: list[int]
) -> None:
    """Run a worker in a child process, until the parent is gone."""
    end_with_parent()
    try:
        SearchWorker.of(search, number, owners, connection).work(level)
    except (EOFError, BrokenPipeError):
        pass  # The parent is gone.
    except BaseException as error:
        connection.send(error)
