"""What a schedule has come to, in words: who led, who stands, what is committed, the logs.

Each function says one thing of what was staged; which of them matter depends on the
property that was to break, and that is known elsewhere.
"""

from raftkit.course.nemesis.staging import Staged
from raftkit.protocol import ServerState
from raftkit.protocol.roles import CANDIDATE, LEADER
from raftkit.simulator import Step
from raftkit.views.descriptions import listed


def leaders(staged: Staged) -> str:
    """Who has led, and in which term."""
    elected = _elected(staged)
    if not elected:
        return "Nobody has become leader."
    return f"{listed(f'{server} became leader of term {term}' for term, server in elected)}."


def in_different_terms(staged: Staged) -> str:
    """Why two leaders may be no harm, if they are none."""
    terms = sorted({term for term, _ in _elected(staged)})
    if len(terms) < 2:
        return ""
    return (
        f"Leaders of different terms are no harm: whoever has heard of term {terms[0]} stands for "
        "a later one."
    )


def otherwise_broken(staged: Staged, wanted: str) -> str:
    """Another promise than the one that is wanted, if one is broken: it may be on the way."""
    broken = next((each for each in staged.cluster.violations if each.property != wanted), None)
    if broken is None:
        return ""
    return f"{broken.property} is broken, which is not yet {wanted}: {broken.detail}"


def candidates(staged: Staged) -> str:
    """Who is still waiting for votes."""
    waiting = [
        f"{server} is a candidate of term {state.standing.current_term}"
        for server, state in _running(staged)
        if state.standing.role == CANDIDATE
    ]
    return f"{listed(waiting)}." if waiting else ""


def committed(staged: Staged) -> str:
    """The most that anybody holds for committed."""
    most, server = max(
        ((state.commit_index, server) for server, state in _running(staged)), default=(0, "")
    )
    return f"{server} holds index {most} for committed." if most else "Nothing is committed."


def logs(staged: Staged) -> str:
    """The terms in each log, as Figure 8 draws them; nothing if all logs are empty."""
    running = _running(staged)
    if not any(len(state.log) for _, state in running):
        return ""
    each = (
        f"{server} {' '.join(str(entry.term) for entry in state.log) or 'none'}"
        for server, state in running
    )
    return f"Terms in the logs: {', '.join(each)}."


def _elected(staged: Staged) -> list[tuple[int, str]]:
    """Every term that had a leader, and who it was."""
    elected: dict[tuple[int, str], None] = {}
    for record in staged.cluster.history.records:
        state = getattr(record, "state", None)
        if isinstance(record, Step) and state is not None and state.standing.role == LEADER:
            elected[(state.standing.current_term, record.process)] = None
    return list(elected)


def _running(staged: Staged) -> list[tuple[str, ServerState]]:
    """The servers that are up, with their states."""
    states = ((server, staged.cluster.state(server)) for server in staged.cluster.servers)
    return [(server, state) for server, state in states if state is not None]
