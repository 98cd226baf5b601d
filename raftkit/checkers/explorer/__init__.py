"""The explorer: bounded exhaustive search of all the runs of a small cluster.

It tries every order in which messages can arrive, timers run out and servers crash, with the same
servers and rules that every other run uses. `explore` searches Raft clusters, `explore_system`
other processes, and `chain` searches from goal to goal.
"""

from raftkit.checkers.explorer.bounds import Bounds
from raftkit.checkers.explorer.exploration import Exploration, explore, explore_system
from raftkit.checkers.explorer.goals import (
    Predicate,
    acknowledged,
    any_leader,
    applied,
    committed,
    in_term,
    leads,
    log_is,
    server_is,
)
from raftkit.checkers.explorer.keys_and_copies import NotSearchable
from raftkit.checkers.explorer.search_chain import Leg, chain
from raftkit.checkers.invariants import Invariant

__all__ = [
    "Bounds",
    "Exploration",
    "Invariant",
    "Leg",
    "NotSearchable",
    "Predicate",
    "acknowledged",
    "any_leader",
    "applied",
    "chain",
    "committed",
    "explore",
    "explore_system",
    "in_term",
    "leads",
    "log_is",
    "server_is",
]
