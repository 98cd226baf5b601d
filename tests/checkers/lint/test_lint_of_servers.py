"""Lint finds what servers share, change or draw by themselves, and says at which event."""

import random
from collections import Counter
from contextlib import suppress
from typing import Any

import pytest

from raftkit.checkers.lint import (
    CHANGES_WHAT_IT_HAS_GIVEN,
    CHANGES_WHAT_IT_IS_GIVEN,
    COMPARES_BY_IDENTITY,
    GIVES_TWO_ANSWERS,
    KEEPS_STATE_OUTSIDE,
    KINDS,
    READS_A_CLOCK,
    TOUCHES_ANOTHER_SERVER,
    lint_server,
)
from raftkit.checkers.lint.clocks import clock_or_random_source
from raftkit.checkers.lint.watched_collections import WRITING, watched
from raftkit.course.wrong_answers import ODD_ANSWERS, WRONG_ANSWERS
from raftkit.protocol import AppendEntriesRequest, Server

EVERYBODY: dict[str, Server] = {}
HANDLED: Counter[str] = Counter()


class KnowsTheOthers(Server):
    """Each finds the others in a dictionary of the program."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        EVERYBODY[self.id] = self


class ReachesOver(KnowsTheOthers):
    """A leader writes its commit index into the others instead of sending it."""

    def handle(self, event):
        effects = super().handle(event)
        if self.standing.role == "leader":
            for other in EVERYBODY.values():
                other.commit_index = min(self.commit_index, other.log.last_index)
        return effects


class Counts(Server):
    """Counts for all servers what each handles."""

    def handle(self, event):
        HANDLED[type(event).__name__] += 1
        return super().handle(event)


class Rolls(Server):
    """Draws timeouts by itself."""

    def timer_duration(self, timer, draw):
        return super().timer_duration(timer, random.random())


class Empties(Server):
    """Takes the entries out of the message."""

    def handle(self, event):
        effects = super().handle(event)
        if isinstance(event, AppendEntriesRequest):
            event.entries = ()
        return effects


class Careful(Server):
    """Keeps things, but in itself, and new in each server."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.handled: list[str] = []

    def handle(self, event):
        self.handled.append(type(event).__name__)
        return super().handle(event)


@pytest.mark.parametrize(
    ("make_server", "kind", "words"),
    [
        (ReachesOver, TOUCHES_ANOTHER_SERVER, "state changed too"),
        (Counts, KEEPS_STATE_OUTSIDE, "`HANDLED`"),
        (Rolls, READS_A_CLOCK, "Rolls.timer_duration uses random.random."),
        (Empties, CHANGES_WHAT_IT_IS_GIVEN, "A message may arrive twice"),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_a_server_that_does_more_than_answer_is_found(make_server, kind: str, words: str) -> None:
    said = {finding.kind: finding for finding in lint_server(make_server)}

    assert kind in said
    assert words in said[kind].sentence
    assert said[kind].subject == make_server.__name__


def test_what_servers_shared_is_as_it_was_before_the_lint() -> None:
    EVERYBODY.clear()
    HANDLED.clear()

    for make_server in (ReachesOver, Counts):
        lint_server(make_server)

    assert not EVERYBODY
    assert not HANDLED


def test_a_server_that_keeps_to_itself_is_fine() -> None:
    assert lint_server(Careful) == ()


@pytest.mark.parametrize("odd", [odd for odd in ODD_ANSWERS if odd.server], ids=lambda odd: odd.id)
def test_no_right_server_of_the_catalogue_is_blamed(odd) -> None:
    assert lint_server(odd.server) == ()


def test_the_catalogue_has_a_wrong_answer_for_every_kind_of_finding() -> None:
    meant = {wrong.case for wrong in WRONG_ANSWERS if wrong.check == "lint"}

    assert set(KINDS) - meant == set()
    assert {CHANGES_WHAT_IT_HAS_GIVEN, COMPARES_BY_IDENTITY, GIVES_TWO_ANSWERS} < set(KINDS)


# What it is made of -----------------------------------------------------------------------


@pytest.mark.parametrize("kind", [list, dict, set])
def test_a_watched_container_is_what_it_was_and_tells_of_every_method_that_writes(kind) -> None:
    told: list[str] = []
    container = watched(kind(), lambda: told.append("written"))

    assert container == kind()
    assert isinstance(container, kind)
    for name in WRITING[kind]:
        before = len(told)
        # Called with too little, or empty: it is told of all the same.
        with suppress(TypeError, KeyError, IndexError):
            getattr(container, name)()
        assert len(told) == before + 1, name


def test_an_argument_that_is_called_like_a_module_is_no_clock() -> None:
    assert clock_or_random_source(lambda random: random.random()) is None


def test_a_clock_in_a_function_inside_is_found() -> None:
    def outer():
        def inner():
            return random.random()

        return inner

    assert clock_or_random_source(outer) == "random.random"


class Mark:
    """Told apart by identity, as a value that stands for "nothing was given"."""


NOTHING = Mark()


class KnowsAMark(Server):
    """Looks at a mark of its module, and leaves it as it is."""

    def observe(self) -> Any:
        assert NOTHING is not None
        return super().observe()


def test_what_a_server_only_looks_at_stays_the_very_object() -> None:
    before = NOTHING

    assert lint_server(KnowsAMark) == ()
    assert NOTHING is before
