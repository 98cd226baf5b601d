"""What a whole server is held against: stages, each of named cases, climbed in order.

A case puts the server's class to something and comes back with a finding or with
nothing: a group of scenarios (here), the lint or a search (server_searches.py). It does not know
exercises, and not whether the class lives in this process.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import chain
from typing import Any, Protocol

from raftkit.checkers import Cluster
from raftkit.course.checking.result import RECORDS_DRAWN
from raftkit.scenarios import Scenario, SystemUnderTest, outcome_of, scenario
from raftkit.simulator import History
from raftkit.simulator.raft_system import MakeServer
from raftkit.views import Picture, space_time

Lines = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Finding:
    """What a case has found: lines as in a `CaseResult`, a picture, what repeats it, the run.

    The program has `{answer}` where the student's class belongs.
    """

    lines: Lines
    picture: Picture | None = None
    program: str = ""
    history: History | None = None


class Tries(Protocol):
    """Puts a class of servers to the test."""

    def finding(self, make_server: MakeServer, seed: int) -> Finding | None:
        """What is wrong with the servers, or None. Raises `StudentError` if one does not answer."""


@dataclass(frozen=True)
class ServerCase:
    """A named case of a stage."""

    name: str
    points: int
    tries: Tries


@dataclass(frozen=True)
class ServerStage:
    """Cases that are tried together; the next stage waits until all of them pass."""

    name: str
    cases: tuple[ServerCase, ...]


@dataclass(frozen=True)
class ServerChecks:
    """What checks an exercise whose answer is a class of servers.

    `reference` is the kit's own server, `parts` its files; `picture` draws the contract for the
    prompt, and `story` lets three servers of a right class show what they can.
    """

    stages: tuple[ServerStage, ...]
    picture: Callable[[], Picture]
    story: Callable[[Cluster], None]
    reference: type[Any]
    parts: tuple[Any, ...] = field(default=())

    @property
    def cases(self) -> tuple[ServerCase, ...]:
        """The cases of all stages."""
        return tuple(chain.from_iterable(stage.cases for stage in self.stages))

    def case_with(self, scenario: str) -> str | None:
        """The name of the case that asks what a scenario, or a kind of lint, asks; or None."""
        return next((case.name for case in self.cases if scenario in asked_by(case.tries)), None)


def asked_by(tries: Tries) -> tuple[str, ...]:
    """The names of the scenarios, or of the kinds of lint, in a case; () for a search."""
    return tuple(getattr(tries, "names", ()))


@dataclass(frozen=True)
class Scenarios:
    """Scenarios by the names of their origins; the first that fails is told."""

    origins: tuple[str, ...]

    @property
    def scenarios(self) -> tuple[Scenario, ...]:
        """The scenarios themselves."""
        return tuple(scenario(origin) for origin in self.origins)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the scenarios."""
        return tuple(each.name for each in self.scenarios)

    def finding(self, make_server: MakeServer, seed: int) -> Finding | None:
        """The first scenario that fails, its sentence, and how its run ended."""
        for each in self.scenarios:
            system = SystemUnderTest(None, make_server, seed)
            sentence = outcome_of(each, system)
            if sentence is not None:
                lines = (("Tried", f"{each.name}."), ("Found", sentence))
                history = system.clusters[-1].history if system.clusters else None
                return Finding(lines, _end_of(system), _again(each, seed), history)
        return None


def _end_of(system: SystemUnderTest) -> Picture | None:
    """How the run of a scenario ended; None if it had no cluster, but servers one by one."""
    if not system.clusters:
        return None
    cluster = system.clusters[-1]
    records = cluster.history.records
    first = records[max(0, len(records) - RECORDS_DRAWN)].time if records else 0
    violation = next(iter(cluster.violations), None)
    return space_time(cluster.history, first_ms=first / 1000, violation=violation)


def _again(failed: Scenario, seed: int) -> str:
    """A few lines that put a class to a scenario again."""
    moved = f", seed={seed}" if seed else ""
    return (
        "from raftkit.scenarios import run_scenario, scenario\n\n"
        f'print(run_scenario(scenario("{failed.origin}"), make_server={{answer}}{moved}))\n'
    )
