"""Whether a value is larger than any answer: the one bound of what a student's code returns.

Whoever compares, prints or draws an answer may rely on it. It does not know types, nor which
answer is right.
"""

import sys
from collections.abc import Iterable, Iterator
from dataclasses import fields, is_dataclass
from functools import cache
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
    values, characters, depth = 0, 0, 0
    level = [value]
    while level:
        values += len(level)
        if depth > DEPTH:
            return f"values nested more than {DEPTH} deep"
        below: list[Any] = []
        for item in level:
            kind = type(item)
            if kind in _SMALL:
                continue
            if _has_many_digits(item):
                return f"a number of more than {DIGITS} digits"
            if kind is not int:
                characters += len(item) if isinstance(item, str | bytes) else 0
                below += islice(_parts(item), VALUES + 1)
            if values + len(below) > VALUES:
                return f"more than {VALUES:,} values in one"
        if characters > CHARACTERS:
            return f"text of more than {CHARACTERS:,} characters"
        level, depth = below, depth + 1
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
    if isinstance(item, int):
        return item.bit_length() > _BITS
    try:
        return hasattr(item, "__index__") and index(item).bit_length() > _BITS
    except Exception:
        return False  # A number of the student's own, of which types are another question.


def _parts(item: Any) -> Iterable[Any]:
    """The parts of a collection or a record; none of anything else."""
    if isinstance(item, tuple | list | set | frozenset):
        return item
    if isinstance(item, dict):
        return _keys_and_values(item)
    if isinstance(item, str | type):
        return ()
    kind: Any = type(item)
    names = _names_of_fields(kind)
    if names:
        return [getattr(item, name, None) for name in names]
    return item if kind.__name__ == "Log" else ()


@cache
def _names_of_fields(kind: Any) -> tuple[str, ...]:
    """The names of a dataclass's fields; none of another class."""
    return tuple(field.name for field in fields(kind)) if is_dataclass(kind) else ()


def _keys_and_values(item: dict[Any, Any]) -> Iterator[Any]:
    for pair in item.items():
        yield from pair
