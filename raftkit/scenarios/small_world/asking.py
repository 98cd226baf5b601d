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
from raftkit.scenarios.small_world.judged_disk import on_disk
from raftkit.scenarios.small_world.judging import StoryJudge, rule_of_event
from raftkit.scenarios.small_world.living import RESTART, START
from raftkit.scenarios.small_world.stories import Story
from raftkit.scenarios.small_world.taken_steps import Life, Lived, Turn
from raftkit.scenarios.small_world.worlds import all_stories

Lives = Callable[[Iterable[Life]], Iterator[Lived]]

# A rule counts as asked if this share of the steps that are about it was reached.
ENOUGH = 0.1


@dataclass(frozen=True)
class BrokenStory:
    """A story in whose last step a rule is broken; an `error` comes without a complaint."""

    story: Story
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
        if before is None or len(found.story.steps) < len(before.story.steps):
            self.broken[rule] = found

    def is_asked(self, rule: str) -> bool:
        """Whether the rule could be asked often enough to say that it is kept."""
        return self.asked[rule] >= ENOUGH * _asked_in_all()[rule]


class Asking:
    """Servers of a class as they live through story after story, the shortest first."""

    def __init__(self, lives: Lives) -> None:
        self.verdicts = Verdicts()
        # Of the stories that others begin with, as long as nothing in them is another story.
        self._judges: dict[Story, StoryJudge] = {}
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
            judge = self._judge_before(story)
            if judge is not None:
                self._judge(judge, story, lived)
            yield story

    def _judge_before(self, story: Story) -> StoryJudge | None:
        """A judge who has seen all but the last step; None if there is no more to be judged."""
        if story.before is None:
            return StoryJudge(story.world)
        known = self._judges.get(story.before)
        return known and known.twin()

    def _judge(self, judge: StoryJudge, story: Story, lived: Lived) -> None:
        """Note what is wrong with the last step."""
        step = story.steps[-1]
        if lived.step is None:
            self.verdicts.note(rule_of_event(step), BrokenStory(story, None, lived.error))
            return
        for complaint in judge.complaints(step, lived.step):
            self.verdicts.note(complaint.rule, BrokenStory(story, complaint))
        if judge.over:
            return
        self.verdicts.asked.update(step.rules)
        if story.goes_on:
            self._judges[story] = judge


def ask_all(lives: Lives) -> Verdicts:
    """Let servers live through all stories."""
    return Asking(lives).all()


@cache
def life_of(story: Story) -> Life:
    """A story as what a server is to live through."""
    world, step = story.world, story.steps[-1]
    disk = on_disk(step.before) if step.event in (START, RESTART) else None
    turn = Turn(step.event, None if disk == Persistent() else disk)
    before = life_of(story.before) if story.before is not None else None
    return Life(before, (world.id, world.names, world.settings), turn, story.goes_on)


@cache
def _asked_in_all() -> Counter[str]:
    """How often each rule is asked of a server that makes no mistake."""
    return Counter(rule for story in all_stories() for rule in story.steps[-1].rules)
