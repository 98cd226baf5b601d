"""The checks of notebook 06: one exercise for each broken Raft.

The exercises differ only in the Raft that they are about. How schedules are judged and drawn
is in `raftkit/course/nemesis/`.
"""

from functools import partial

from raftkit.course.chapters.nemesis.cases import prompt_pictures, shortest_schedules
from raftkit.course.chapters.nemesis.cases.targets import TARGETS
from raftkit.course.checking.cases import Checks
from raftkit.course.nemesis import Schedule
from raftkit.course.nemesis.run_picture import draw_run_on
from raftkit.course.nemesis.schedule_cases import cases_against

CHECKS = {
    id: Checks(
        returns=Schedule,
        cases=cases_against(target),
        picture=prompt_pictures.PICTURES[id],
        reference=shortest_schedules.SCHEDULES[id],
        demonstration=partial(draw_run_on, target),
        shows=target.picture,
    )
    for id, target in TARGETS.items()
}
