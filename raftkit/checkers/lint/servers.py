"""Lint of servers: a server must be a function of its disk and of the events it is handed.

Servers repeat the scripted run several times: watched, again, with no other server in the same
program, and with copies of everything. Whether a server is right is not checked here.
"""

from collections.abc import Iterator
from itertools import islice
from types import FunctionType
from typing import Any

from raftkit.checkers.lint.clocks import clock_or_random_source
from raftkit.checkers.lint.finding import (
    CHANGES_WHAT_IT_HAS_GIVEN,
    CHANGES_WHAT_IT_IS_GIVEN,
    COMPARES_BY_IDENTITY,
    GIVES_TWO_ANSWERS,
    KEEPS_STATE_OUTSIDE,
    READS_A_CLOCK,
    TOUCHES_ANOTHER_SERVER,
    LintFinding,
)
from raftkit.checkers.lint.outside_state import OutsideState
from raftkit.checkers.lint.replay import (
    NOTHING,
    SERVERS,
    Answer,
    Replay,
    ServerStep,
    difference,
    record_run,
)
from raftkit.checkers.lint.scripted_run import first_disk
from raftkit.checkers.lint.value_copies import frozen, shown
from raftkit.protocol import Rules, Settings
from raftkit.simulator.raft_system import MakeServer

_ONLY = "A server may depend on its disk and on the events it was handed, and on nothing else."


def lint_server(make_server: MakeServer, rules: Rules | None = None) -> tuple[LintFinding, ...]:
    """Return what servers of `make_server` do that no server may do; () if nothing.

    All outside state is restored. Raises what building a server raises.

    >>> from raftkit.protocol import Server
    >>> lint_server(Server)
    ()
    >>> class Forgetful(Server):
    ...     seen = []
    ...     def handle(self, event):
    ...         self.seen.append(event)
    ...         return super().handle(event)
    >>> lint_server(Forgetful)[0].kind
    'keeps state outside'
    """
    linted = _Linted(make_server, rules or Rules())
    outside_state = OutsideState(linted.functions, linted.classes)
    try:
        return tuple(linted.findings(outside_state))
    finally:
        outside_state.restore()


class _Linted:
    """A class of servers under inspection."""

    def __init__(self, make_server: MakeServer, rules: Rules) -> None:
        self._make_server = make_server
        self._rules = rules
        built = _built_by(make_server, rules)
        self._name = built.__name__
        # The kit's own classes are not the student's.
        self.classes = [
            kind
            for kind in built.__mro__
            if kind is not object and not kind.__module__.startswith("raftkit.protocol")
        ]
        self.functions = [function for kind in self.classes for function in _functions_of(kind)]
        if isinstance(make_server, FunctionType):
            self.functions.append(make_server)

    def findings(self, outside_state: OutsideState) -> Iterator[LintFinding]:
        """Everything found; a finding that explains others ends the search."""
        for function in self.functions:
            clock = clock_or_random_source(function)
            if clock is not None:
                sentence = f"{function.__qualname__} uses {clock}. {_ONLY}"
                yield self._finding(READS_A_CLOCK, sentence)
                return
        record = record_run(self._make_server, self._rules)
        outside_state.restore()
        steps = [answer.step for answer in record]
        first = list(self._replay(steps).answers())
        outside_state.restore()
        outside_state.watch()
        found = dict(_watched(self._replay(steps), outside_state))
        outside_state.restore()
        found.update(self._changed_later(steps, first))
        for kind, sentence in found.items():
            yield self._finding(kind, sentence)
        outside_state.restore()
        if not found:
            yield from self._compare_replays(steps, first, record)

    def _compare_replays(
        self, steps: list[ServerStep], first: list[Answer], record: list[Answer]
    ) -> Iterator[LintFinding]:
        """Replay again; then each server alone; then with copies that have been text."""
        pair = _first_difference(first, self._replay(steps).answers())
        if pair:
            yield self._finding(GIVES_TWO_ANSWERS, _two_answers(*pair))
            return
        for server in SERVERS:
            own = [step for step in steps if step.server == server]
            together = [answer for answer in first if answer.step.server == server]
            pair = _first_difference(together, self._replay(own).answers())
            if pair:
                yield self._finding(TOUCHES_ANOTHER_SERVER, _not_alone(*pair))
                return
        pair = _first_difference(record, self._replay(steps, wire=True).answers())
        if pair:
            yield self._finding(COMPARES_BY_IDENTITY, _other_for_copies(*pair))

    def _changed_later(self, steps: list[ServerStep], answers: list[Answer]) -> dict[str, str]:
        """Look for an answer that has changed since it was given."""
        changed = (
            number
            for number, answer in enumerate(answers)
            if answer.effects is not None and difference(answer.parts, answer.parts_now)
        )
        number = next(changed, None)
        if number is None:
            return {}
        # Replay once more, and look at this answer after each later event.
        replay = self._replay(steps).answers()
        given = next(islice(replay, number, None))
        texts = {name: part.text for name, part in given.parts.items()}
        for later in replay:
            now = given.parts_now
            name = difference(given.parts, now)
            if name is not None:
                became = now.get(name, NOTHING).text
                was = texts.get(name, NOTHING.text)
                sentence = _changed_given(given.step, later.step, name, was, became)
                return {CHANGES_WHAT_IT_HAS_GIVEN: sentence}
        return {}

    def _replay(self, steps: list[ServerStep], wire: bool = False) -> Replay:
        return Replay(self._make_server, self._rules, steps, wire)

    def _finding(self, kind: str, sentence: str) -> LintFinding:
        return LintFinding(kind, self._name, sentence)


