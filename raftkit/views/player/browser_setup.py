"""The data of a player for the browser that never change: names, links, places, colours, scenes.

It does not know time.
"""

from typing import Any

from raftkit.protocol import Settings
from raftkit.protocol.json_form import from_json
from raftkit.simulator import History
from raftkit.views.palette import NO_TERM, TERM_COLOURS
from raftkit.views.player.scenes import Scene

Json = dict[str, Any]
Positions = dict[str, tuple[float, float]]


def setup_of(
    history: History,
    title: str,
    positions: Positions,
    scenes: tuple[Scene, ...],
) -> Json:
    """The data for the browser that never changes."""
    setup = history.setup
    settings = from_json(setup["settings"]) if "settings" in setup else Settings()
    return {
        "title": title,
        "raft": "settings" in setup,
        "servers": list(setup.get("servers", ())),
        "clients": list(setup.get("clients", ())),
        "edges": [[a, b] for a, b, _ in setup.get("edges", ())],
        "positions": {name: list(at) for name, at in positions.items()},
        "timeout": [settings.election_timeout_min, settings.election_timeout_max],
        "colours": list(TERM_COLOURS),
        "noTerm": NO_TERM,
        "scenes": [scene.to_json() for scene in scenes],
    }
