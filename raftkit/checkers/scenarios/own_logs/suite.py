"""`Suite`: our own scenarios on logs and commits, each failure of which ends with its rule.

A scenario's function says in its docstring's first paragraph which rule it holds servers
to, with the place in the paper; that paragraph is what a student reads after what was seen
and what was expected. The second paragraph is for teachers: the mistake it is after.
"""

import inspect
from collections.abc import Callable
from functools import wraps

from raftkit.checkers.scenarios.scenario import Scenario, ScenarioFailed
from raftkit.checkers.scenarios.stage import Stage
from raftkit.protocol import ForbiddenTransition

Run = Callable[[Stage], None]


class Suite:
    """A suite under construction: its functions enter one by one, in the order of the file."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.scenarios: list[Scenario] = []

    def scenario(self, name: str, origin: str) -> Callable[[Run], Run]:
        """Enter a function as the scenario called `name`; `origin` is its unique short name."""

        def enter(run: Run) -> Run:
            self.scenarios.append(Scenario(name, self.name, origin, _saying_why(run)))
            return run

        return enter


def rule_of(run: Run) -> str:
    """The rule that a scenario is about: the first paragraph of its docstring, in one line."""
    return " ".join((inspect.getdoc(run) or "").split("\n\n")[0].split())


def _saying_why(run: Run) -> Run:
    """`run`, each failure of which ends with the rule; what servers raise is a failure too."""

    @wraps(run)
    def saying_why(stage: Stage) -> None:
        try:
            run(stage)
        except ScenarioFailed as failure:
            raise ScenarioFailed(f"{failure} {rule_of(run)}") from None
        except ForbiddenTransition:
            # Figure 4 forbids it, which says enough.
            raise
        # Rules under test are anybody's code, so they may raise anything.
        except Exception as error:
            raised = f"A server raised {type(error).__name__}: {error}."
            raise ScenarioFailed(f"{raised} {rule_of(run)}") from error

    return saying_why
