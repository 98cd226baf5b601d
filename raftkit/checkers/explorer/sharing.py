"""One search on several cores: each process owns a part of the states.

The search begins alone. When a level is wide, it forks: the children inherit all that is
known, and go on level by level, each with the states that it owns, handing the others
theirs. Numbers must mean the same everywhere, so whoever wants to ask a server something
new appends the question to the parent's log, and everybody answers the log in its order.
Where a system cannot fork, a search stays in one process.
"""

import marshal
import multiprocessing
from collections.abc import Sequence
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from typing import Any

from raftkit.checkers.explorer.judging import FINE
from raftkit.checkers.explorer.layout import Layout
from raftkit.checkers.explorer.search import Ended, Search
from raftkit.checkers.explorer.symmetry import Question


def can_share() -> bool:
    """Whether this system can fork, which sharing a search needs."""
    return "fork" in multiprocessing.get_all_start_methods()


class Owners:
    """Which of several processes owns a state: whom the servers' snapshots fall to, but the last's.

    A step of the last server leaves a state with its owner. To go by fewer servers would spread
    the states unevenly, for some snapshots are far more frequent than others.
    """

    def __init__(self, processes: int, layout: Layout) -> None:
        self.processes = processes
        last = layout.placed(layout.names[-1], 1)
        self._fields = layout.servers_mask & last - 1

    def of(self, state: int) -> int:
        """The owner of a state."""
        # Fibonacci hashing (Knuth, 6.4): what lies close together is spread.
        mixed = (state & self._fields) * 0x9E3779B97F4A7C15 >> 32 & 0xFFFFFFFF
        return mixed * self.processes >> 32


@dataclass
class Report:
    """What a process has to say after a level; `outgoing` has new states for each owner."""

    expanded: int
    transitions: int
    states: int
    ended: Ended | None
    ended_at: int  # how many levels deep
    outgoing: list[bytes]


# The children ------------------------------------------------------------------------------


class Share(Search):
    """A search that goes on only from states that it owns."""

    me: int
    owners: Owners
    _wires: Connection
    _outgoing: list[dict[int, int]]
    _found: list[int]

    @classmethod
    def of(cls, search: Search, me: int, owners: Owners, wires: Connection) -> "Share":
        """The share of process `me` in a search that has begun."""
        budget = len(search.parents) + (search.budget - len(search.parents)) // owners.processes
        share = cls(search.moves, search.judge, budget, search.calls, search.parents)
        share.me, share.owners, share._wires = me, owners, wires
        share.moves.agree, share.hand_over = share._agree, share._hand_over
        share.depth = search.depth
        return share

    def work(self, level: list[int]) -> None:
        """Expand a level, report, take the next from what the others send; until told to stop."""
        incoming: list[bytes] = []
        while True:
            self._wires.send(self._one_level(level, incoming))
            while (order := self._wires.recv())[0] == "parent":
                self._wires.send(self.parents[order[1]])
            if order[0] == "stop":
                return
            _, questions, incoming = order
            self._answer(questions)
            level, self._found = self._found, []

    def _one_level(self, level: list[int], incoming: list[bytes]) -> Report:
        """What comes of a level, together with those of its states that others have found."""
        before, self._found = self.transitions, []
        self._outgoing = [{} for _ in range(self.owners.processes)]
        ended, ended_at = None, self.depth
        try:
            level = level + self._accepted(incoming)
            ended_at += 1
            self._found = self.after(level)
        except Ended as end:
            ended = end
            ended_at -= end.ending == "out of budget"
        self.depth += 1
        outgoing = [marshal.dumps([*new.items()]) for new in self._outgoing]
        return Report(
            len(level), self.transitions - before, len(self.parents), ended, ended_at, outgoing
        )

    def _accepted(self, incoming: list[bytes]) -> list[int]:
        """The states from others that are new here."""
        parents, accepted = self.parents, []
        for packed in incoming:
            for new, before in marshal.loads(packed):
                if new not in parents:
                    if self.judge.look(new) == FINE or self._goes_on(new, before):
                        parents[new] = before
                        accepted.append(new)
        return accepted

    def _hand_over(self, new: int, before: int) -> bool:
        """Keep a state for its owner, if that is another process."""
        owner = self.owners.of(new)
        if owner == self.me:
            return False
        self._outgoing[owner][new] = before
        return True

    def _agree(self, question: Question) -> None:
        """Have a question put into the log, and answer all of the log up to it."""
        self._wires.send(question)
        questions = self._wires.recv()
        if questions is None:
            raise Ended("out of budget", 0)
        self._answer(questions)

    def _answer(self, questions: Sequence[Question]) -> None:
        for question in questions:
            self.moves.answer(question)


