"""Mutants of notebook 01's solutions with full points, and why they are right.

Only 1.6 has some: many timeouts suit a network, and no small world says which of them are equal.
Each was measured on many networks when it was put here: `unfit` and the experiment accept it.
"""

from collections.abc import Mapping

_OFTEN = "A heartbeat takes as long as a message: six or twelve fit into the shortest timeout."
_SELDOM = "Fewer heartbeats fit into the shortest timeout, and a network still loses them seldom."
_MORE = "More heartbeats fit into the shortest timeout, and the outages stay short enough."
_HARDLY = "A microsecond more or less makes no difference."

REVIEWED: Mapping[str, Mapping[str, str]] = {
    "1.6": {
        "2 * latency_max -> 2 + latency_max": _OFTEN,
        "2 * latency_max -> latency_max": _OFTEN,
        "2 -> 1": _OFTEN,
        "2 -> 3": "All times are longer by a half, or only the longest, and outages short enough.",
        "latency_max -> latency_max + 1": _HARDLY,
        "latency_max -> latency_max - 1": _HARDLY,
        "6 -> 5": _SELDOM,
        "6 -> 7": _MORE,
        "heartbeat -> latency_max": "Three or twelve heartbeats fit into the shortest timeout.",
    }
}
