"""`AnswerUnderTest`: an answer of the catalogue, ready for any check.

It has the answer's rules and class of servers, and counts their events. Answers to
exercises must return the types that their checks ask for, as in a notebook.
"""

from collections.abc import Callable
from typing import Any

from raftkit.checkers.lint import OutsideState, function_of
from raftkit.course.chapters import EXERCISES
from raftkit.course.checking.answers import read_answer
from raftkit.course.checking.checks import checks_of, function_checks_of
from raftkit.course.checking.server_stages import ServerChecks
from raftkit.course.exercise import Exercise
from raftkit.course.proving.event_budget import EventCounter
from raftkit.course.wrong_answers import ODD_ANSWERS, WRONG_ANSWERS, Answer
from raftkit.protocol import Rules, Server


class AnswerUnderTest:
    """`answer`, its functions by name, its bundle of rules, and its class of servers.

    `counter` counts the events of servers of the class `make_server`.
    """

    def __init__(self, answer: Answer) -> None:
        self.answer = answer
        self.counter = EventCounter()
        self.exercise = exercise_of(answer)
        self.functions = {name: self._typed(rule) for name, rule in answer.replaced.items()}
        self.rules: Rules = Rules(**self.functions) if answer.is_for_servers else Rules()
        self.make_server: type[Server] = answer.server or Server

    def surroundings(self) -> OutsideState:
        """What the answer could change outside itself, to be restored before the next check."""
        rules = map(function_of, self.answer.replaced.values())
        return OutsideState(
            [function for function in rules if function is not None],
            [self.answer.server] if self.answer.server else [],
        )

    def _typed(self, rule: Callable[..., Any]) -> Callable[..., Any]:
        """`rule`, whose results must have the type that its exercise asks for, if it has one."""
        if self.exercise is None:
            return rule
        returns = function_checks_of(self.exercise).returns
        return lambda *arguments: read_answer(rule(*arguments), returns)


def exercise_of(answer: Answer) -> Exercise | None:
    """The exercise that an answer is for; None for rules that only a suite of scenarios judges.

    A whole server is for the capstone, whose stages are made of those suites.

    >>> exercise_of(answer("V1")).id, exercise_of(answer("V36")).id
    ('2.3', '7.1')
    """
    if answer.server is not None:
        return next(each for each in EXERCISES if isinstance(checks_of(each), ServerChecks))
    return next((each for each in EXERCISES if each.id == answer.check), None)


def answer(id: str) -> Answer:
    """The wrong or odd answer called `id`. Raises KeyError if there is none."""
    for found in (*WRONG_ANSWERS, *ODD_ANSWERS):
        if found.id == id:
            return found
    raise KeyError(f"there is no answer {id!r} in the catalogue")
