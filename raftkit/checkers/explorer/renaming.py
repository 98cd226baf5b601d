"""What a message, an action, a vote or a server's visible state becomes when servers change names.

These are pure functions on values. symmetry.py finds out whether servers behave the same under
other names.
"""

from collections.abc import Mapping
from dataclasses import is_dataclass, replace
from typing import Any

from raftkit.checkers.explorer.search_actions import Arrives, SearchAction, Torn, Vanishes
from raftkit.protocol import ServerState

Names = Mapping[str, str]  # from each server's name to its new one


def renamed_message(names: Names, message: Any) -> Any:
    """Return the message between the servers that now have these names.

    >>> from raftkit.protocol import RequestVoteResponse
    >>> vote = RequestVoteResponse("S1", "S2", 4, vote_granted=True)
    >>> renamed_message({"S1": "S3", "S2": "S2", "S3": "S1"}, vote).source
    'S3'
    """
    if not is_dataclass(message) or isinstance(message, type):
        return message  # A message of a student's own class that is no dataclass cannot be renamed.
    ends: Any = {"source": names[message.source], "target": names[message.target]}  # type: ignore[attr-defined]
    return replace(message, **ends)


def renamed_action(names: Names, action: SearchAction) -> SearchAction:
    """Return the action of the server that now has this name.

    >>> from raftkit.checkers.explorer.search_actions import Crashes
    >>> renamed_action({"S1": "S2", "S2": "S1"}, Crashes("S1"))
    Crashes(server='S2')
    """
    if isinstance(action, Torn):
        torn: Any = renamed_action(names, action.action)
        return Torn(torn, action.keep)
    if isinstance(action, Arrives | Vanishes):
        return replace(action, message=renamed_message(names, action.message))
    return replace(action, server=names[action.server])


def renamed_view(names: Names, server: str, state: ServerState) -> tuple[Any, ...]:
    """Return a server's visible state under new names, in a form that ignores the order of peers.

    With the renaming that changes nothing, two such forms can be compared.
    """
    standing, tally = state.standing, state.tally
    peers = [name for name in names if name != server]
    progress = {names[peer]: known for peer, known in zip(peers, state.progress, strict=False)}
    votes = None
    if tally is not None:
        votes = [{names.get(name) for name in side} for side in (tally.granted, tally.refused)]
    voted_for = standing.voted_for and names.get(standing.voted_for)
    return (
        standing.role,
        standing.current_term,
        voted_for,
        state.log,
        state.commit_index,
        state.last_applied,
        votes,
        progress,
    )
