"""The live player: a cluster to watch, to steer, and to break, inside the notebook."""

from raftkit.views.player.futures import PlaybackOnly
from raftkit.views.player.player import Player
from raftkit.views.player.playing import play
from raftkit.views.player.scenes import SCENES, Scene

__all__ = ["SCENES", "PlaybackOnly", "Player", "Scene", "play"]
