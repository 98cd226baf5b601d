"""Small calls made large: later terms or terms far apart, longer logs, servers with other names.

A rule compares terms and names, and counts indexes on. So what a small call asks can be asked with
large numbers as well, where answers fail that only fit small ones. Whether a large call can
happen, and what is right, is worked out anew (small_world.py). What is a term and what an index
is known by the names that the protocol gives to parameters and fields.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import fields, is_dataclass
from random import Random
from typing import Any

from raftkit.protocol import AppendEntriesRequest, Entry, Log

# Names that begin or end alike, or are parts of each other, or differ in one letter, and some that
# are not like ours.
_NAMES = (
    tuple(f"S{'1' * length}" for length in range(1, 6)),
    ("s2a", "S2a", "s2A", "S2A", "2a"),
    ("S102", "S112", "S122", "S132", "S12"),
    ("node-2", "2", "S22", "b-2", "b2"),
)
_SERVER = re.compile(r"S[1-9]$")
# How many entries logs have more, all at one place: below all others, which every log then has, or
# among them; and how far at most two terms are apart that follow each other. Right answers may
# count on from one to another, by calling themselves, or make a log anew for each entry. So numbers
# are larger where there are no entries, and never very large.
_LONGER_BELOW, _LONGER_AMONG, _APART = (12, 150), (12, 60), 10
_LONGER_ALONE, _APART_ALONE = (12, 400), 1_000
# 0 stands for "there is none" in these, wherever logs have become longer.
_OR_NONE = ("conflict_term", "conflict_index", "current_term", "voted_for")


def enlarged(names: Sequence[str], values: Sequence[Any], random: Random) -> tuple[Any, ...]:
    """A call with large values in place of small ones; `names` are those of its parameters.

    >>> from raftkit.protocol import Standing
    >>> (standing,) = enlarged(("standing",), (Standing("leader", 2, "S1"),), Random(1))
    >>> standing.current_term > 2, standing.role
    (True, 'leader')
    """
    large = _Enlargement(random, has_entries=any(map(_has_entries, values)))
    return tuple(large.of(name, value) for name, value in zip(names, values, strict=True))


def _has_entries(value: Any) -> bool:
    parts: Iterable[Any] = ()
    if isinstance(value, tuple):
        parts = value
    elif is_dataclass(value):
        parts = (getattr(value, field.name) for field in fields(value))
    return isinstance(value, Entry | Log) or any(map(_has_entries, parts))


class _Enlargement:
    """One way to make values large, the same for all of a call."""

    def __init__(self, random: Random, has_entries: bool) -> None:
        gap = random.choice((1, _APART if has_entries else _APART_ALONE))
        # Made by adding, so that no two equal ones are the same object.
        self._terms = [0]
        for _ in range(12):
            self._terms.append(self._terms[-1] + random.randint(1, gap))
        later = random.choice((0, 300))
        self._terms[1:] = [term + later for term in self._terms[1:]]
        # Logs become longer behind this index: before all that they have, or somewhere among it.
        self._place = random.choice((-1, -1, 0, 1, 2, 3))
        longer = _LONGER_BELOW if self._place < 0 else _LONGER_AMONG
        self._more = random.choice((0, *(longer if has_entries else _LONGER_ALONE)))
        self._numbered = random.choice((True, False))  # or entries of one term can be equal
        self._larger_batch = random.choice((0, self._more))
        names = random.sample(random.choice(_NAMES), 5)
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
            return Log(self._longer([self.of("entry", entry) for entry in value]))
        if is_dataclass(value):
            return self._record(value)
        return value

    def _record(self, value: Any) -> Any:
        parts = {each.name: self.of(each.name, getattr(value, each.name)) for each in fields(value)}
        if isinstance(value, AppendEntriesRequest) and self._place >= 0:
            before, term = value.prev_log_index, parts["prev_log_term"]
            parts["entries"] = tuple(self._longer([*parts["entries"]], before, term))
        make: Callable[..., Any] = type(value)
        return make(**parts)

    def _longer(self, entries: list[Entry], before: int = 0, term: int = 0) -> list[Entry]:
        """Entries that follow index `before`, whose term is `term`, with more among them.

        Those are of the term of the entry that they follow, so that two logs that agree up to
        there still do, and others do not.
        """
        at = max(0, self._place - before)
        if self._place >= 0 and not before <= self._place < before + len(entries):
            return entries
        of = entries[at - 1].term if at else term or self._terms[1]
        numbers = range(1, self._more + 1)
        more = [Entry(of, "x=0", *(("C7", each) if self._numbered else ())) for each in numbers]
        return [*entries[:at], *more, *entries[at:]]

    def _number(self, name: str, value: int) -> int:
        if value == 0 and name in _OR_NONE:
            return 0
        if "term" in name:
            first = 1 if value == 0 and self._more and self._place < 0 else value
            return self._terms[first] + 0 if first < len(self._terms) else value
        if name == "next_index":
            return self._index(value - 1) + 1
        if "index" in name or name in ("last_applied", "leader_commit"):
            return self._index(value)
        return value + self._larger_batch if name == "batch" else value

    def _index(self, value: int) -> int:
        return value + self._more if value > self._place else value
