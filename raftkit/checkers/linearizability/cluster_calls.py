"""What the clients of a simulated cluster saw, as operations: is it linearizable?

Figure 3 is about servers; this looks only at what clients are told. It finds what no property of
the log can: an answer before its entry is committed, a read from a former leader, a retry that is
applied twice (§8).
"""

from itertools import groupby

from raftkit.checkers.linearizability.operations import Operation, Value
from raftkit.checkers.linearizability.search import BUDGET
from raftkit.checkers.linearizability.verdicts import Verdict, check_linearizable
from raftkit.protocol.state_machines import parse_command
from raftkit.simulator import Answered, History, InvariantViolation, Propose, RaftSystem, calls
from raftkit.simulator.raft_system import MILLISECOND
from raftkit.simulator.records import Acted

LINEARIZABILITY = "Linearizability"
OUTSIDE = "outside"  # The client of commands from outside, which are never answered.

_Moment = tuple[int, bool]  # A step's position, and whether a call begins; in a step, ends first.


def linearizable_calls(cluster: RaftSystem | History, budget: int = BUDGET) -> Verdict:
    """Return the verdict on everything that the clients of a cluster asked and were told.

    >>> from raftkit import Cluster
    >>> cluster = Cluster(servers=3, seed=1, clients=2)
    >>> for command in ("x=1", "x+=2", "x"):
    ...     cluster.ask("C1", command)
    ...     cluster.ask("C2", command)
    >>> cluster.run(ms=2_000)
    >>> linearizable_calls(cluster).verdict
    'linearizable'
    """
    return check_linearizable(operations_of(cluster), "kv", budget)


def linearizability_violation(
    cluster: RaftSystem | History, budget: int = BUDGET
) -> InvariantViolation | None:
    """Return the violation at the step of the first impossible answer, or None.

    A verdict of "unknown" is no violation.
    """
    history = _history(cluster)
    answered = _answered(history)
    verdict = check_linearizable(_operations(history, answered), "kv", budget)
    if not verdict.violations:
        return None
    violation = verdict.violations[0]
    call = answered[violation.operation.line - 1]
    return InvariantViolation(
        LINEARIZABILITY,
        "§8",
        call.returned or 0,
        call.returned_step or 0,
        (call.client,),
        (),
        violation.detail,
    )


def operations_of(cluster: RaftSystem | History) -> list[Operation]:
    """Return the calls of all clients as operations on a key-value store.

    A command proposed from outside is a call that is never answered. Calls in the same microsecond
    keep the order in which they happened.
    """
    history = _history(cluster)
    return _operations(history, _answered(history))


def _history(cluster: RaftSystem | History) -> History:
    return cluster if isinstance(cluster, History) else cluster.history


def _answered(history: History) -> list[Answered]:
    """Return the calls of clients, and the commands from outside as calls without an answer."""
    proposed = [
        Answered(OUTSIDE, 0, record.action.command, record.time, None, None, position)
        for position, record in enumerate(history.records)
        if isinstance(record, Acted) and isinstance(record.action, Propose)
    ]
    known = [call for call in calls(history) + proposed if parse_command(call.command)]
    return sorted(known, key=lambda call: call.invoked_step)


def _operations(history: History, answered: list[Answered]) -> list[Operation]:
    instants = _instants(answered)
    operations = []
    for number, call in enumerate(answered, start=1):
        kind, key, argument, result = _in_terms_of_the_model(call)
        called = instants[call.invoked_step, True]
        returned = None if call.returned_step is None else instants[call.returned_step, False]
        operations.append(
            Operation(call.client, kind, key, argument, result, called, returned, number)
        )
    return operations


def _instants(answered: list[Answered]) -> dict[_Moment, float]:
    """Return an instant in ms for each call and each return, later for what happened later.

    Instants in the same microsecond are set apart by nanoseconds: a client calls again in the step
    in which it was answered, and that order counts.
    """
    moments = {(call.invoked_step, True): call.invoked for call in answered}
    moments |= {
        (call.returned_step, False): call.returned
        for call in answered
        if call.returned_step is not None and call.returned is not None
    }
    instants = {}
    in_order = sorted(moments.items())
    for microsecond, group in groupby(in_order, key=lambda item: item[1]):
        together = list(group)
        apart = 1_000 * max(1_000, len(together))
        for rank, (moment, _) in enumerate(together):
            instants[moment] = microsecond / MILLISECOND + rank / apart
    return instants


def _in_terms_of_the_model(call: Answered) -> tuple[str, str, Value, Value]:
    """Return the kind, key, argument and result of a call, for the model kv."""
    parsed = parse_command(call.command)
    if parsed is None:
        raise ValueError(f"{call.command!r} is no command of the key-value store")
    key, verb, value, new = parsed
    if verb is None:
        return "get", key, None, call.result
    if verb == "?":
        return "cas", key, (value, new or ""), call.result == "ok"
    text = value if new is None else f"{value}={new}"
    if verb == "=":
        return "put", key, text, None
    # An append whose answer has no result says only that it took effect.
    return "append", key, text, call.result
