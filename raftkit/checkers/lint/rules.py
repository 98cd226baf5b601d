"""Lint of rules: a rule must be a function of its arguments, and of nothing else.

Each rule is asked what a real run asks it: twice, again after all other questions, and with
arguments that are equal but not the same objects. Whether its answers are right is not checked
here.
"""

from collections.abc import Callable, Iterator
from dataclasses import fields
from typing import Any

from raftkit.checkers.lint.clocks import clock_or_random_source
from raftkit.checkers.lint.finding import (
    CHANGES_WHAT_IT_IS_GIVEN,
    COMPARES_BY_IDENTITY,
    GIVES_TWO_ANSWERS,
    KEEPS_STATE_OUTSIDE,
    READS_A_CLOCK,
    LintFinding,
)
from raftkit.checkers.lint.outside_state import OutsideState, function_of
from raftkit.checkers.lint.scripted_run import Arguments, rule_calls
from raftkit.checkers.lint.value_copies import Frozen, copied, frozen, over_a_wire, shown
from raftkit.protocol import Rules

_ONLY = "A rule may depend on its arguments only."


def lint_rules(rules: Rules) -> tuple[LintFinding, ...]:
    """Return what the rules do that no rule may do, whatever they answer; () if nothing.

    All outside state is restored.

    >>> lint_rules(Rules())
    ()
    >>> import random
    >>> dice = lambda settings, draw: random.randint(150_000, 300_000)
    >>> print(lint_rules(Rules(election_timeout=dice))[0])
    election_timeout uses random.randint. A rule may depend on its arguments only.
    """
    return tuple(
        finding
        for field in fields(rules)
        for finding in _Linted(field.name, getattr(rules, field.name)).findings()
    )


class _Linted:
    """One rule under inspection, by its name in the bundle."""

    def __init__(self, name: str, rule: Callable[..., Any]) -> None:
        self._name = name
        self._rule = rule
        function = function_of(rule)
        self._functions = [] if function is None else [function]
        self._calls = rule_calls()[name]

    def findings(self) -> Iterator[LintFinding]:
        """Everything found, the kinds that may cause others first."""
        for function in self._functions:
            clock = clock_or_random_source(function)
            if clock is not None:
                yield self._finding(READS_A_CLOCK, f"{self._name} uses {clock}. {_ONLY}")
                return
        outside_state = OutsideState(self._functions)
        try:
            yield from self._changes_of_arguments()
            # A cache that is filled already would not be written to again.
            outside_state.restore()
            kept = self._kept(outside_state)
            outside_state.restore()
            if kept:
                yield self._finding(KEEPS_STATE_OUTSIDE, kept)
            else:
                yield from self._compare_answers()
        finally:
            outside_state.restore()

    def _changes_of_arguments(self) -> Iterator[LintFinding]:
        """The first question whose arguments the rule has changed."""
        for arguments in self._calls:
            given = copied(arguments)
            self._outcome(given)
            if frozen(given) != frozen(arguments):
                yield self._finding(CHANGES_WHAT_IT_IS_GIVEN, self._changed(arguments, given))
                return

    def _kept(self, outside_state: OutsideState) -> str | None:
        """Return the first question after which outside state has changed, in a sentence."""
        outside_state.watch()
        for arguments in self._calls:
            self._outcome(copied(arguments))
            change = outside_state.change()
            if change is not None:
                return f"After {self._asked(arguments)}, {change}. {_ONLY}"
        return None

    def _compare_answers(self) -> Iterator[LintFinding]:
        """Ask each question twice in a row, again in the reverse order, and as copies."""
        first: list[Frozen] = []
        for arguments in self._calls:
            answer, again = (self._outcome(copied(arguments)) for _ in range(2))
            first.append(frozen(answer))
            if frozen(again) != first[-1]:
                yield self._two_answers(GIVES_TWO_ANSWERS, arguments, answer, again)
                return
        for arguments, before in reversed(list(zip(self._calls, first, strict=True))):
            answer = self._outcome(copied(arguments))
            if frozen(answer) != before:
                yield self._finding(
                    KEEPS_STATE_OUTSIDE,
                    f"{self._asked(arguments)} was {shown(answer)} after other questions, and "
                    f"something else before them. {_ONLY}",
                )
                return
        yield from self._compare_copies(first)

    def _compare_copies(self, first: list[Frozen]) -> Iterator[LintFinding]:
        """Ask with arguments that have been text, as those from another process have."""
        for arguments, before in zip(self._calls, first, strict=True):
            received = tuple(over_a_wire(argument) for argument in arguments)
            answer = self._outcome(received)
            if frozen(answer) != before:
                given = self._outcome(copied(arguments))
                yield self._finding(
                    COMPARES_BY_IDENTITY,
                    f"{self._asked(arguments)} is {shown(given)}, but {shown(answer)} for equal "
                    "arguments that are other objects. Compare with ==: `is` asks whether two "
                    "names stand for one object, and what comes over a network never is the same.",
                )
                return

    def _outcome(self, arguments: Arguments) -> Any:
        """Return what the rule answers; an error counts as an answer here."""
        try:
            return self._rule(*arguments)
        except Exception as error:
            return f"{type(error).__name__}: {error}"

    # Sentences -------------------------------------------------------------------------

    def _finding(self, kind: str, sentence: str) -> LintFinding:
        return LintFinding(kind, self._name, sentence)

    def _asked(self, arguments: Arguments) -> str:
        return f"{self._name}({', '.join(shown(argument) for argument in arguments)})"

    def _two_answers(self, kind: str, arguments: Arguments, answer: Any, again: Any) -> LintFinding:
        sentence = (
            f"{self._name} gave two answers to the same question: {shown(answer)}, then "
            f"{shown(again)}. {_ONLY} It was asked {self._asked(arguments)}."
        )
        return self._finding(kind, sentence)

    def _changed(self, arguments: Arguments, given: Arguments) -> str:
        """Return the sentence that says which argument was changed, and into what."""
        for before, after in zip(arguments, given, strict=True):
            if frozen(before) != frozen(after):
                return (
                    f"{self._name} changed an argument: {shown(before)} became {shown(after)}. "
                    "What a rule is given still belongs to others; it answers with a new value."
                )
        raise AssertionError("only called for arguments that differ")
