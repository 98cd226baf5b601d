"""One search on several cores: each process keeps a part of the states.

The search begins alone. When a level is wide, it forks: the children inherit all that is
known, and go on level by level, each with the states on its own shards, handing the others
theirs (share.py, ownership.py). Numbers must mean the same everywhere, so whoever wants to ask
a server something new appends the question to the parent's log, and everybody answers the log
in its order. Where a system cannot fork, a search stays in one process.
"""

import multiprocessing
from collections import Counter
from dataclasses import dataclass, field
from multiprocessing.connection import wait
from typing import Any

from raftkit.checkers.explorer.search import Ended, Search
from raftkit.checkers.explorer.search_worker import Order, Packed, Report, run_worker
from raftkit.checkers.explorer.sharding import SHARDS, Sharding, rebalanced
from raftkit.checkers.explorer.symmetry import Question
from raftkit.workers import deaf_children


def can_fork() -> bool:
    """Whether this system can fork, which sharing a search needs."""
    return "fork" in multiprocessing.get_all_start_methods()


@dataclass
class ParallelSearch:
    """The processes that share a search, and the log of questions that keeps them agreed."""

    search: Search
    processes: int
    log: list[Question] = field(default_factory=list)

    def finish(self, level: list[int]) -> Ended:
        """Go on from a level until the search ends."""
        context = multiprocessing.get_context("fork")
        pipes = [context.Pipe() for _ in range(self.processes)]
        self._connections: list[Any] = [ours for ours, _ in pipes]
        self._log_known = [0] * len(pipes)  # how much of the log each process knows
        self._owners = [number % self.processes for number in range(SHARDS)]
        children = [
            context.Process(
                target=run_worker, args=(self.search, me, self._owners, theirs, level), daemon=True
            )
            for me, (_, theirs) in enumerate(pipes)
        ]
        try:
            with deaf_children():
                for child in children:
                    child.start()
            return self._levels()
        finally:
            for connection in self._connections:
                connection.close()
            for child in children:
                if child.pid is not None:  # else it has not been started
                    # It holds nothing to tidy up, and has this process's handlers of signals.
                    child.kill()
                    child.join()

    def _levels(self) -> Ended:
        """Level after level, until one of the children has found something, or all are done."""
        search = self.search
        early = len(search.parents)
        rounds = 0
        while True:
            reports = self._reports()
            states = sum(report.states for report in reports)
            search.transitions += sum(report.transitions for report in reports)
            search.elsewhere = states - early
            search.depth += rounds > 0 and any(report.expanded for report in reports)
            rounds += 1
            search.progress(states)
            ended = [report for report in reports if report.ended is not None]
            if ended:
                return self._end(min(ended, key=_by_weight))
            if not any(report.new for report in reports):
                return Ended("exhausted", 0)
            if states >= search.budget:
                return Ended("out of budget", 0)
            self._order(reports, search.budget - states)

    def _order(self, reports: list[Report], left: int) -> None:
        """Say how the next level begins, when there are so many states left in the budget."""
        given = self._rebalance(reports)
        found = [each for report in reports for each in report.outgoing.items()]
        for me, connection in enumerate(self._connections):
            mine = {number for number, owner in enumerate(self._owners) if owner == me}
            order = Order(
                questions=self._news_for(me),
                owners=self._owners,
                left=left,
                given={number: packed for number, packed in given.items() if number in mine},
                incoming=[packed for number, packed in found if number in mine],
            )
            connection.send(order)

    def _rebalance(self, reports: list[Report]) -> Packed:
        """Find better owners for some shards, if need be; the shards, on their way to them."""
        new: Counter[int] = Counter()
        old: Counter[int] = Counter()
        for report in reports:
            new.update(report.new)
            old.update(report.old)
        before, self._owners = self._owners, rebalanced(self._owners, new, old, self.processes)
        given: Packed = {}
        for giver, connection in enumerate(self._connections):
            changes = enumerate(zip(before, self._owners, strict=True))
            numbers = [number for number, (was, now) in changes if was == giver != now]
            if numbers:
                connection.send(numbers)
                given |= connection.recv()
        return given

    def _reports(self) -> list[Report]:
        """What every child says after its level; questions are answered as they come."""
        reports: dict[int, Report] = {}
        while len(reports) < len(self._connections):
            busy = [
                connection
                for owner, connection in enumerate(self._connections)
                if owner not in reports
            ]
            for connection in wait(busy):
                owner = self._connections.index(connection)
                received = self._connections[owner].recv()
                if isinstance(received, Report):
                    reports[owner] = received
                elif isinstance(received, BaseException):
                    raise received
                else:
                    self._connections[owner].send(self._logged(received, owner))
        return [reports[owner] for owner in sorted(reports)]

    def _logged(self, question: Question, owner: int) -> list[Question] | None:
        """Put a question into the log; the answer is all that its asker does not know yet."""
        moves = self.search.moves
        if moves.behaviour.calls >= self.search.calls:
            return None
        if not moves.has_answered(question):
            self.log.append(question)
            moves.answer(question)
        return self._news_for(owner)

    def _news_for(self, owner: int) -> list[Question]:
        """The part of the log that a child does not know yet."""
        news = self.log[self._log_known[owner] :]
        self._log_known[owner] = len(self.log)
        return news

    def _end(self, report: Report) -> Ended:
        """Collect the way to where the search has ended from those who know its states."""
        ended, search = report.ended, self.search
        sharding = Sharding(search.moves.layout)
        assert ended is not None
        search.depth = report.ended_at
        state, way = ended.state, []
        while state not in search.parents and ended.ending != "out of budget":
            connection = self._connections[self._owners[sharding.number(state)]]
            connection.send(state)
            way.append((state, connection.recv()))
            state = way[-1][1]
        search.parents.update(way)
        search.elsewhere -= len(way)
        return ended


def _by_weight(report: Report) -> tuple[bool, int]:
    """The nearest finding counts for most; that a budget has been spent for least."""
    return (report.ended is None or report.ended.ending == "out of budget", report.ended_at)
