"""The simulator: virtual time, a network on a graph, disks, and faults as values.

The same seed gives the same history. It imports only the standard library, networkx and
the protocol, so it runs wherever Python runs, a browser included.
"""

from raftkit.protocol.state_machines import KeyValue, StateMachine
from raftkit.simulator.action_effects import Action, take_effect
from raftkit.simulator.by_hand import ByHand, Deliver, HandsOff, Lose
from raftkit.simulator.client_calls import Answered, calls
from raftkit.simulator.clients import Call, Client
from raftkit.simulator.faults import (
    Crash,
    Cut,
    Delay,
    Drift,
    Drop,
    Duplicate,
    Fault,
    Heal,
    Mend,
    MendDisk,
    NetworkConditions,
    Partition,
    Pause,
    Restart,
    Resume,
    SlowDisk,
    Timeout,
    TornWrite,
)
from raftkit.simulator.history import History
from raftkit.simulator.in_flight import Catch, SetTimer
from raftkit.simulator.network import Link
from raftkit.simulator.process import Process, Started
from raftkit.simulator.raft_system import RaftSystem
from raftkit.simulator.records import (
    Acted,
    HistoryError,
    Input,
    InvariantViolation,
    Lost,
    Released,
    Row,
    Step,
)
from raftkit.simulator.requests import Ask, Propose
from raftkit.simulator.simulation import Simulation
from raftkit.simulator.system import System, Watch

__all__ = [
    "Acted",
    "Action",
    "Answered",
    "Ask",
    "ByHand",
    "Call",
    "Catch",
    "Client",
    "Crash",
    "Cut",
    "Delay",
    "Deliver",
    "Drift",
    "Drop",
    "Duplicate",
    "Fault",
    "HandsOff",
    "Heal",
    "History",
    "HistoryError",
    "Input",
    "InvariantViolation",
    "KeyValue",
    "Link",
    "Lose",
    "Lost",
    "Mend",
    "MendDisk",
    "NetworkConditions",
    "Partition",
    "Pause",
    "Process",
    "Propose",
    "RaftSystem",
    "Released",
    "Restart",
    "Resume",
    "Row",
    "SetTimer",
    "Simulation",
    "SlowDisk",
    "Started",
    "StateMachine",
    "Step",
    "System",
    "Timeout",
    "TornWrite",
    "Watch",
    "calls",
    "take_effect",
]
