"""Packs windows for the browser and for recordings; packing.js unpacks them again.

Rows that differ only in their times share an entry of a table, sentences that differ only in
their numbers share a template, and only the changes of a server are sent. It knows the form of
a window, not its meaning.
"""

import re
from collections.abc import Iterable
from typing import Any

Json = dict[str, Any]

_NUMBER = re.compile(r"\b(?:0|[1-9][0-9]{0,8})\b|(?<=\bS)[1-9][0-9]{0,8}\b")
HOLE = "#"


class _Table:
    """A table of different values; `number_of` is a value's place in it."""

    def __init__(self) -> None:
        self.values: list[Any] = []
        self._places: dict[Any, int] = {}

    def number_of(self, value: Any) -> int:
        """The place of a value, which is a tuple or a string; a new one gets the next place."""
        place = self._places.get(value)
        if place is None:
            place = self._places[value] = len(self.values)
            self.values.append(value)
        return place


class _Sentences:
    """Sentences, each as the number of its template and the numbers in its holes."""

    def __init__(self) -> None:
        self.templates = _Table()
        self._sentences = _Table()
        self.rows: list[list[int]] = []

    def number_of(self, words: str) -> int:
        """The place of a sentence among the rows."""
        place = self._sentences.number_of(words)
        if place == len(self.rows):
            # A sentence that contains the sign of a hole becomes a template without holes.
            numbers = [] if HOLE in words else _NUMBER.findall(words)
            template = _NUMBER.sub(HOLE, words) if numbers else words
            self.rows.append([self.templates.number_of(template), *map(int, numbers)])
        return place


def packed(window: Json) -> Json:
    """A window in its packed form: rows of numbers, some of which are places in tables.

    >>> window = {"start": 0, "states": {}, "timer_changes": [], "state_changes": [], "events": [],
    ...     "flights": [[1, "S1", "S2", 50, 70, "vote", "", "arrived", "a vote in 3", (), None, 3]]}
    >>> small = packed(window)
    >>> small["templates"], small["words"], small["flights"]
    (['a vote in #'], [[0, 3]], [1, 50, 20, 0, 0])
    """
    sentences, routes, sources, timers = _Sentences(), _Table(), _Table(), _Table()
    start = window["start"]
    small = {
        "flights": _flights(window["flights"], start, routes, sentences),
        "events": _events(window["events"], start, sources, sentences),
        "timer_changes": _timer_changes(window["timer_changes"], start, timers),
        "state_changes": _state_changes(window["state_changes"], window["states"]),
    }
    return window | small | {
        "routes": routes.values,
        "sources": sources.values,
        "timer_kinds": timers.values,
        "templates": sentences.templates.values,
        "words": sentences.rows,
    }  # fmt: skip


def _flights(rows: Iterable[Any], start: int, routes: _Table, words: _Sentences) -> list[Any]:
    """Five numbers each: differences of id and time, duration, places of route and words."""
    packed_rows: list[Any] = []
    last_id = 0
    for id, source, target, left, landed, kind, sign, outcome, sentence, via, held, term in rows:
        duration = None if landed is None else landed - left
        route = routes.number_of((source, target, kind, sign, outcome, via, held, term))
        packed_rows += (id - last_id, left - start, duration, route, words.number_of(sentence))
        last_id, start = id, left
    return packed_rows


def _events(rows: Iterable[Any], start: int, sources: _Table, words: _Sentences) -> list[int]:
    """Three numbers each: the difference of time, and the places of source and words."""
    packed_rows: list[int] = []
    for time, who, sentence, rule, calm in rows:
        packed_rows += (
            time - start,
            sources.number_of((who, rule, calm)),
            words.number_of(sentence),
        )
        start = time
    return packed_rows


def _timer_changes(rows: Iterable[Any], start: int, timers: _Table) -> list[Any]:
    """Three numbers each: the difference of time, the place of the change, and how long it runs."""
    packed_rows: list[Any] = []
    for time, *timer, until in rows:
        left = None if until is None else until - time
        packed_rows += (time - start, timers.number_of(tuple(timer)), left)
        start = time
    return packed_rows


def _state_changes(rows: Iterable[Any], states: Json) -> list[Any]:
    """Each server's data as the difference from the data before."""
    before = dict(states)
    changes = []
    for time, name, shown in rows:
        changes.append([time, name, difference(before[name], shown)])
        before[name] = shown
    return changes


def difference(old: Json, new: Json) -> Json:
    """The changes that turn `old` into `new`; "-" lists the names to remove.

    >>> difference({"up": True, "term": 3, "disk": {"last": 1}}, {"up": True, "disk": {"last": 2}})
    {'disk': {'last': 2}, '-': ['term']}
    """
    changes: Json = {}
    for name, value in new.items():
        known = old.get(name)
        if value == known and name in old:
            continue
        if name == "log" and known is not None:
            changes[name] = _log_difference(known, value)
        elif isinstance(value, dict) and isinstance(known, dict):
            changes[name] = difference(known, value)
        else:
            changes[name] = value
    gone = [name for name in old if name not in new]
    return changes | {"-": gone} if gone else changes


def _log_difference(old: Json, new: Json) -> Json:
    """A log's tail as its first index, the number of entries kept from the old one, and the rest.

    >>> old = {"first": 1, "entries": [[1, "a"], [1, "b"]]}
    >>> _log_difference(old, {"first": 2, "entries": [[1, "b"], [2, "c"]]})
    {'first': 2, 'kept': 1, 'more': [[2, 'c']]}
    """
    first, entries = new["first"], new["entries"]
    known = old["entries"][first - old["first"] :] if first >= old["first"] else []
    kept = 0
    while kept < min(len(known), len(entries)) and known[kept] == entries[kept]:
        kept += 1
    return {"first": first, "kept": kept, "more": entries[kept:]}
