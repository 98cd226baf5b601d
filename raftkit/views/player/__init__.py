"""The live player: a cluster to watch, to steer, and to break, inside the notebook."""

from raftkit.views.player.futures import PlaybackOnly
from raftkit.views.player.player import Player
from raftkit.views.player.playing import play
from raftkit.views.player.scenes import SCENES, Chapter, Scene
from raftkit.views.player.stories import story

__all__ = ["SCENES", "Chapter", "PlaybackOnly", "Player", "Scene", "play", "story"]
