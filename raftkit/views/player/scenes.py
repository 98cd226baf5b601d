"""The prepared scenes, which a lecturer shows with one key each: titles, narration, questions.

What happens in each stands in scene_stories.py. Scenes can be shown in any order, with other
actions between them. It does not know how a cluster is drawn.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from raftkit.simulator import RaftSystem
from raftkit.views.player import scene_stories as stories


@dataclass(frozen=True)
class Scene:
    """One scene: `story(cluster)` does actions that depend on the state of the cluster.

    The story may let time pass between them; the player shows all of it from its beginning.
    """

    title: str
    narration: str
    story: Callable[[RaftSystem], Any]


SCENES = (
    Scene(
        "An election",
        "Somebody's patience ends. With the votes of a majority it leads.",
        stories.election,
    ),
    Scene(
        "A command",
        "The leader appends it, sends it, and commits it once a majority has it.",
        stories.command,
    ),
    Scene(
        "The leader falls",
        "All others lose patience at once. Will anybody have a majority?",
        stories.leader_falls,
    ),
    Scene(
        "Everybody is back",
        "Who was down starts from its disk, and catches up.",
        stories.everybody_is_back,
    ),
    Scene(
        "The leader in a minority",
        "It still takes commands. Can it commit them? What do the others do?",
        stories.minority,
    ),
    Scene(
        "The network heals",
        "Two leaders, two terms. Which one gives way, and which entries stay?",
        stories.heal,
    ),
    Scene(
        "Logs that differ",
        "Cut off, the old leader takes two commands; a new one takes three. When they meet again, "
        "how do the logs become equal?",
        stories.logs_that_differ,
    ),
    Scene(
        "Figure 8",
        "An entry of an older term comes to be on a majority. Why must its leader not count it "
        "as committed?",
        stories.figure_8,
    ),
    Scene(
        "Duelling candidates",
        "Each stands before the other's votes are back. When does this end, and what ends it?",
        stories.duel,
    ),
    Scene(
        "A leader that hears nobody",
        "Everybody hears its heartbeats, and no answer comes back. Does anybody stand against it? "
        "What becomes of the command?",
        stories.one_way_cut,
    ),
    Scene(
        "A stale reader",
        "The old leader is cut off, and asked for x. The others have changed it. What may it say?",
        stories.stale_reader,
    ),
    Scene(
        "A slow disk",
        "One follower writes for half a second. Who waits for it?",
        stories.slow_disk,
    ),
    Scene(
        "Written, and not said",
        "A follower has written the entry, and dies before it can answer. What does the leader "
        "know, and what does the follower?",
        stories.crash_before_the_answer,
    ),
)