# The parent --------------------------------------------------------------------------------


@dataclass
class Crew:
    """The processes that share a search, and the log of questions that keeps them agreed."""

    search: Search
    owners: Owners
    log: list[Question] = field(default_factory=list)

    def finish(self, level: list[int]) -> Ended:
        """Go on from a level until the search ends."""
        context = multiprocessing.get_context("fork")
        pipes = [context.Pipe() for _ in range(self.owners.processes)]
        self._wires: list[Any] = [ours for ours, _ in pipes]
        self._heard = [0] * len(pipes)  # how much of the log each process knows
        children = []
        for me, (_, theirs) in enumerate(pipes):
            child = context.Process(
                target=_child, args=(self.search, me, self.owners, theirs, level), daemon=True
            )
            child.start()
            children.append(child)
        try:
            return self._levels()
        finally:
            for wires, child in zip(self._wires, children, strict=True):
                wires.close()
                child.terminate()
                child.join()

    def _levels(self) -> Ended:
        """Level after level, until one of the children has found something, or all are done."""
        search = self.search
        early = len(search.parents)
        rounds = 0
        while True:
            reports = self._reports()
            search.transitions += sum(report.transitions for report in reports)
            search.elsewhere = sum(report.states - early for report in reports)
            search.depth += rounds > 0 and any(report.expanded for report in reports)
            rounds += 1
            search.progress(early + search.elsewhere)
            ended = [report for report in reports if report.ended is not None]
            if ended:
                return self._end(min(ended, key=_by_weight))
            if not any(report.expanded for report in reports):
                return Ended("exhausted", 0)
            for owner, wires in enumerate(self._wires):
                mail = [report.outgoing[owner] for report in reports]
                wires.send(("next", self._news_for(owner), mail))

    def _reports(self) -> list[Report]:
        """What every child says after its level; questions are answered as they come."""
        reports: dict[int, Report] = {}
        while len(reports) < len(self._wires):
            busy = [wires for owner, wires in enumerate(self._wires) if owner not in reports]
            for wires in wait(busy):
                owner = self._wires.index(wires)
                heard = self._wires[owner].recv()
                if isinstance(heard, Report):
                    reports[owner] = heard
                elif isinstance(heard, BaseException):
                    raise heard
                else:
                    self._wires[owner].send(self._logged(heard, owner))
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
        news = self.log[self._heard[owner] :]
        self._heard[owner] = len(self.log)
        return news

    def _end(self, report: Report) -> Ended:
        """Collect the way to where the search has ended from those who know its states."""
        ended, search = report.ended, self.search
        assert ended is not None
        search.depth = report.ended_at
        state, way = ended.state, []
        while state not in search.parents and ended.ending != "out of budget":
            wires = self._wires[self.owners.of(state)]
            wires.send(("parent", state))
            way.append((state, wires.recv()))
            state = way[-1][1]
        search.parents.update(way)
        search.elsewhere -= len(way)
        return ended


def _by_weight(report: Report) -> tuple[bool, int]:
    """The nearest finding counts for most; that a budget has been spent for least."""
    return (report.ended is None or report.ended.ending == "out of budget", report.ended_at)


def _child(search: Search, me: int, owners: Owners, wires: Connection, level: list[int]) -> None:
    """What a child does with its life."""
    try:
        Share.of(search, me, owners, wires).work(
            [state for state in level if owners.of(state) == me]
        )
    except (EOFError, KeyboardInterrupt, BrokenPipeError):
        pass  # The parent is gone, or somebody wants all of us gone.
    except BaseException as error:
        wires.send(error)