def _watched(replay: Replay, outside_state: OutsideState) -> Iterator[tuple[str, str]]:
    """What a replay shows while it runs: each kind of finding once, with the first sentence."""
    seen: set[str] = set()
    states: dict[str, Any] = {}
    for answer in replay.answers():
        for kind, sentence in _looked_at(replay, answer, states, outside_state.change()):
            if kind not in seen:
                seen.add(kind)
                yield kind, sentence
        states = {name: frozen(server.observe()) for name, server in replay.servers.items()}


def _looked_at(
    replay: Replay, answer: Answer, states: dict[str, Any], change: str | None
) -> Iterator[tuple[str, str]]:
    """What one event changed that it must not change."""
    step = answer.step
    if frozen(answer.handed) != frozen(step.handed):
        yield (
            CHANGES_WHAT_IT_IS_GIVEN,
            _changed_event(step, step.handed, answer.handed),
        )
    for name, server in replay.servers.items():
        if name != step.server and name in states and frozen(server.observe()) != states[name]:
            sentence = (
                f"{_when(step)}, {name}'s state changed too. Servers share nothing: "
                "they are on different machines and have only messages."
            )
            yield TOUCHES_ANOTHER_SERVER, sentence
    if change is not None:
        yield KEEPS_STATE_OUTSIDE, f"{_when(step)}, {change}. {_ONLY}"


def _built_by(make_server: MakeServer, rules: Rules) -> type:
    """Return the class of the servers; one is built only if there is no other way to know."""
    if isinstance(make_server, type):
        return make_server
    around = [make_server] if isinstance(make_server, FunctionType) else []
    outside_state = OutsideState(around)
    try:
        return type(make_server("S1", SERVERS, rules, Settings(), first_disk()))
    finally:
        outside_state.restore()


def _functions_of(kind: type) -> Iterator[FunctionType]:
    """The functions written in a class: its methods, however they are decorated."""
    for value in vars(kind).values():
        for candidate in (value, getattr(value, "__func__", None), getattr(value, "fget", None)):
            if isinstance(candidate, FunctionType):
                yield candidate


# A step's answer, the name of the part that differs, and that part in both replays, in words.
Difference = tuple[Answer, str, str, str]


def _first_difference(first: list[Answer], again: Iterator[Answer]) -> Difference | None:
    """Return where two replays differ first."""
    for one, other in zip(first, again, strict=False):
        name = one.difference(other)
        if name is not None:
            in_one, in_other = (answer.compared.get(name, NOTHING) for answer in (one, other))
            return one, name, in_one.text, in_other.text
    return None


# Sentences ---------------------------------------------------------------------------------


def _when(step: ServerStep) -> str:
    if step.starts:
        return f"When {step.server} started"
    return f"When {step.server} took {shown(step.event)}"


def _changed_event(step: ServerStep, before: Any, after: Any) -> str:
    """Return the sentence for a handler that changed an event, which others hold as well."""
    what = "disk" if step.starts else "event"
    return (
        f"{step.server} changed the {what} it was handed: {shown(before)} became {shown(after)}. "
        "A message may arrive twice, and its sender may still hold it: read it, never change it."
    )


def _changed_given(given: ServerStep, later: ServerStep, name: str, was: str, became: str) -> str:
    """Return the sentence for a server that changed what it had already sent or written."""
    return (
        f"{_when(given)}, `{name}` was {was}. {_when(later)}, that turned into {became}. "
        "What has left a server is on its way or written down: make new lists and new values."
    )


def _two_answers(answer: Answer, name: str, one: str, other: str) -> str:
    """Return the sentence for a server that answers the same events in two ways."""
    return (
        f"{_when(answer.step)}, `{name}` was {one}; after the same events from the beginning, "
        f"it was {other}. {_ONLY}"
    )


def _not_alone(answer: Answer, name: str, together: str, alone: str) -> str:
    """Return the sentence for a server whose answers depend on other servers of its class."""
    return (
        f"{_when(answer.step)}, `{name}` was {together} with other servers in the same program, "
        f"and {alone} without them. Servers share nothing but messages."
    )


def _other_for_copies(answer: Answer, name: str, given: str, copy: str) -> str:
    """Return the sentence for a server that tells equal values apart by identity."""
    return (
        f"{_when(answer.step)}, `{name}` was {given}, but {copy} when everything that it was "
        "handed had come as copies, as over a network. Compare with ==: `is` asks whether two "
        "names stand for one object."
    )
