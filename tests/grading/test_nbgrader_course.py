"""A course of nbgrader, graded by nbgrader itself: its points are those of our checks."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from nbgrader.api import Gradebook

from raftkit.course import exercises_of
from raftkit.grading.nbgrader_course import fill_course
from raftkit.grading.sandbox import Limits
from raftkit.grading.single_notebook import check_notebook
from tests.grading.conftest import ASSIGNMENT


def nbgrader(course, *arguments):
    """Run a command of nbgrader in a course, with nobody's configuration but the course's own."""
    own = course.parent / "jupyter"
    places = ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR")
    # nbgrader calls programs of its own environment, which need not be active.
    path = os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"]))
    done = subprocess.run(
        [sys.executable, "-m", "nbgrader", *arguments],
        cwd=course,
        env=os.environ | {"PATH": path} | {name: str(own / name) for name in places},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr[-3000:]


def hand_in(course, student, changed):
    """A student's copy of the released notebook with other sources for some answers."""
    released = course / "release" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
    content = json.loads(released.read_text(encoding="utf-8"))
    for cell in content["cells"]:
        mark = cell["metadata"].get("nbgrader", {}).get("grade_id")
        if mark in changed:
            cell["source"] = changed[mark].splitlines(keepends=True)
    target = course / "submitted" / student / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
    target.parent.mkdir(parents=True)
    target.write_text(json.dumps(content), encoding="utf-8")


def answers(repository, **others):
    """The master's answers by the marks of their cells, with some others."""
    content = json.loads((repository / "solutions" / f"{ASSIGNMENT}.ipynb").read_text("utf-8"))
    marks = [(cell["metadata"].get("nbgrader", {}), cell) for cell in content["cells"]]
    solved = {mark["grade_id"]: "".join(c["source"]) for mark, c in marks if mark.get("solution")}
    return solved | {name.replace("_", "-"): source for name, source in others.items()}


TOO_FEW = "def has_majority(granted, refused, servers):\n    return granted > 2"
NO_ANSWER = "def should_grant_vote(standing, request, up_to_date):\n    return 7"
NO_PYTHON = "def has_majority(granted, refused, servers)\n    return"
LOUD = (
    "import sys\ndef is_up_to_date(*ends):\n"
    "    print(ends, file=sys.stderr)\n    return ends[:2] >= ends[2:]"
)
CLASS = {
    "full": {},
    "partial": {"ex_2_1": TOO_FEW, "ex_2_2": LOUD, "ex_2_3": NO_ANSWER},
    "broken": {"ex_2_1": NO_PYTHON, "ex_2_2": "1 / 0"},
}


@pytest.mark.once
@pytest.mark.parametrize("by_hand", [False, True], ids=["released", "by hand"])
def test_nbgrader_gives_the_points_of_our_checks(tmp_path, repository, by_hand):
    course = tmp_path / "course"
    put_master_into(course, repository / "solutions" / f"{ASSIGNMENT}.ipynb", by_hand)
    nbgrader(course, "generate_assignment", ASSIGNMENT, "--create")
    students = ["partial"] if by_hand else CLASS
    hand_in(course, "untouched", {})
    for student in students:
        hand_in(course, student, answers(repository, **CLASS[student]))

    nbgrader(course, "autograde", ASSIGNMENT, "--create")
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as gradebook:
        graded = gradebook.submission_dicts(ASSIGNMENT)
    points = {each["student"]: each["score"] for each in graded}
    assert set(points) == {"untouched", *students}
    assert points["untouched"] == 0
    assert by_hand or points["full"] == sum(each.points for each in exercises_of(ASSIGNMENT))
    for student, earned in points.items():
        handed_in = course / "submitted" / student / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
        assert earned == check_notebook(handed_in, 0, Limits()).points, student


def put_master_into(course, master, by_hand):
    """Fill a course with one master: by our command, or as somebody copies a file."""
    if by_hand:
        target = course / "source" / ASSIGNMENT / master.name
        target.parent.mkdir(parents=True)
        target.write_bytes(master.read_bytes())
        return
    alone = course.parent / "solutions"
    alone.mkdir()
    (alone / master.name).write_bytes(master.read_bytes())
    shutil.copytree(master.parent / "pictures", alone / "pictures")
    fill_course(alone, course)


def test_a_configuration_that_is_there_stays(tmp_path, repository):
    (tmp_path / "nbgrader_config.py").write_text("# mine")

    written = fill_course(repository / "solutions", tmp_path)

    assert (tmp_path / "nbgrader_config.py").read_text() == "# mine"
    assert {path.parent.name for path in written} == {path.stem for path in written}
    assert 'src="pictures/' not in "".join(path.read_text("utf-8") for path in written)
