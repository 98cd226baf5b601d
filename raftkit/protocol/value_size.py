"""Whether a value is larger than any answer: the one bound of what a student's code returns.

Whoever compares, prints or draws an answer may rely on it. It does not know types, nor which
answer is right.
"""

import sys
from collections.abc import Iterable, Iterator
from dataclasses import fields, is_dataclass
from itertools import islice
from operator import index
from typing import Any

# Right answers have half of these: one that writes a long log down entry by entry has many values.
# Python itself writes no number of many digits.
VALUES, CHARACTERS, DEPTH, DIGITS = 200_000, 200_000, 20, 100
_BITS = 332  # of a number with so many digits
_SMALL = (bool, float, type(None))


def excess(value: Any) -> str:
    """What is too large in a value, as in "a number of more than 100 digits"; "" if nothing is.

    >>> excess((3, "S1")), excess([10**4_000]), excess("x" * 300_000)
    ('', 'a number of more than 100 digits', 'text of more than 200,000 characters')
    >>> excess([1] * 300_000)
    'more than 200,000 values in one'
    """
    if type(value) in _SMALL:
        return ""
    values, characters = 0, 0
    waiting: list[tuple[Any, int]] = [(value, 0)]
    while waiting:
        item, depth = waiting.pop()
        if _has_many_digits(item):
            return f"a number of more than {DIGITS} digits"
        values += 1
        characters += len(item) if issubclass(type(item), str | bytes) else 0
        waiting += islice(((part, depth + 1) for part in _parts(item)), VALUES + 1)
        if depth > DEPTH:
            return f"values nested more than {DEPTH} deep"
        if values + len(waiting) > VALUES:
            return f"more than {VALUES:,} values in one"
        if characters > CHARACTERS:
            return f"text of more than {CHARACTERS:,} characters"
    return ""


def unwritten_number(error: BaseException) -> str:
    """What is too large, if an error is Python's own about a number of many digits; else "".

    >>> try:
    ...     str(10**5_000)
    ... except ValueError as error:
    ...     print(unwritten_number(error))
    a number of more than 4,300 digits
    """
    if isinstance(error, ValueError) and "integer string conversion" in str(error):
        return f"a number of more than {sys.get_int_max_str_digits():,} digits"
    return ""


def _has_many_digits(item: Any) -> bool:
    """Whether something that counts like an int is larger than any that an answer needs."""
    if issubclass(type(item), int):
        return int.bit_length(item) > _BITS
    try:
        return hasattr(item, "__index__") and index(item).bit_length() > _BITS
    except Exception:
        return False  # A number of the student's own, of which types are another question.


def _parts(item: Any) -> Iterable[Any]:
    """The parts of a collection or a record; none of anything else."""
    kind = type(item)  # not what its `__class__` says, which may be a lie
    if issubclass(kind, tuple | list | set | frozenset):
        return item  # type: ignore[no-any-return]
    if issubclass(kind, dict):
        return _keys_and_values(item)
    if issubclass(kind, type):
        return ()
    if is_dataclass(kind):
        return [getattr(item, field.name, None) for field in fields(item)]
    return item if type(item).__name__ == "Log" else ()


def _keys_and_values(item: dict[Any, Any]) -> Iterator[Any]:
    for pair in item.items():
        yield from pair
