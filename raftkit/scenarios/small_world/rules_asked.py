"""Which rules a step asks: those of which the reference's answer says more than "nothing".

A server that answers nothing at all keeps many rules by chance; here it is seen that it was never
really asked.
"""

from collections.abc import Iterator

from raftkit.protocol import (
    AppendEntriesRequest,
    AppendEntriesResponse,
    ClientRequest,
    Effects,
    RequestVoteRequest,
    RequestVoteResponse,
    ServerState,
    TimerFired,
)
from raftkit.protocol.roles import LEADER
from raftkit.scenarios.small_world.complaint import (
    APPLYING,
    BEATING,
    CHECKING,
    CLIENTS,
    COMMITTING,
    ELECTING,
    FOLLOWING,
    HEEDING,
    KEEPING,
    MERGING,
    NAMING,
    PROGRESS,
    RESTARTING,
    SENDING,
    TERMS,
    VOTING,
    WAITING,
    WRITING_FIRST,
)
from raftkit.scenarios.small_world.events import Happening
from raftkit.scenarios.small_world.living import RESTART


def rules_asked(
    event: Happening, before: ServerState, after: ServerState, effects: Effects
) -> Iterator[str]:
    """The rules that an event asks, to which the reference answers with these effects."""
    # Whoever cannot take entries yet may still know when to wait, and for which term.
    plain = not isinstance(event, AppendEntriesRequest)
    if effects.timers and plain:
        yield WAITING
    if _stored(before) != _stored(after):
        yield KEEPING
        yield WRITING_FIRST
    if effects.applied:
        yield APPLYING
    if effects.replies:
        yield NAMING if isinstance(event, ClientRequest) else CLIENTS
    if after.commit_index > before.commit_index:
        yield COMMITTING if after.standing.role == LEADER else FOLLOWING
    if plain and after.standing.current_term != before.standing.current_term:
        yield TERMS
    yield from _asked_by_event(event, before, after.standing.role == LEADER)


def _stored(state: ServerState) -> object:
    standing = state.standing
    return standing.current_term, standing.voted_for, state.log


def _asked_by_event(event: Happening, before: ServerState, leads: bool) -> Iterator[str]:
    """The rules that a kind of event asks in any case."""
    match event:
        case RequestVoteRequest():
            yield HEEDING if len(before.log) else VOTING
        case RequestVoteResponse() | TimerFired(timer="election"):
            yield ELECTING
        case TimerFired():
            yield BEATING
        case AppendEntriesRequest():
            yield MERGING if event.entries else CHECKING
        case AppendEntriesResponse() if leads:
            yield PROGRESS
        case ClientRequest() if leads:
            yield SENDING
    if leads and before.standing.role != LEADER:
        yield BEATING
    if event == RESTART and before.standing.current_term:
        yield RESTARTING
