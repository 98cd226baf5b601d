"""A lone server's small world: every small disk, every short story of events (Figure 2).

What a server can do wrong alone shows here; what takes several, in clusters. Everything is judged
beside the reference, with the freedom that the contract leaves.
"""

from raftkit.scenarios.small_world.asking import Asking, BrokenStory, Lives, Verdicts, ask_all
from raftkit.scenarios.small_world.complaint import RULES, SMALL_WORLD, Complaint
from raftkit.scenarios.small_world.judged_disk import on_disk
from raftkit.scenarios.small_world.taken_steps import Life, Lived, TakenStep, Turn, lives_of
from raftkit.scenarios.small_world.telling import story_as_program, story_in_words
from raftkit.scenarios.small_world.worlds import WORLDS, all_stories

__all__ = [
    "RULES",
    "SMALL_WORLD",
    "WORLDS",
    "Asking",
    "BrokenStory",
    "Complaint",
    "Life",
    "Lived",
    "Lives",
    "TakenStep",
    "Turn",
    "Verdicts",
    "all_stories",
    "ask_all",
    "lives_of",
    "on_disk",
    "story_as_program",
    "story_in_words",
]
