"""What a server's data look like in a moving picture: its disc, its words, its log entries.

The data are those of server_data.py. It does not know time or places.
"""

from typing import Any

from raftkit.views.palette import ALARM, FAINT, NO_TERM, term_colour

Json = dict[str, Any]


def leads(state: Json) -> bool:
    return bool(state["up"]) and state.get("role") == "leader"


def link_style(state: Json) -> str:
    """The style of a link that works or is cut."""
    if state["cut"]:
        return f"stroke:{ALARM};stroke-dasharray:3 6;opacity:1"
    return f"stroke:{FAINT};stroke-dasharray:none;opacity:.7"


def disc_style(state: Json) -> str:
    """The style of a server's disc."""
    if not state["up"]:
        return f"fill:{NO_TERM};stroke-width:1.5px;stroke-dasharray:3 3"
    width, dashes = {"leader": (6, "none"), "candidate": (3, "6 4")}.get(
        state["role"], (1.5, "none")
    )
    return f"fill:{term_colour(state['term'])};stroke-width:{width}px;stroke-dasharray:{dashes}"


def badge(state: Json) -> str:
    return str(state["term"]) if state["up"] else "✕"


def vote(name: str, state: Json) -> str:
    voted = state.get("vote") if state["up"] else None
    return f"✓ {voted}" if voted and voted != name else ""


def role(state: Json) -> str:
    role = state.get("role", "") if state["up"] else ""
    return role if role in ("leader", "candidate") else ""


def entry_at(state: Json, index: int) -> tuple[int, str, bool] | None:
    """The entry at an index, and whether it is committed."""
    if not state["up"] or not state.get("log"):
        return None
    log = state["log"]
    place = index - log["first"]
    if not 0 <= place < len(log["entries"]):
        return None
    term, command = log["entries"][place]
    return term, command or "no-op", index <= state["commit"]
