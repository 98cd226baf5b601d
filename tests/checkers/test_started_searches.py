"""Searches from chosen starts: all that right servers can do within the bounds is seen."""

import pytest

from raftkit.checkers import Trial, run_trial
from raftkit.checkers.explorer import Exploration, NotSearchable
from raftkit.checkers.walks import SEARCHES, StartedSearch, first_broken
from raftkit.course.proving import answer
from raftkit.protocol import Effects, Rules, Server

# The states of a server do not depend on the Python that it runs on.
pytestmark = pytest.mark.once


def named(search: StartedSearch) -> str:
    return f"{search.start.moves or 'nothing'}; {search.more}"


@pytest.mark.parametrize("search", SEARCHES, ids=named)
def test_the_reference_is_seen_whole(search: StartedSearch) -> None:
    found = search.explored(Server)

    assert isinstance(found, Exploration)
    assert found.verdict == "exhausted"
    assert found.states > 50


def test_three_servers_four_and_five_crash_lose_and_hear_twice() -> None:
    bounds = [search.more for search in SEARCHES]

    assert {search.start.servers for search in SEARCHES} == {3, 4, 5}
    assert any(each.crashes for each in bounds)
    assert any(each.duplicates for each in bounds)
    assert any(each.commands for each in bounds)
    assert any(each.terms for each in bounds)
    assert len(set(SEARCHES)) == len(SEARCHES)


class Generous(Server):
    """Counts half of the votes as a majority."""

    def __init__(self, id, servers, rules, *rest):
        half = Rules().with_rule(
            "has_majority", lambda granted, refused, servers: 2 * granted >= servers
        )
        super().__init__(id, servers, half, *rest)


def test_what_is_found_can_be_run_again() -> None:
    found = first_broken(Generous)

    assert isinstance(found, Trial)
    assert run_trial(found, make_server=Generous).violations[0].property == "Election Safety"


class Counting(Server):
    """Never comes back to a state, because it counts events."""

    events = 0

    def handle(self, event):
        self.events += 1
        return super().handle(event)


class Drawing(Server):
    """Does not do the same again: every other server made of it starts with a timer less."""

    made = 0

    def start(self) -> Effects:
        Drawing.made += 1
        effects = super().start()
        return effects if Drawing.made % 2 else Effects()


@pytest.mark.parametrize("make_server", [Counting, Drawing, answer("W13").server])
def test_servers_that_cannot_be_seen_whole_are_told(make_server: type[Server]) -> None:
    with pytest.raises(NotSearchable):
        first_broken(make_server)
