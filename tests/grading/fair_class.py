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
FOLDER, OUT = Path(sys.argv[1]), Path(sys.argv[2])
MARKS = Path(sys.argv[4]) if len(sys.argv) > 4 else None
QUESTION = 5  # the one that is put to a stopped child
STOPPED_AT_MOST = 2

# Checks as they are, but fewer questions. At the top, because workers import this file, too.
cluster_trials.SHORT_TRIALS = story_search._ACTIONS = 0
cluster_trials.cluster_trial = lambda seed: Trial(3, seed, (), end=500_000, heals=True)
few_stories = tuple(stories(WORLDS[0]))[:100]
asking.all_stories = lambda: few_stories
every_scenario = ScenarioTest.scenarios.fget
ScenarioTest.scenarios = property(lambda test: every_scenario(test)[:1])
SearchTest.finding = LintTest.finding = lambda *_: None


class ShortNet(Net):
    """A net that is over once the question was put to a stopped child."""

    is_over = False

    def __init__(self, seconds):
        super().__init__(0.01 if ShortNet.is_over else seconds)
        ShortNet.is_over = False


class StoppedChild(Child):
    """A child that is stopped before one of its questions, if no two others were."""

    def _exchanged(self, request):
        if self._number + 1 == QUESTION and len(list(MARKS.glob("asked-*"))) < STOPPED_AT_MOST:
            (MARKS / f"asked-{os.getpid()}").touch()
            while not (MARKS / f"stopped-{os.getpid()}").exists():
                time.sleep(0.005)
            ShortNet.is_over = True
        return super()._exchanged(request)


if MARKS:
    sandbox.Child, sandbox.Net = StoppedChild, ShortNet

if __name__ == "__main__":
    jobs, limits = int(sys.argv[3]), Limits(call_seconds=0.2)
    grades = grade_class(FOLDER, seed=SEED, jobs=jobs, limits=limits, progress=lambda work, _: work)
    write_reports(grades, OUT, SEED)
