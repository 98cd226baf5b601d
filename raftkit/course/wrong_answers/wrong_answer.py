"""What an entry of the catalogue of answers is: a wrong one, or an odd but right one.

The decorators keep an answer's story beside its few lines of code.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Rule = Callable[..., Any]


@dataclass(frozen=True)
class WrongAnswer:
    """A mistake that students really make, as a replacement of one rule.

    `thinking` is what the student had in mind, `breaks` the rule of the paper that it breaks,
    and `case` the name of the case that must catch it, whatever else does.
    """

    # Numbered as in the teachers' notes; a letter tells variants of one mistake apart.
    id: str
    exercise: str
    thinking: str
    breaks: str
    case: str
    rule: Rule


@dataclass(frozen=True)
class OddAnswer:
    """A right answer in an unusual style, which must not lose a point."""

    id: str
    exercise: str
    style: str
    rule: Rule


def wrong_in(answers: list[WrongAnswer]) -> Callable[..., Callable[[Rule], Rule]]:
    """A decorator that puts a wrong answer into `answers`."""

    def wrong(
        id: str, exercise: str, *, thinking: str, breaks: str, case: str
    ) -> Callable[[Rule], Rule]:
        def add(rule: Rule) -> Rule:
            answers.append(WrongAnswer(id, exercise, thinking, breaks, case, rule))
            return rule

        return add

    return wrong


def odd_in(answers: list[OddAnswer]) -> Callable[..., Callable[[Rule], Rule]]:
    """A decorator that puts an odd but right answer into `answers`."""

    def odd(id: str, exercise: str, *, style: str) -> Callable[[Rule], Rule]:
        def add(rule: Rule) -> Rule:
            answers.append(OddAnswer(id, exercise, style, rule))
            return rule

        return add

    return odd
