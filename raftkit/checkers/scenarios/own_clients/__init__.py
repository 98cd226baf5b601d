"""Clients (§5.3, §8): our own scenarios for a whole server.

They look only at what the contract promises and at what clients are told, so that
any right server passes, whatever it is built like and whenever it answers.
"""

from raftkit.checkers.scenarios.own_clients import answers, journeys
from raftkit.checkers.scenarios.scenario import Scenario

SUITE = "raftkit clients"

SCENARIOS: tuple[Scenario, ...] = tuple(
    Scenario(name, SUITE, origin, run) for name, origin, run in (*answers.RUNS, *journeys.RUNS)
)
