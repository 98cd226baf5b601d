"""Linearizability: can each operation of a history have taken effect at one instant?

This is what Raft promises its clients (§8). The checker takes what clients saw, of this simulator
or of any other system, and looks for one order of the operations that agrees with real time
(Herlihy and Wing, 1990). It knows what objects promise, and nothing of Raft.
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
