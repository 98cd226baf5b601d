"""`Asking`: servers of a class live through every story of the small worlds.

For each rule that they break it keeps the shortest story in which they do, and it counts how often
each rule could be asked: a server that goes wrong before has not shown that it keeps the rule.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache

from raftkit.protocol import Persistent
from raftkit.scenarios.small_world.complaint import Complaint
from raftkit.scenarios.small_world.events import RESTART
from raftkit.scenarios.small_world.judged_disk import on_disk
from raftkit.scenarios.small_world.judging import StoryJudge, rule_of_event
from raftkit.scenarios.small_world.stories import START, Step, Story
from raftkit.scenarios.small_world.taken_steps import Life, Lived, Turn
from raftkit.scenarios.small_world.worlds import all_stories

Lives = Callable[[Iterable[Life]], Iterator[Lived]]

# A rule counts as asked if this share of the steps that are about it was reached.
ENOUGH = 0.1


@dataclass(frozen=True)
class BrokenStory:
    """A story up to the step at which a rule is broken; an `error` comes without a complaint."""

    story: Story
    steps: int
    complaint: Complaint | None
    error: Exception | None = None


@dataclass
class Verdicts:
    """What was found for each rule."""

    broken: dict[str, BrokenStory] = field(default_factory=dict)
    asked: Counter[str] = field(default_factory=Counter)

    def note(self, rule: str, found: BrokenStory) -> None:
        """Keep what was found, unless the same was found in a shorter story."""
        before = self.broken.get(rule)
        if before is None or found.steps < before.steps:
            self.broken[rule] = found

    def is_asked(self, rule: str) -> bool:
        """Whether the rule could be asked often enough to say that it is kept."""
        return self.asked[rule] >= ENOUGH * _asked_in_all()[rule]


class Asking:
    """Servers of a class as they live through story after story, the shortest first."""

    def __init__(self, lives: Lives) -> None:
        self.verdicts = Verdicts()
        self._judged = self._judge_all(lives)

    def all(self) -> Verdicts:
        """What all stories say of the servers."""
        for _ in self._judged:
            pass
        return self.verdicts

    def broken(self, rule: str) -> BrokenStory | None:
        """A story in which a rule is broken; no further story is lived than it takes."""
        while rule not in self.verdicts.broken and next(self._judged, None):
            pass
        return self.verdicts.broken.get(rule)

    def _judge_all(self, lives: Lives) -> Iterator[Story]:
        stories = all_stories()
        for story, lived in zip(stories, lives(map(life_of, stories)), strict=True):
            _judge(story, lived, self.verdicts)
            yield story


def ask_all(lives: Lives) -> Verdicts:
    """Let servers live through all stories."""
    return Asking(lives).all()


def life_of(story: Story) -> Life:
    """A story as what a server is to live through."""
    world = story.world
    return Life(world.id, world.names, world.settings, tuple(map(_turn_of, story.steps)))


@cache
def _turn_of(step: Step) -> Turn:
    """A step as a turn, made once, because many stories begin alike."""
    disk = on_disk(step.before) if step.event in (START, RESTART) else None
    return Turn(step.event, None if disk == Persistent() else disk)


def _judge(story: Story, lived: Lived, verdicts: Verdicts) -> None:
    """Note what is wrong with one life."""
    judge = StoryJudge(story)
    for place, step in enumerate(story.steps, 1):
        if place > len(lived.steps):
            found = BrokenStory(story, place, None, lived.error)
            verdicts.note(rule_of_event(step), found)
            return
        for complaint in judge.complaints(step, lived.steps[place - 1]):
            verdicts.note(complaint.rule, BrokenStory(story, place, complaint))
        if judge.over:
            return
        verdicts.asked.update(step.rules)


@cache
def _asked_in_all() -> Counter[str]:
    """How often each rule is asked of a server that makes no mistake."""
    return Counter(rule for story in all_stories() for step in story.steps for rule in step.rules)
