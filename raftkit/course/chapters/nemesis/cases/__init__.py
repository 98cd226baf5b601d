"""The broken Rafts of notebook 06, and what a schedule against each is asked.

An exercise for each target, alike but for the Raft that it is about. How schedules are
judged and drawn stands in `raftkit/course/nemesis/`.
"""

from functools import partial

from raftkit.course.chapters.nemesis.cases import good_days, shortest
from raftkit.course.chapters.nemesis.cases.targets import TARGETS
from raftkit.course.checking.cases import Checks
from raftkit.course.nemesis import Schedule
from raftkit.course.nemesis.drawing import against
from raftkit.course.nemesis.judging import cases_against

CHECKS = {
    id: Checks(
        returns=Schedule,
        cases=cases_against(target),
        picture=good_days.PICTURES[id],
        reference=shortest.SCHEDULES[id],
        demonstration=partial(against, target),
        shows=target.picture,
    )
    for id, target in TARGETS.items()
}
