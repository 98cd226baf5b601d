"""A server's changes, put together from those of single messages, are those of its actions."""

import pytest

from raftkit.checkers.explorer import Bounds
from raftkit.checkers.explorer.bit_layout import Layout
from raftkit.checkers.explorer.moves import Moves
from raftkit.checkers.explorer.raft_behaviour import RaftBehaviour
from raftkit.checkers.explorer.search import Search
from raftkit.checkers.explorer.state_checker import StateChecker


@pytest.mark.parametrize(
    "bounds",
    [
        Bounds(servers=2, crashes=1, losses=1, duplicates=1),
        Bounds(log=0, in_flight=4, timeouts=2),
    ],
    ids=str,
)
def test_the_changes_of_a_part_are_those_of_all_its_actions(bounds: Bounds) -> None:
    layout, behaviour = Layout(bounds, 8), RaftBehaviour(bounds.names)
    moves = Moves(behaviour, layout)
    Search(moves, StateChecker(behaviour, layout), 100_000, 50_000).run(moves.start())

    several = 0
    for server, remembered in moves.remembered.items():
        for part, changes in remembered.items():
            actions = [change for _, change, _ in moves.look(server, part) if change != (0, 0)]
            assert [*changes] == [*dict.fromkeys(actions)]
            several += len([*layout.inbox(part)]) > 1
    assert several > 20
