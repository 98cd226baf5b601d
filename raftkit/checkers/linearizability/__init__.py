"""Linearizability: does a history look as if every operation took effect at one instant?

From the outside, Raft's promise to its clients is this (§8). The checker takes what
clients saw, ours or anybody's, and looks for one order of it that keeps to real
time (Herlihy and Wing, 1990). It knows what objects promise, and nothing of Raft.
"""

from raftkit.checkers.linearizability.cluster_calls import (
    linearizability_violation,
    linearizable_calls,
    operations_of,
)
from raftkit.checkers.linearizability.explanation import Violation
from raftkit.checkers.linearizability.json_lines import read_lines, write_lines
from raftkit.checkers.linearizability.line_fields import LineError
from raftkit.checkers.linearizability.models import MODELS, Model, OperationKind
from raftkit.checkers.linearizability.operations import Operation
from raftkit.checkers.linearizability.verdicts import Verdict, check_linearizable

__all__ = [
    "MODELS",
    "LineError",
    "Model",
    "Operation",
    "OperationKind",
    "Verdict",
    "Violation",
    "check_linearizable",
    "linearizability_violation",
    "linearizable_calls",
    "operations_of",
    "read_lines",
    "write_lines",
]
