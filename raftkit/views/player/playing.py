"""`play`: makes a live player.

It plays a cluster, a history, or the run in the result of a check, a story or a schedule, with
the rules or servers that the run was made with. It does not know how a player works.
"""

from dataclasses import replace
from typing import Any

from raftkit.checkers import Cluster
from raftkit.checkers.trials import AnyRules
from raftkit.protocol import Server
from raftkit.simulator import History, System
from raftkit.simulator.by_hand import is_by_hand
from raftkit.simulator.number_arguments import MILLISECOND
from raftkit.simulator.raft_system import MakeServer
from raftkit.views.player.browser_setup import Positions
from raftkit.views.player.futures import Futures
from raftkit.views.player.moment import moment_of
from raftkit.views.player.played_system import watch_played
from raftkit.views.player.player import Player
from raftkit.views.player.scenes import SCENES, Scene
from raftkit.views.recording import Playable, Recording
from raftkit.views.topology_layout import positions_of

# By hand an action takes a millisecond, so it is played more slowly.
SPEED, SPEED_BY_HAND = 1 / 100, 1 / 500


def play(
    source: System | History | Playable | str | None = None,
    *,
    rules: AnyRules = None,
    make_server: MakeServer | None = None,
    title: str = "",
    positions: Positions | None = None,
    scenes: tuple[Scene, ...] | None = None,
    speed: float | None = None,
    at_ms: float | None = None,
    still: bool | None = None,
) -> Any:
    """A live picture of a cluster or another system that one can act on, or a history's recording.

    `source` itself is not changed: the player continues its past in futures of its own. The results
    of `replay`, `try_out` and `act_out` can be played too, with the answer in the servers; if there
    is nothing to play, the result is returned as it is. So can a text that `share` has made: the
    player opens at its instant. Without a source, five servers start.
    `rules` and `make_server` are for the five servers, or for a history that was made with them. At
    `speed` 1 a virtual second takes a second. `positions` places servers, with coordinates from 0
    to 1, like a networkx layout that is rescaled to that range. It opens at `at_ms`, by default
    shortly before the first broken property. It plays as soon as it is seen, unless `still`; by
    default it is still if `at_ms` is given, or if its run is by hand. Raises ValueError for a
    cluster with `rules` or `make_server`, because a cluster has its own.

    >>> player = play(Cluster(servers=3, seed=7))
    >>> player
    A Raft cluster: S1, S2 and S3 from 0 ms to 0 ms; 0 messages, 0 lost.
    """
    given = {"rules": rules, "make_server": make_server}
    recording = _recording(source, {name: part for name, part in given.items() if part is not None})
    if recording is None:
        assert not isinstance(source, System | History | str | None)
        return source
    opening_ms = recording.opening_ms if at_ms is None else at_ms
    by_hand = is_by_hand(recording.history, round(opening_ms * 1_000))
    if speed is None:
        speed = SPEED_BY_HAND if by_hand else SPEED
    live = source if isinstance(source, System) else None
    is_raft = "settings" in recording.history.setup
    if scenes is None:
        # The prepared scenes need a leader.
        scenes = SCENES if is_raft else ()
    return Player(
        Futures(live or recording.history, recording.parts),
        title=title or recording.title or ("A Raft cluster" if is_raft else "A system"),
        positions=positions or _positions(recording.history),
        scenes=scenes,
        speed=speed,
        at_ms=opening_ms,
        still=by_hand or at_ms is not None or isinstance(source, str) if still is None else still,
    )


def _positions(history: History) -> Positions:
    """The places of a network's servers as it lies: a ring as a ring, a tree as a tree."""
    import networkx

    graph = networkx.Graph()
    graph.add_nodes_from(history.setup.get("servers", ()))
    graph.add_edges_from((one, other) for one, other, _ in history.setup.get("edges", ()))
    # The layout's y grows downwards, that of given positions upwards.
    return {name: (x, 1 - y) for name, (x, y) in positions_of(graph).items()}


def _recording(
    source: System | History | Playable | str | None, parts: dict[str, Any]
) -> Recording | None:
    """The recording of a source, with the rules or servers in `parts`; None if there is none."""
    if isinstance(source, System):
        if parts:
            raise ValueError(
                f"a cluster has its own {' and '.join(parts)}: hand yours to Cluster(...)"
            )
        return Recording(source.history)
    if source is None:
        made = {"make_server": Server} | parts
        return Recording(Cluster(servers=5, watch=(watch_played,), **made).history, **parts)
    if isinstance(source, str):
        moment = moment_of(source)
        return Recording(moment.run, from_ms=moment.time / MILLISECOND, **parts)
    if isinstance(source, History):
        return Recording(source, **parts)
    return replace(source.recording, **parts) if source.recording else None
