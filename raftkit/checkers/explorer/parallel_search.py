"""One search on several cores: each process keeps a part of the states.

The search begins in one process, which forks when a level is wide. The children know all that is
known so far, and go on level by level, each with the states on its own shards, and send each
other's states (search_worker.py, sharding.py). Numbers must mean the same in all of them, so a
child that has a new question for a server appends it to the parent's log, and all answer the log in
its order. Where a system cannot fork, a search stays in one process.
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
from raftkit.workers import ignoring_interrupts


def can_fork() -> bool:
    """Return whether this system can fork, which a parallel search needs."""
    return "fork" in multiprocessing.get_all_start_methods()


@dataclass
class ParallelSearch:
    """The processes that share a search, and the log of questions that all of them answer."""

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
                target=run_worker,
                args=(self.search, worker, self._owners, theirs, level),
                daemon=True,
            )
            for worker, (_, theirs) in enumerate(pipes)
        ]
        try:
            with ignoring_interrupts():
                for child in children:
                    child.start()
            return self._levels()
        finally:
            for connection in self._connections:
                connection.close()
            for child in children:
                if child.pid is not None:  # otherwise it was never started
                    # Killed: it has this process's signal handlers, and nothing to clean up.
                    child.kill()
                    child.join()

    def _levels(self) -> Ended:
        """Search level after level, until a child has found something or all are done."""
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
        """Tell each child how the next level begins; the budget has so many states left."""
        given = self._rebalance(reports)
        found = [each for report in reports for each in report.outgoing.items()]
        for worker, connection in enumerate(self._connections):
            mine = {number for number, owner in enumerate(self._owners) if owner == worker}
            order = Order(
                questions=self._news_for(worker),
                owners=self._owners,
                left=left,
                given={number: packed for number, packed in given.items() if number in mine},
                incoming=[packed for number, packed in found if number in mine],
            )
            connection.send(order)

    def _rebalance(self, reports: list[Report]) -> Packed:
        """Change the owners of some shards if needed, and return those shards' states."""
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
        """Return the report of each child after its level, and answer their questions meanwhile."""
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
        """Append a question to the log, and return all that the child does not know of the log."""
        moves = self.search.moves
        if moves.behaviour.calls >= self.search.calls:
            return None
        if not moves.has_answered(question):
            self.log.append(question)
            moves.answer(question)
        return self._news_for(owner)

    def _news_for(self, owner: int) -> list[Question]:
        """Return the part of the log that a child does not know yet."""
        news = self.log[self._log_known[owner] :]
        self._log_known[owner] = len(self.log)
        return news

    def _end(self, report: Report) -> Ended:
        """Collect the path to the end of the search from the children that know its states."""
        ended, search = report.ended, self.search
        sharding = Sharding(search.moves.layout)
        assert ended is not None
        search.depth = report.ended_at
        state, path = ended.state, []
        while state not in search.parents and ended.ending != "out of budget":
            connection = self._connections[self._owners[sharding.number(state)]]
            connection.send(state)
            path.append((state, connection.recv()))
            state = path[-1][1]
        search.parents.update(path)
        search.elsewhere -= len(path)
        return ended


def _by_weight(report: Report) -> tuple[bool, int]:
    """Sort the nearest finding first, and a spent budget last."""
    return (report.ended is None or report.ended.ending == "out of budget", report.ended_at)
