"""The check of an action's arguments: it may name only servers, clients and links that exist.

An action that names others is refused before it is recorded. This module does not know
what an action does.
"""

from typing import Any

from raftkit.protocol.json_form import to_json
from raftkit.simulator.action_effects import is_action
from raftkit.simulator.faults import Cut, Mend, Timeout
from raftkit.simulator.simulation import Simulation


def check_action(
    action: Any, servers: tuple[str, ...], clients: tuple[str, ...], simulation: Simulation
) -> None:
    """Raise ValueError unless `action` is an action and all that it names exists."""
    if not is_action(action):
        raise ValueError(f'{action!r} is no action: give a fault such as Crash("S1")')
    if not isinstance(getattr(action, "command", ""), str):
        raise ValueError(f"a command is text, not {action.command!r}")
    # Clients have a timer too, but no other action that names a server may name them.
    named = (*servers, *clients) if isinstance(action, Timeout) else servers
    _require_known(getattr(action, "server", None), named, "server")
    _require_known(getattr(action, "client", None), clients, "client")
    for name in (getattr(action, "source", None), getattr(action, "target", None)):
        _require_known(name, (*servers, *clients), "server or client")
    for group in getattr(action, "groups", ()):
        for name in group:
            _require_known(name, (*servers, *clients), "server or client")
    if isinstance(action, Cut | Mend):
        simulation.network.require_link(action.source, action.target)
    try:
        to_json(action)
    except TypeError as error:
        # It would run, but the history could never be saved.
        raise ValueError(f"an action consists of plain values: {error}") from None


def _require_known(name: str | None, known: tuple[str, ...], kind: str) -> None:
    """Raise ValueError, with the known names, for a name that is not known; None is no name."""
    if name is not None and name not in known:
        there = ", ".join(known) or "none"
        raise ValueError(f"there is no {kind} {name!r} in this cluster; it has {there}")
