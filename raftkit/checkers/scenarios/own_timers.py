"""Timers (§5.2): our own scenarios for a whole server.

They look only at what the contract promises, effects and observe(), so that any
right server passes, whatever it is built like.
"""

from raftkit.checkers.scenarios.scenario import Scenario

SUITE = "raftkit timers"

SCENARIOS: tuple[Scenario, ...] = ()
