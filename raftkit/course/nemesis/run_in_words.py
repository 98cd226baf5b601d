"""Sentences about the run of a schedule: leaders, candidates, commits and logs.

Each function says one thing. Which of them matter depends on the property that the schedule
should break; target.py chooses them.
"""

from raftkit.course.nemesis.schedule_run import ScheduleRun
from raftkit.protocol import ServerState
from raftkit.protocol.roles import CANDIDATE, LEADER
from raftkit.simulator import Step
from raftkit.views.descriptions import listed


def leaders(run: ScheduleRun) -> str:
    """The servers that became leader, and in which terms."""
    elected = _elected(run)
    if not elected:
        return "Nobody has become leader."
    return f"{listed(f'{server} became leader of term {term}' for term, server in elected)}."


def in_different_terms(run: ScheduleRun) -> str:
    """Why leaders of different terms do no harm; "" if all leaders led one term."""
    terms = sorted({term for term, _ in _elected(run)})
    if len(terms) < 2:
        return ""
    return (
        f"Leaders of different terms are no harm: whoever has heard of term {terms[0]} stands for "
        "a later one."
    )


def otherwise_broken(run: ScheduleRun, wanted: str) -> str:
    """Another property that is broken, which may be a step on the way to `wanted`; or ""."""
    broken = next((each for each in run.cluster.violations if each.property != wanted), None)
    if broken is None:
        return ""
    return f"{broken.property} is broken, which is not yet {wanted}: {broken.detail}"


def candidates(run: ScheduleRun) -> str:
    """The servers that are candidates at the end."""
    waiting = [
        f"{server} is a candidate of term {state.standing.current_term}"
        for server, state in _running(run)
        if state.standing.role == CANDIDATE
    ]
    return f"{listed(waiting)}." if waiting else ""


def committed(run: ScheduleRun) -> str:
    """The highest commit index of any server."""
    most, server = max(
        ((state.commit_index, server) for server, state in _running(run)), default=(0, "")
    )
    return f"{server} holds index {most} for committed." if most else "Nothing is committed."


def logs(run: ScheduleRun) -> str:
    """The terms in each log, as Figure 8 draws them; "" if all logs are empty."""
    running = _running(run)
    if not any(len(state.log) for _, state in running):
        return ""
    each = (
        f"{server} {' '.join(str(entry.term) for entry in state.log) or 'none'}"
        for server, state in running
    )
    return f"Terms in the logs: {', '.join(each)}."


def _elected(run: ScheduleRun) -> list[tuple[int, str]]:
    """Every term and server such that the server led the term."""
    elected: dict[tuple[int, str], None] = {}
    for record in run.cluster.history.records:
        state = getattr(record, "state", None)
        if isinstance(record, Step) and state is not None and state.standing.role == LEADER:
            elected[(state.standing.current_term, record.process)] = None
    return list(elected)


def _running(run: ScheduleRun) -> list[tuple[str, ServerState]]:
    """The servers that are up, with their states."""
    states = ((server, run.cluster.state(server)) for server in run.cluster.servers)
    return [(server, state) for server, state in states if state is not None]
