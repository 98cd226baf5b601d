"""`rules_with`: the reference's rules with a student's functions in their place.

Each function is guarded, and its result read as its exercise asks, so that a cluster can rely
on it. How rules are checked is not known here.
"""

from collections.abc import Callable
from typing import Any

from raftkit.course.chapters import EXERCISES
from raftkit.course.checking.answers import TypedAnswers
from raftkit.course.checking.cases import Checks
from raftkit.course.checking.checks import checks_of
from raftkit.course.checking.guard import guarded
from raftkit.course.checking.parameters import refuse_other_parameters
from raftkit.course.errors import KitError
from raftkit.protocol import Rules


def rules_with(*functions: Callable[..., Any], **named: Callable[..., Any]) -> Rules:
    """The reference's rules with your functions in their place, each found by its name.

    Raises `KitError` for a function whose name is no rule, or with other parameters than its rule.

    >>> def should_grant_vote(standing, request, up_to_date):
    ...     return True
    >>> rules_with(should_grant_vote).changed()
    ('should_grant_vote',)
    """
    rules = Rules()
    for name, function in [(each.__name__, each) for each in functions] + list(named.items()):
        try:
            rules = rules.with_rule(name, _answering(name, function))
        except KeyError:
            raise KitError(_no_rule(name)) from None
    return rules


def _no_rule(name: str) -> str:
    """Why servers cannot obey a function with this name."""
    if name in {each.answer for each in EXERCISES}:
        return f"{name} is no rule of a server, so no cluster can be put together with it."
    return f"There is no rule called {name!r}: did you rename it?"


def _answering(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    """A student's function, guarded, whose results are read as its exercise asks."""
    rule = guarded(function)
    asked = next((each for each in EXERCISES if each.answer == name), None)
    checks = checks_of(asked) if asked else None
    if not asked or not isinstance(checks, Checks):
        return rule
    if asked.is_rule:
        refuse_other_parameters(asked, function)
    return TypedAnswers(rule, checks.returns)
