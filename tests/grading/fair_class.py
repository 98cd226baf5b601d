"""Started by test_fair.py: grades a folder with short checks, while the test stops processes.

`fair_class.py FOLDER OUT JOBS [MARKS]`. With MARKS, a folder, the first judge in each of two
processes says by a file in it that a child answers questions, and waits until the test has stopped
that child. Then the wide net is over at once, as if a minute had passed.
"""

import os
import sys
import time
from pathlib import Path

from raftkit.checkers import Trial
from raftkit.course.checking import cluster_trials, story_search
from raftkit.course.checking.lint_and_search import LintTest, SearchTest
from raftkit.course.checking.server_stages import ScenarioTest
from raftkit.grading import sandbox
from raftkit.grading.channels import Net
from raftkit.grading.class_run import grade_class
from raftkit.grading.report import write_reports
from raftkit.grading.sandbox import Child, Limits
from raftkit.scenarios.small_world import asking
from raftkit.scenarios.small_world.stories import stories
from raftkit.scenarios.small_world.worlds import WORLDS

SEED = 5
QUESTION = 5  # the one that is put to a stopped child
STOPPED_AT_MOST = 2


class ShortNet(Net):
    """A net that is over once the question was put to a stopped child."""

    is_over = False

    def __init__(self, seconds):
        super().__init__(0.01 if ShortNet.is_over else seconds)
        ShortNet.is_over = False


class StoppedChild(Child):
    """A child that is stopped before one of its questions, if no two others were."""

    marks = Path()

    def _exchanged(self, request):
        asked = self.marks / f"asked-{os.getpid()}"
        if self._number + 1 == QUESTION and len(list(self.marks.glob("asked-*"))) < STOPPED_AT_MOST:
            asked.touch()
            while not (self.marks / f"stopped-{os.getpid()}").exists():
                time.sleep(0.005)
            ShortNet.is_over = True
        return super()._exchanged(request)


def ask_less(*marks):
    """Let checks be as they are, but ask fewer questions; with `marks`, let children be stopped."""
    cluster_trials.SHORT_TRIALS = story_search._ACTIONS = 0
    cluster_trials.cluster_trial = lambda seed: Trial(3, seed, (), end=500_000, heals=True)
    few_stories = tuple(stories(WORLDS[0]))[:100]
    asking.all_stories = lambda: few_stories
    every_scenario = ScenarioTest.scenarios.fget
    ScenarioTest.scenarios = property(lambda test: every_scenario(test)[:1])
    SearchTest.finding = LintTest.finding = lambda *_: None
    for folder in marks:
        StoppedChild.marks = Path(folder)
        sandbox.Child, sandbox.Net = StoppedChild, ShortNet


def main(folder, out, jobs):
    grades = grade_class(
        Path(folder),
        seed=SEED,
        jobs=int(jobs),
        limits=Limits(call_seconds=0.2),
        progress=lambda work, _: work,
    )
    write_reports(grades, Path(out), SEED)


# Workers import this file, too, by another name.
if __name__ in ("__main__", "__mp_main__"):
    ask_less(*sys.argv[4:])
if __name__ == "__main__":
    main(*sys.argv[1:4])
