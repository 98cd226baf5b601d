"""What is no state makes no difference; what cannot be searched, or breaks off, is told."""

import random
from typing import Any

import pytest

from raftkit.checkers.explorer import Bounds, NotSearchable, exploration, explore, keys_and_copies
from raftkit.checkers.explorer.behaviour import Snapshot
from raftkit.checkers.explorer.raft_behaviour import RaftBehaviour
from raftkit.protocol import Effects, Rules, Server

SMALL = Bounds(terms=2, log=0, commands=0, in_flight=3)


# What is left out of the name of a state -----------------------------------------------------


def name_of(snapshot: Snapshot) -> tuple[Any, ...]:
    """What a snapshot goes by, without what is left out."""
    name = keys_and_copies.server_key(snapshot.process)
    histories = (snapshot.timers, snapshot.committed, snapshot.applied)
    return (snapshot.server, name, snapshot.durable, *histories)


@pytest.mark.parametrize(
    "bounds",
    [
        Bounds(in_flight=3, crashes=1),
        Bounds(terms=2, log=0, commands=0, in_flight=3),
        Bounds(servers=2, terms=2, log=2, commands=2, in_flight=2, crashes=1),
    ],
    ids=str,
)
def test_servers_that_go_by_one_name_do_the_same(
    bounds: Bounds, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = RaftBehaviour(bounds.names)
    monkeypatch.setattr(exploration, "RaftBehaviour", lambda *arguments: seen)
    with monkeypatch.context() as everything:
        everything.setattr(keys_and_copies, "IDLE", {})
        everything.setattr(keys_and_copies, "IDLE_UNLESS_LEADER", {})
        assert explore(bounds, symmetry=False).verdict == "exhausted"

    done: dict[Any, set[Any]] = {}
    for (before, event), after in seen._outcomes.items():
        done.setdefault((name_of(before), event), set()).add((name_of(after.after), after.sent))

    assert len(done) < len(seen._outcomes)
    assert {len(outcomes) for outcomes in done.values()} == {1}


def owing_first(occasion: str, peers: tuple[str, ...], owing: tuple[str, ...]) -> tuple[str, ...]:
    """A rule that looks at who owes an answer, which the reference's does not."""
    return owing or peers


def remembered(last: int, earlier: Any) -> Any:
    """A rule that goes on from what an earlier leader knew."""
    return earlier or Rules().initial_progress(last, None)


@pytest.mark.parametrize(
    ("rule", "function", "attribute"),
    [
        ("heartbeat_targets", owing_first, "unanswered"),
        ("initial_progress", remembered, "progress"),
    ],
)
def test_what_a_rule_looks_at_is_never_left_out(rule: str, function: Any, attribute: str) -> None:
    server = Server("S1", ("S1", "S2", "S3"), Rules().with_rule(rule, function))

    before = keys_and_copies.server_key(server)
    setattr(server, attribute, {"S2": True})

    assert keys_and_copies.server_key(server) != before
    server.rules = Rules()
    named = keys_and_copies.server_key(server)
    setattr(server, attribute, {"S3": False})
    assert keys_and_copies.server_key(server) == named


# Servers of other classes ---------------------------------------------------------------------


class Slotted(Server):
    """Keeps something in a slot."""

    __slots__ = ("extra",)

    def start(self) -> Effects:
        self.extra = 0
        return super().start()


class Circular(Server):
    """Keeps itself, and a list that keeps itself."""

    def start(self) -> Effects:
        self.myself = self
        self.ring: list[Any] = []
        self.ring.append(self.ring)
        return super().start()


class Seeded(Server):
    """Keeps a generator of random numbers that it never asks."""

    def start(self) -> Effects:
        self.generator = random.Random(1)
        return super().start()


@pytest.mark.parametrize("make_server", [Slotted, Circular, Seeded])
def test_servers_may_keep_odd_things(make_server: type[Server]) -> None:
    # All attributes of a class of its own count, so there are some more states.
    found = explore(SMALL, make_server=make_server)

    assert found.verdict == "exhausted"
    assert found.states >= explore(SMALL).states


class Counting(Server):
    """Never comes back to a state, because it counts events."""

    events = 0

    def handle(self, event: Any) -> Effects:
        self.events += 1
        return super().handle(event)


def test_a_server_that_never_comes_back_to_a_state_ends_the_search() -> None:
    found = explore(SMALL, make_server=Counting, calls=500)

    assert found.verdict == "out of budget"
    assert found.calls <= 500 + 50


# Servers that cannot be searched --------------------------------------------------------------


class Lazy(Server):
    """Keeps a generator."""

    def start(self) -> Effects:
        self.numbers = (number for number in range(3))
        return super().start()


class Nested(Server):
    """Keeps lists in lists."""

    def start(self) -> Effects:
        self.lists: list[Any] = []
        for _ in range(5_000):
            self.lists = [self.lists]
        return super().start()


class Blind(Server):
    """Shows nothing of its state."""

    def observe(self) -> Any:
        return "fine"


class Silent(Server):
    """Answers its start with nothing."""

    def start(self) -> Any:
        super().start()


@pytest.mark.parametrize(
    ("make_server", "said"),
    [
        (Lazy, "keeps a generator cannot be searched: keep plain values"),
        (Nested, "lists in lists"),
        (Blind, r"observe\(\) must answer a ServerState"),
        (Silent, "do not even start"),
    ],
)
def test_what_cannot_be_searched_is_told(make_server: type[Server], said: str) -> None:
    with pytest.raises(NotSearchable, match=said):
        explore(SMALL, make_server=make_server)


class Moody(Server):
    """Fails once for all servers together, so that nobody can see it again."""

    left: list[int] = [10]  # noqa: RUF012, a mistake on purpose

    def handle(self, event: Any) -> Effects:
        self.left[0] -= 1
        if self.left[0] == 0:
            raise RuntimeError("not today")
        return super().handle(event)


def test_a_finding_that_does_not_happen_again_is_no_finding() -> None:
    with pytest.raises(NotSearchable, match="do not do again"):
        explore(SMALL, make_server=Moody)


# Servers that break off -----------------------------------------------------------------------


class Failing(Server):
    """Raises at a heartbeat."""

    def handle(self, event: Any) -> Effects:
        if type(event).__name__ == "AppendEntriesRequest":
            raise KeyError("heartbeat")
        return super().handle(event)


class Mute(Server):
    """Answers a vote with nothing at all."""

    def handle(self, event: Any) -> Any:
        effects = super().handle(event)
        return None if type(event).__name__ == "RequestVoteResponse" else effects


class Stillborn(Server):
    """Cannot start."""

    def start(self) -> Effects:
        raise OSError("no disk")


@pytest.mark.parametrize(
    ("make_server", "actions", "said"),
    [
        (Failing, 4, "raised KeyError: 'heartbeat'"),
        (Mute, 3, "raised AttributeError"),
        (Stillborn, 0, "S1 raised OSError: no disk"),
    ],
)
@pytest.mark.parametrize("symmetry", [True, False])
def test_a_server_that_breaks_off_breaks_a_property(
    make_server: type[Server], actions: int, said: str, symmetry: bool
) -> None:
    found = explore(SMALL, make_server=make_server, symmetry=symmetry)

    assert found.violation is not None
    assert found.violation.property == "Every Event Is Answered"
    assert said in found.violation.detail
    assert len(found.path) == actions


def test_a_rule_that_raises_breaks_a_property_too() -> None:
    def unfinished(*arguments: Any) -> bool:
        raise NotImplementedError

    found = explore(SMALL, rules=Rules().with_rule("should_grant_vote", unfinished))

    assert found.violation is not None
    assert found.violation.property == "Every Event Is Answered"
    assert len(found.path) == 2
