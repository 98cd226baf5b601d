"""Persistence and restart (Figure 2, State): our own scenarios for a whole server.

They look only at what the contract promises, effects and observe(), so that any
right server passes, whatever it is built like and however often it writes.
"""

from raftkit.checkers.scenarios.own_storage import after_a_restart, what_is_kept, written_first
from raftkit.checkers.scenarios.scenario import Scenario

SUITE = "raftkit storage"

SCENARIOS: tuple[Scenario, ...] = tuple(
    Scenario(name, SUITE, origin, run)
    for name, origin, run in (*what_is_kept.RUNS, *written_first.RUNS, *after_a_restart.RUNS)
)
