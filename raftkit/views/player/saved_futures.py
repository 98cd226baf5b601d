"""The futures of a player as a saved page holds them: each different window once, compressed.

Futures have a common past, so most windows of one are windows of another, too: they are neither
told nor stored again. The watched future is always whole; of the others those are kept that fit.
It knows neither the page nor what is in a window.
"""

import base64
import json
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from raftkit.simulator.garbage import without_collecting
from raftkit.views.player.futures import Future
from raftkit.views.player.packing import packed
from raftkit.views.player.timeline import WINDOW

Json = dict[str, Any]

LIMIT = 5_000_000  # characters of windows: somewhat more than twenty minutes of a quiet cluster


@dataclass
class SavedFutures:
    """The windows as text, and of each kept future the places of its windows among them."""

    windows: list[str] = field(default_factory=list)
    places: dict[int, list[int]] = field(default_factory=dict)
    kept: list[Future] = field(default_factory=list)
    left_out: list[Future] = field(default_factory=list)

    def to_json(self) -> list[Json]:
        """The kept futures for the browser's tree; one whose parent is left out has none."""
        return [
            future.to_json() | ({} if future.parent in self.places else {"parent": None})
            for future in self.kept
        ]

    @property
    def note(self) -> str:
        """What is missing, in words; "" if nothing is."""
        if not self.left_out:
            return ""
        labels = "; ".join(future.label or "the first future" for future in self.left_out[:3])
        more = f" and {len(self.left_out) - 3} more" if len(self.left_out) > 3 else ""
        return (
            f"{len(self.left_out)} of {len(self.left_out) + len(self.kept)} futures are left out "
            f"({labels}{more}): with them this file would be over {LIMIT / 1e6:g} MB."
        )


def saved(futures: Sequence[Future], watched: Future, until: int) -> SavedFutures:
    """The watched future and as many others as fit into a page, each up to the instant `until`."""
    store, size = SavedFutures(), 0
    with without_collecting():
        for future in (watched, *(other for other in futures if other is not watched)):
            before = len(store.windows)
            places = list(_places(store, future, until))
            more = sum(map(len, store.windows[before:]))
            if future is not watched and size + more > LIMIT:
                del store.windows[before:]
                store.left_out.append(future)
                continue
            size += more
            store.places[future.id] = places
            store.kept.append(future)
    store.kept.sort(key=lambda future: future.id)
    return store


def _places(store: SavedFutures, future: Future, until: int) -> Iterator[int]:
    """The places of a future's windows; those that no kept future has are added."""
    timeline = future.timeline
    timeline.read()
    # The kept future that has most of its past in common with this one.
    shared = {kept.id: timeline.common_until(kept.timeline) for kept in store.kept}
    near = max(store.kept, key=lambda kept: shared[kept.id], default=None)
    for number in range(min(until, future.end) // WINDOW + 1):
        if (
            near is not None
            and (number + 1) * WINDOW <= shared[near.id]
            and number < len(store.places[near.id])
            and timeline.tells_as(near.timeline, number)
        ):
            yield store.places[near.id][number]
        else:
            window = timeline.window(number)
            assert window is not None
            store.windows.append(_deflated(packed(window)))
            yield len(store.windows) - 1


def _deflated(window: Json) -> str:
    """A window as one line: JSON, compressed (RFC 1950), in base64."""
    text = json.dumps(window, separators=(",", ":")).encode("utf-8")
    return base64.b64encode(zlib.compress(text)).decode("ascii")
