"""What an extension, another protocol or a student's class adds without touching the core."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest

from raftkit.protocol import (
    AppendEntriesRequest,
    AppendEntriesResponse,
    ClientRequest,
    Entry,
    Log,
    Persistent,
    RequestVoteResponse,
    Restarted,
    Rules,
    Server,
    Standing,
    Tally,
    TimerFired,
    handles,
    restart,
)
from raftkit.protocol.json_form import from_json, to_json
from raftkit.protocol.record import RECORDS, record

THREE = ("S1", "S2", "S3")

# Events ------------------------------------------------------------------------------------


@dataclass
class TimeoutNow:
    """Leadership transfer (dissertation, §3.10): stand for election at once."""

    term: int


@dataclass
class Question:
    """An event that carries no term."""

    text: str


class Transfers:
    """A part of a server, to be mixed in."""

    @handles(TimeoutNow)
    def on_timeout_now(self: Any, event: TimeoutNow) -> None:
        if event.term == self.standing.current_term:
            self.start_election()


class Extended(Transfers, Server):
    @handles(Question)
    def on_question(self, event: Question) -> None:
        self.effects.messages += (f"{event.text}? {self.standing.role}",)

    def on_timer_fired(self, event: TimerFired) -> None:
        if event.timer == "question":
            self.on_question(Question("anew"))
        else:
            super().on_timer_fired(event)


def test_a_subclass_handles_an_event_of_its_own() -> None:
    server = Extended("S1", THREE)

    assert server.handle(Question("who")).messages == ("who? follower",)
    assert server.handle(TimerFired("question")).messages == ("anew? follower",)


def test_the_term_of_a_new_event_is_adopted_first_and_written() -> None:
    server = Extended("S1", THREE, persistent=Persistent(2, "S2"))

    effects = server.handle(TimeoutNow(4))

    assert server.standing == Standing("candidate", 5, "S1")
    assert effects.writes == (Persistent(5, "S1"),)


def test_a_method_that_is_overridden_handles_the_event_without_a_new_declaration() -> None:
    class Deaf(Extended):
        def on_timeout_now(self, event: TimeoutNow) -> None:
            """Ignore it."""

    server = Deaf("S1", THREE)

    assert server.handle(TimeoutNow(0)).messages == ()
    assert len(server.handle(TimerFired("election")).messages) == 2


def test_a_subclass_may_handle_an_event_of_figure_2_by_a_method_of_its_own() -> None:
    class Silent(Server):
        @handles(AppendEntriesRequest)
        def ignore(self, event: AppendEntriesRequest) -> None:
            """Say nothing."""

    assert (
        Silent("S1", THREE).handle(AppendEntriesRequest("S2", "S1", 1, 0, 0, (), 0)).messages == ()
    )


def test_an_event_without_a_handler_is_named() -> None:
    with pytest.raises(TypeError, match=r"S1 has no method that handles Question\(text='who'\)"):
        Server("S1", THREE).handle(Question("who"))


def test_other_effects_of_an_extension_are_its_own_values() -> None:
    class Installs(Server):
        def on_timer_fired(self, event: TimerFired) -> None:
            self.effects.extras += ("install the snapshot",)

    effects = Installs("S1", THREE).handle(TimerFired("election"))

    assert effects.extras == ("install the snapshot",)
    assert repr(effects) == "Effects(extras=('install the snapshot',))"


# Entries and logs ----------------------------------------------------------------------------


@pytest.fixture
def configuration() -> Iterator[type[Any]]:
    """A class of entries that say more than text."""

    @record
    class Configuration(Entry):
        members: tuple[str, ...] = ()

    yield Configuration
    del RECORDS["Configuration"]


def test_an_entry_may_say_more_than_text(configuration: type[Any]) -> None:
    entry = configuration(1, members=("S1", "S2"))
    leader, follower = Server("S1", ("S1", "S2")), Server("S2", ("S1", "S2"))
    leader.log = leader.log.extend((entry,))
    leader.handle(TimerFired("election"))
    (request,) = leader.handle(RequestVoteResponse("S2", "S1", 1, True)).messages

    follower.handle(replace(request, prev_log_index=0, prev_log_term=0, entries=(entry,)))

    assert follower.log[1].members == ("S1", "S2")
    assert follower.log[1] != Entry(1)
    assert from_json(to_json(follower.log)) == follower.log
    assert from_json(to_json(entry)) == entry


def test_a_server_goes_on_after_a_snapshot() -> None:
    def after_the_snapshot(disk: Persistent) -> Restarted:
        included = disk.log.last_included_index
        return replace(restart(disk), commit_index=included, last_applied=included)

    disk = Persistent(3, None, Log([Entry(3, "y=2")], 5, 2))
    server = Server("S1", THREE, Rules(restart=after_the_snapshot), persistent=disk)
    effects = server.handle(AppendEntriesRequest("S2", "S1", 3, 6, 3, (Entry(3, "z=3"),), 7))

    assert [index for index, _ in effects.applied] == [6, 7]
    (written,) = effects.writes
    assert from_json(to_json(written)) == written
    assert (written.log.last_included_index, written.log.last_index) == (5, 7)


# Majorities of named servers -----------------------------------------------------------------


class Joint(Server):
    """Joint consensus (§6) in two methods: a majority of the old servers, and of the new ones."""

    old, new = ("S1", "S2", "S3"), ("S1", "S4", "S5")

    def has_majority(self, tally: Tally, servers: tuple[str, ...]) -> bool:
        return all(super(Joint, self).has_majority(tally, part) for part in (self.old, self.new))

    def advance_commit_index(self, own_match_index: int) -> None:
        known = {peer: each.match_index for peer, each in self.progress.items()}
        known[self.id] = own_match_index
        self.commit_index = min(
            self.rules.advance_commit_index(
                self.log,
                self.standing.current_term,
                self.commit_index,
                [known[server] for server in part],
            )
            for part in (self.old, self.new)
        )


@pytest.mark.parametrize(
    ("voters", "role"),
    [(["S2", "S3"], "candidate"), (["S4", "S5"], "candidate"), (["S2", "S4"], "leader")],
)
def test_votes_are_counted_among_named_servers(voters: list[str], role: str) -> None:
    server = Joint("S1", ("S1", "S2", "S3", "S4", "S5"))
    server.handle(TimerFired("election"))

    for voter in voters:
        server.handle(RequestVoteResponse(voter, "S1", 1, True))

    assert server.standing.role == role


def test_entries_are_committed_by_named_servers() -> None:
    server = Joint("S1", ("S1", "S2", "S3", "S4", "S5"))
    server.handle(TimerFired("election"))
    for voter in ("S2", "S4"):
        server.handle(RequestVoteResponse(voter, "S1", 1, True))
    server.handle(ClientRequest("C1", "S1", 1, "x=1"))

    indexes = []
    for follower in ("S2", "S3", "S4"):
        server.handle(AppendEntriesResponse(follower, "S1", 1, True, match_index=1))
        indexes.append(server.commit_index)

    assert indexes == [0, 0, 1]
