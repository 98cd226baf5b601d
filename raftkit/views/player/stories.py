"""`story`: a lesson's own scene, told chapter by chapter in a player, or as pictures without one.

Its chapters are plain data. All of it has happened before it is shown, so the browser only goes
from question to question, in a saved file too. It does not know how a player works.
"""

from typing import Any

from raftkit.checkers import Cluster
from raftkit.simulator import System
from raftkit.views.player.futures import Futures
from raftkit.views.player.played_system import playable_copy
from raftkit.views.player.player import Player
from raftkit.views.player.playing import SPEED
from raftkit.views.player.scenes import Chapter, Scene
from raftkit.views.player.told_scene import ToldScene


def story(title: str, *chapters: Chapter, cluster: System | None = None, **options: Any) -> Player:
    """A story in chapters: each asks a question, waits for the reader, and shows what happens.

    It begins where `cluster` is, which is not changed, or with five servers that start. `options`
    are those of `Cluster`, if none is given. Without a kernel all chapters are read one below the
    other, each with its picture. Raises ValueError without a chapter, and for an action that the
    cluster refuses.

    >>> from raftkit.simulator import Timeout
    >>> told = story(
    ...     "Who leads?",
    ...     Chapter("S2 is the first to stand. Who votes for it?", "All.", (Timeout("S2"),), ms=40),
    ...     servers=3,
    ... )
    >>> told
    Who leads? 1. S2 is the first to stand. Who votes for it? All.
    """
    if not chapters:
        raise ValueError("a story has at least one chapter: story(title, Chapter(...))")
    begun = Cluster(**{"servers": 5} | options) if cluster is None else cluster
    copy = playable_copy(begun, begun.now_ms)
    scene = Scene(title, chapters)
    told = ToldScene(scene, tuple(scene.tell(copy)))
    return Player(
        Futures(copy),
        title=title,
        positions={},
        scenes=(),
        speed=SPEED,
        at_ms=told.times[0] / 1_000,
        still=True,
        told=told,
    )
