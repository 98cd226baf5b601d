"""What a scenario is, and how a module registers its scenarios: with `Suite.scenario`.

A scenario judges any rules and any server that keep the contract of events and
effects. It fails by raising `ScenarioFailed`, whose message is the sentence that
a person reads. The servers come from a `SystemUnderTest`.
"""

import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import wraps
from typing import TYPE_CHECKING

from raftkit.checkers.raised_errors import raised_in_words
from raftkit.protocol import ForbiddenTransition, Log

if TYPE_CHECKING:
    from raftkit.scenarios.system_under_test import SystemUnderTest

Run = Callable[["SystemUnderTest"], None]


class ScenarioFailed(Exception):
    """A server did not do what a scenario expects; the message is a whole sentence."""


@dataclass(frozen=True)
class Scenario:
    """A named situation that servers must master.

    `suite` is the collection that it is in. `origin` is its unique short name: that of the public
    test that has the same situation, if there is one.
    """

    name: str
    suite: str
    origin: str
    run: Run


class Suite:
    """The scenarios of one module, registered by a decorator in the order of the file.

    With `tells_rule`, each failure ends with the rule that the scenario is about: the first
    paragraph of its function's docstring, with the place in the paper. The second paragraph is
    for teachers: the mistake that the scenario is meant to find.

    >>> suite = Suite("raftkit logs")
    >>> @suite.scenario("A vote is kept", "VoteKept")
    ... def vote_kept(system): ...
    >>> [scenario.origin for scenario in suite]
    ['VoteKept']
    """

    def __init__(self, name: str, tells_rule: bool = False) -> None:
        self.name = name
        self._tells_rule = tells_rule
        self._scenarios: list[Scenario] = []

    def __iter__(self) -> Iterator[Scenario]:
        return iter(self._scenarios)

    def scenario(self, name: str, origin: str) -> Callable[[Run], Run]:
        """Register the function below as the scenario called `name`."""

        def register(run: Run) -> Run:
            judged = _telling_rule(run) if self._tells_rule else run
            self._scenarios.append(Scenario(name, self.name, origin, judged))
            return run

        return register


def rule_of(run: Run) -> str:
    """The rule that a scenario is about: the first paragraph of its docstring, in one line."""
    return " ".join((inspect.getdoc(run) or "").split("\n\n")[0].split())


def _telling_rule(run: Run) -> Run:
    """`run`, each failure of which ends with the rule; what servers raise is a failure too."""

    @wraps(run)
    def telling_rule(system: "SystemUnderTest") -> None:
        try:
            run(system)
        except ScenarioFailed as failure:
            raise ScenarioFailed(f"{failure} {rule_of(run)}") from None
        except ForbiddenTransition:
            # Figure 4 forbids it, which says enough.
            raise
        # Rules under test may raise anything.
        except Exception as error:
            raised = f"A server {raised_in_words(error)}."
            raise ScenarioFailed(f"{raised} {rule_of(run)}") from error

    return telling_rule


def expect(condition: object, sentence: str) -> None:
    """Fail the scenario with `sentence` unless `condition` holds.

    >>> expect(1 < 2, "One is less than two.")
    """
    if not condition:
        raise ScenarioFailed(sentence)


def terms_of(log: Log) -> str:
    """A log in a sentence, by the terms of its entries, as Figure 7 draws logs.

    >>> terms_of(Log.of_terms(1, 1, 4))
    '1 1 4'
    """
    return " ".join(str(entry.term) for entry in log) or "nothing"


def name_entries(log: Log) -> str:
    """The entries of a log in words, by their terms.

    >>> name_entries(Log.of_terms(1, 1, 2)), name_entries(Log.of_terms(3)), name_entries(Log())
    ('entries of terms 1 1 2', 'an entry of term 3', 'nothing')
    """
    if log.last_index > 1:
        return f"entries of terms {terms_of(log)}"
    return f"an entry of term {log.last_term}" if log.last_index else "nothing"
