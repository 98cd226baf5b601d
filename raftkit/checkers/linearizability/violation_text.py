"""A violation in words: what was returned, what could have been, and what it clashes with.

The possible answers and the operations that clash were found by searches. This module knows the
kinds of operation of the four models.
"""

from collections.abc import Iterable
from typing import Final

from raftkit.checkers.linearizability.explanation import Violation
from raftkit.checkers.linearizability.operations import MS, Operation, Unit, shown, span

_BEFORE_KEY: Final = {
    "write": "to", "append": "to", "put": "in", "cas": "on", "enqueue": "in", "dequeue": "from"
}  # fmt: skip
_NAMED_MOST: Final = 4


def in_words(violation: Violation, unit: Unit = MS) -> str:
    """Return the violation in two sentences, without lists that would be too long."""
    culprit = violation.operation
    said = f"{_whose(culprit)} returned {shown(culprit.result)} ({span(culprit, unit)})"
    possible = violation.possible
    if 0 < len(possible) <= _NAMED_MOST:
        said += f", but it could only have returned {_joined(map(shown, possible), 'or')}."
    else:
        said += ", which no order of the operations explains."
    others = [each for each in violation.needed if each is not culprit]
    if 0 < len(others) <= _NAMED_MOST:
        named = [f"{_whose(each)}{_answered(each)} ({span(each, unit)})" for each in others]
        said += f" It cannot stand beside {_joined(named, 'and')}."
    if violation.is_cut_short:
        said += " The budget did not suffice for a shorter explanation."
    return said


def _whose(operation: Operation) -> str:
    """Return an operation as part of a sentence."""
    words = [f"{shown(operation.client)}’s {operation.kind}"]
    if operation.kind == "cas":
        expected, new = operation.argument
        words.append(f"from {shown(expected)} to {shown(new)}")
    elif operation.argument is not None:
        words.append(f"of {shown(operation.argument)}")
    if operation.key is not None:
        words.append(f"{_BEFORE_KEY.get(operation.kind, 'of')} {shown(operation.key)}")
    return " ".join(words)


def _answered(operation: Operation) -> str:
    """Return the operation's result in words, if it says anything."""
    told = operation.result is not None or operation.argument is None
    if operation.returned is None or not told:
        return ""
    return f", which returned {shown(operation.result)}"


def _joined(words: Iterable[str], conjunction: str) -> str:
    """Return words as a list in a sentence.

    >>> _joined(["1", "2", "null"], "or")
    '1, 2 or null'
    """
    *most, last = words
    return f"{', '.join(most)} {conjunction} {last}" if most else last
