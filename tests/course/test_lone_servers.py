"""A lone server's small world finds what one server can do wrong, and tells it as a short story."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from raftkit.course.chapters.capstone.wrong_answers.from_scratch import FromScratch
from raftkit.course.checking.guarded_server import guarded_server
from raftkit.course.errors import StudentError
from raftkit.course.proving import answer
from raftkit.protocol import Effects, Persistent, RequestVoteRequest, Server
from raftkit.scenarios.small_world import RULES, Asking, Verdicts, all_stories, ask_all, lives_of
from raftkit.scenarios.small_world.complaint import (
    CLIENTS,
    COMMITTING,
    ELECTING,
    KEEPING,
    PROGRESS,
    SENDING,
    VOTING,
    WRITING_FIRST,
)

pytestmark = pytest.mark.once


def verdicts_of(kind: type) -> Verdicts:
    return ask_all(partial(lives_of, kind))


def changed(**methods: Any) -> type:
    return type("Raft", (FromScratch,), methods)


@pytest.mark.parametrize("kind", [Server, FromScratch])
def test_right_servers_break_no_rule_and_are_asked_all_of_them(kind: type) -> None:
    verdicts = verdicts_of(kind)

    assert verdicts.broken == {}
    assert [rule for rule in RULES if not verdicts.is_asked(rule)] == []


def test_the_small_worlds_stay_small() -> None:
    assert 10_000 < len(all_stories()) < 12_000


def test_each_story_comes_after_those_it_begins_with() -> None:
    seen: set[Any] = {None}
    for story in all_stories():
        assert story.before in seen
        assert story.before is None or (
            story.before.goes_on and story.before.steps == story.steps[:-1]
        )
        seen.add(story)


@pytest.mark.parametrize(
    ("id", "rule"),
    [("C15", SENDING), ("C32", COMMITTING), ("L17b", PROGRESS), ("L33", PROGRESS)],
)
def test_what_takes_a_long_story_is_found_as_well(id: str, rule: str) -> None:
    wrong = answer(id)
    make_server = partial(_with_rules, wrong.server or Server, wrong.rules)

    assert Asking(partial(lives_of, make_server)).broken(rule) is not None


def _with_rules(kind: type, rules: Any, id: Any, servers: Any, _: Any, *rest: Any) -> Any:
    return kind(id, servers, rules, *rest)


@pytest.mark.parametrize("id", ["W9", "W13", "L22"])
def test_a_server_that_changes_what_it_is_handed_spoils_no_story_for_the_next(id: str) -> None:
    verdicts_of(answer(id).server or object)

    assert verdicts_of(Server).broken == {}


# Trials A ---------------------------------------------------------------------------------


def _writing_only_if(is_news: Callable[[Persistent, Persistent], bool]) -> type:
    """A server that writes only if this says so of what its disk holds and should hold."""

    class Raft(FromScratch):
        written = Persistent()

        def handle(self, event: Any) -> Effects:
            before = self.disk
            effects = super().handle(event)
            if effects.writes and not is_news(before, effects.writes[-1]):
                effects.writes = ()
            return effects

    return Raft


def _counts_twice(self: Any, s: Any, vote: Any, out: Any) -> Any:
    """Votes stand in a list, in which one server may stand twice."""
    if s["role"] != "candidate" or vote.term != s["term"] or not vote.vote_granted:
        return s
    s = {**s, "yes": (*s["yes"], vote.source)}
    return self._lead(s, out) if 2 * len(s["yes"]) > len(self.servers) else s


def _answers_what_it_applies(self: Any, event: Any) -> Effects:
    from raftkit.protocol import Reply

    effects = FromScratch.handle(self, event)
    if self.s["role"] == "follower":
        for index, entry in effects.applied:
            effects.replies += (Reply(entry.client, entry.serial, index),)
    return effects


def _sends_all(self: Any, s: Any, peer: str, out: Any) -> Any:
    from dataclasses import replace

    self.settings = replace(self.settings, batch=1_000)
    return FromScratch._send(self, s, peer, out)


def _ignores_old_candidates(self: Any, event: Any) -> Effects:
    if isinstance(event, RequestVoteRequest) and event.term < self.s["term"]:
        return Effects()
    return FromScratch.handle(self, event)


@pytest.mark.parametrize(
    ("kind", "rule", "steps"),
    [
        (
            _writing_only_if(
                lambda old, new: (old.current_term, old.log) != (new.current_term, new.log)
            ),
            KEEPING,
            2,
        ),
        (
            _writing_only_if(
                lambda old, new: (
                    (old.current_term, old.voted_for, len(old.log))
                    != (new.current_term, new.voted_for, len(new.log))
                )
            ),
            KEEPING,
            2,
        ),
        (changed(_count=_counts_twice), ELECTING, 4),
        (changed(handle=_answers_what_it_applies), CLIENTS, 2),
        (changed(_send=_sends_all), SENDING, 5),
        (changed(handle=_ignores_old_candidates), VOTING, 2),
    ],
    ids=[
        "a vote alone is not written",
        "a log as long as before is not written",
        "votes in a list",
        "followers answer clients",
        "the batch is ignored",
        "a stale RequestVote is not answered",
    ],
)
def test_trials_a_are_found_in_a_short_story(kind: type, rule: str, steps: int) -> None:
    broken = verdicts_of(kind).broken

    assert rule in broken
    assert len(broken[rule].story.steps) <= steps


def test_a_vote_under_the_old_term_is_half_of_a_change() -> None:
    class Raft(FromScratch):
        def handle(self, event: Any) -> Effects:
            before = self.disk
            effects = super().handle(event)
            if effects.writes:
                new = effects.writes[-1]
                half = Persistent(before.current_term, new.voted_for, before.log)
                effects.writes = (half, new)
            return effects

    assert WRITING_FIRST in verdicts_of(Raft).broken


class Failing(FromScratch):
    """Raises an error at its first event."""

    def handle(self, event: Any) -> Effects:
        return self.nothing  # type: ignore[attr-defined,no-any-return]


class Endless(FromScratch):
    """Does not come to an end at its first event."""

    def handle(self, event: Any) -> Effects:
        while True:
            pass


def test_an_error_is_told_with_the_line_that_raised_it() -> None:
    verdicts = ask_all(guarded_server(Failing).live_all)
    (error,) = {str(found.error) for found in verdicts.broken.values()}

    assert "Failing raised AttributeError" in error
    assert "in handle, line " in error
    assert error.endswith("return self.nothing  # type: ignore[attr-defined,no-any-return]")


def test_what_does_not_end_is_told_by_its_name() -> None:
    with pytest.raises(StudentError, match=r"^handle did not come to an end"):
        ask_all(guarded_server(Endless).live_all)
