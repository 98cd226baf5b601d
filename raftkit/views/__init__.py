"""The views: functions that draw histories, logs and other values as pictures.

Every view returns a `Picture`: an SVG with its own background, a sentence for people who cannot
see it, and a full rendering as text. They do not run or check anything.
"""

from typing import TYPE_CHECKING

from raftkit.views.draw_ballot import draw_ballot
from raftkit.views.draw_contract import draw_contract
from raftkit.views.draw_logs import draw_last_entries, draw_logs
from raftkit.views.draw_moments import draw_moments
from raftkit.views.draw_outages import draw_outages
from raftkit.views.draw_roles import draw_roles, role_graph
from raftkit.views.draw_storage import draw_storage
from raftkit.views.draw_topology import draw_topology
from raftkit.views.picture import Picture
from raftkit.views.space_time import space_time

if TYPE_CHECKING:
    from raftkit.views.operations_picture import draw_operations

__all__ = [
    "Picture",
    "draw_ballot",
    "draw_contract",
    "draw_last_entries",
    "draw_logs",
    "draw_moments",
    "draw_operations",
    "draw_outages",
    "draw_roles",
    "draw_storage",
    "draw_topology",
    "role_graph",
    "space_time",
]


def __getattr__(name: str) -> object:
    # The other pictures need no check of what clients saw, which takes long to load.
    if name == "draw_operations":
        from raftkit.views.operations_picture import draw_operations

        return draw_operations
    raise AttributeError(f"raftkit.views has no {name!r}")
