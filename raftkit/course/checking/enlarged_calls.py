"""Small calls made large: later terms or terms far apart, longer logs, servers with other names.

A rule compares terms and names, and counts indexes on. So what a small call asks can be asked with
large numbers as well, where answers fail that only fit small ones. Whether a large call can
happen, and what is right, is worked out anew (small_world.py). What is a term and what an index
is known by the names that the protocol gives to parameters and fields.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import fields, is_dataclass
from random import Random
from typing import Any

from raftkit.protocol import Entry, Log

# Names that are parts of each other or end alike, and some that are not like ours.
_NAMES = (
    tuple(f"S{'1' * length}" for length in range(1, 11)),
    ("S12", "S2", "node-2", "S22", "2", "S102", "b-2", "S32", "b2", "s2"),
)
_SERVER = re.compile(r"S[1-9]$")
_LONGER = (12, 150)  # entries, that come before those of every log
_APART = 1_000  # how far two terms may be apart that follow each other in a small call
# 0 stands for "there is none" in these, also where every log has become longer.
_OR_NONE = ("conflict_term", "conflict_index", "current_term", "voted_for")


def enlarged(names: Sequence[str], values: Sequence[Any], random: Random) -> tuple[Any, ...]:
    """A call with large values in place of small ones; `names` are those of its parameters.

    >>> from raftkit.protocol import Standing
    >>> (standing,) = enlarged(("standing",), (Standing("leader", 2, "S1"),), Random(1))
    >>> standing.current_term > 2, standing.role
    (True, 'leader')
    """
    large = _Enlargement(random)
    return tuple(large.of(name, value) for name, value in zip(names, values, strict=True))


class _Enlargement:
    """One way to make values large, the same for all of a call."""

    def __init__(self, random: Random) -> None:
        gap = random.choice((1, _APART))
        # Made by adding, so that no two equal ones are the same object.
        self._terms = [0]
        for _ in range(12):
            self._terms.append(self._terms[-1] + random.randint(1, gap))
        later = random.choice((0, 300))
        self._terms[1:] = [term + later for term in self._terms[1:]]
        self._more = random.choice((0, *_LONGER))
        self._before = [Entry(self._terms[1], "x=0", "C7", n) for n in range(1, self._more + 1)]
        kind = random.choice(_NAMES)
        names = random.sample(kind, len(kind))
        self._servers = {f"S{number}": name for number, name in enumerate(names, start=1)}

    def of(self, name: str, value: Any) -> Any:
        """The large value in place of that of a parameter or field."""
        if isinstance(value, bool):
            return value
        if isinstance(value, int):
            return self._number(name, value)
        if isinstance(value, str):
            # Joined anew, so that two equal names are not the same object.
            return "".join([*self._servers[value]]) if _SERVER.match(value) else value
        if isinstance(value, tuple):
            return tuple(self.of(name, part) for part in value)
        if isinstance(value, Log):
            return Log([*self._before, *(self.of("entry", entry) for entry in value)])
        if is_dataclass(value):
            parts = {
                each.name: self.of(each.name, getattr(value, each.name)) for each in fields(value)
            }
            make: Callable[..., Any] = type(value)
            return make(**parts)
        return value

    def _number(self, name: str, value: int) -> int:
        if value == 0 and name in _OR_NONE:
            return 0
        if "term" in name:
            first = 1 if self._more and value == 0 else value
            return self._terms[first] + 0 if first < len(self._terms) else value
        if "index" in name or name in ("last_applied", "leader_commit"):
            return value + self._more
        return value
