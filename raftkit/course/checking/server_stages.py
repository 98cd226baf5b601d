"""The checks of a whole server: stages in order, each made of named cases.

A case tests a class of servers and returns a finding or None. Its test is a group of
scenarios (here), or the lint or a search (lint_and_search.py). Exercises are not known
here, nor whether the class runs in this process.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import chain
from typing import Any, Protocol

from raftkit.checkers import Cluster
from raftkit.course.checking.result import draw_end
from raftkit.scenarios import Scenario, SystemUnderTest, outcome_of, scenario
from raftkit.simulator import History
from raftkit.simulator.raft_system import MakeServer
from raftkit.views import Picture

Lines = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Finding:
    """What a case has found: lines as in a `CaseResult`, a picture, a program, and the run.

    The program repeats the finding; it has `{answer}` in place of the student's class. What is
    `harmless` is told and costs no point.
    """

    lines: Lines
    picture: Picture | None = None
    program: str = ""
    history: History | None = None
    harmless: bool = False


# In place of a finding: the servers go wrong before the question can be put to them.
NOT_ASKED = Finding((("But", "what comes before it goes wrong, so it could not be asked."),))


class ServerTest(Protocol):
    """A test of a class of servers."""

    def finding(self, make_server: MakeServer, seed: int) -> Finding | None:
        """What is wrong with the servers; or None. Raises `StudentError` if one does not answer.

        `NOT_ASKED` stands for a question that could not be put to them.
        """


@dataclass(frozen=True)
class ServerCase:
    """A named case of a stage."""

    name: str
    points: int
    test: ServerTest


@dataclass(frozen=True)
class ServerStage:
    """Cases about one part of a server, which earn their points one by one."""

    name: str
    cases: tuple[ServerCase, ...]


@dataclass(frozen=True)
class ServerChecks:
    """What checks an exercise whose answer is a class of servers.

    `reference` is the kit's own server, `parts` its modules; `picture` draws the contract for the
    prompt, and `story` runs a cluster of three servers of a right class.
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


@dataclass(frozen=True)
class AllOf:
    """Several tests in one case, up to the first that finds something."""

    tests: tuple[ServerTest, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The names in all tests."""
        return tuple(chain.from_iterable(names_in(test) for test in self.tests))

    def finding(self, make_server: MakeServer, seed: int) -> Finding | None:
        """What the first test that finds something has found."""
        for test in self.tests:
            found = test.finding(make_server, seed)
            if found is not None:
                return found
        return None


def names_in(test: ServerTest) -> tuple[str, ...]:
    """The names of the scenarios, rules, or kinds of lint in a test; () for a search."""
    return tuple(getattr(test, "names", ()))


@dataclass(frozen=True)
class ScenarioTest:
    """Scenarios, by the names of their origins; the first that fails is the finding."""

    origins: tuple[str, ...]

    @property
    def scenarios(self) -> tuple[Scenario, ...]:
        """The scenarios with these origins."""
        return tuple(scenario(origin) for origin in self.origins)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the scenarios."""
        return tuple(each.name for each in self.scenarios)

    def finding(self, make_server: MakeServer, seed: int) -> Finding | None:
        """The first scenario that fails: its name, its sentence, and the end of its run."""
        for each in self.scenarios:
            system = SystemUnderTest(None, make_server, seed)
            sentence = outcome_of(each, system)
            if sentence is not None:
                lines = (("Tried", f"{each.name}."), ("Found", sentence))
                history = system.clusters[-1].history if system.clusters else None
                return Finding(lines, _end_of(system), _again(each, seed), history)
        return None


def _end_of(system: SystemUnderTest) -> Picture | None:
    """The end of a scenario's run, drawn; None if it ran single servers without a cluster."""
    if not system.clusters:
        return None
    cluster = system.clusters[-1]
    return draw_end(cluster.history, next(iter(cluster.violations), None))


def _again(failed: Scenario, seed: int) -> str:
    """A program that runs a scenario with the class again."""
    seeded = f", seed={seed}" if seed else ""
    return (
        "from raftkit.scenarios import run_scenario, scenario\n\n"
        f'print(run_scenario(scenario("{failed.origin}"), make_server={{answer}}{seeded}))\n'
    )
