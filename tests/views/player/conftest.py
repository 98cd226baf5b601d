"""A cluster that has broken a property, and a player whose messages are heard."""

from dataclasses import replace

import pytest

from raftkit import Cluster, Rules
from raftkit.simulator import Timeout
from raftkit.views.player import play


@pytest.fixture
def two_leaders():
    """S1 and S2 both lead term 1, since one vote is enough."""
    anyone = replace(Rules(), has_majority=lambda granted, refused, servers: granted >= 1)
    cluster = Cluster(servers=3, rules=anyone)
    cluster.do(Timeout("S1"), Timeout("S2"))
    return cluster


class Browser:
    """Speaks to a player as its view in the browser does, and keeps the last answer."""

    def __init__(self, player):
        self.player = player
        self.answers = []
        self.have = {"future": 0, "marks": 0}
        player.send = lambda content, buffers=None: self.answers.append(content)

    def ask(self, **message):
        number = len(self.answers)
        self.player._handle_custom_msg({"id": number, "have": self.have, **message}, [])
        answer = self.answers[-1]
        assert answer["re"] == number
        return answer


@pytest.fixture
def browser_of():
    """A browser for a cluster or a history."""
    return lambda source=None, **options: Browser(play(source, **options))
