"""Hostile submissions, graded as one class: nothing gained, nobody harmed, each with a sentence."""

import json
import os
import socket
import sys
import tempfile
import zipfile
from contextlib import suppress
from pathlib import Path

import pytest

from raftkit.course import exercise
from raftkit.grading import one_student
from raftkit.grading.class_run import grade_class
from raftkit.grading.sandbox import Limits

LINUX = pytest.mark.skipif(sys.platform != "linux", reason="the sentences are those of Linux")
pytestmark = [pytest.mark.once, pytest.mark.system, LINUX]


class ShortLimits(Limits):
    """Limits of which even the last is soon over, as one submission gets round the others."""

    cpu_seconds = 2


LIMITS = ShortLimits(0.1, 0.2, 1.0)
NOTEBOOK = "02_voting.ipynb"
RIGHT = "def has_majority(granted, refused, servers):\n    return granted > servers // 2"
WRONG = "def has_majority(granted, refused, servers):\n    return None"
NONE = "2.1: Your function returned None, and a bool was expected"


def read(text):
    """The submissions in a text, whose form is described at its beginning: sentences and cells."""
    sections = [section.partition("\n") for section in text.split("\n===== ")[1:]]
    words = {head: body.strip("\n") for head, _, body in sections if head[0] == "«"}
    submissions = {}
    for head, _, body in sections:
        if head not in words:
            for word, meaning in words.items():
                body = body.replace(word, meaning)
            submissions[head] = body.split("\n", 1)
    return submissions


HOSTILE = read(Path(__file__).with_name("hostile_notebooks.txt").read_text(encoding="utf-8"))


def notebook(source=WRONG, *others, marks=(), **content):
    """The text of a notebook with the answer to 2.1, and other cells after it."""
    marked = {"schema_version": 3, "grade_id": "ex-2-1", "solution": True, "grade": False}
    kept = {"cell_type": "code", "outputs": [], "execution_count": None}
    own = kept | {"source": source, "metadata": {"nbgrader": marked | dict(marks)}}
    cells = [own, *(kept | {"metadata": {}} | other for other in others)]
    return json.dumps(
        {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5} | content
    )


# Files -----------------------------------------------------------------------------------

FORGED = {"output_type": "execute_result", "data": {"text/plain": "6 of 6 points"}, "metadata": {}}
SAME_MARK = {"metadata": {"nbgrader": {"schema_version": 3, "grade_id": "ex-2-1"}}}
# What stands in a notebook's file, and a part of the sentence about it.
TEXTS = {
    "points in the marks": (notebook(marks={"points": 99, "grade": True}), NONE),
    "marks of wrong types": (notebook(marks={"grade_id": ["ex-2-1"], "solution": "yes"}), NONE),
    "a forged output": (notebook(WRONG, {"outputs": [FORGED], "source": "check"}), NONE),
    "points in the metadata": (notebook(metadata={"points": 6, "nbgrader": {"score": 6}}), NONE),
    "the mark of another exercise": (notebook(marks={"grade_id": "ex-2-4"}), NONE),
    "two answers of one mark": (notebook(WRONG, SAME_MARK | {"source": WRONG}), NONE),
    "a right answer below a wrong one": (
        notebook(WRONG, {"cell_type": "raw", "source": RIGHT}),
        NONE,
    ),
    "NaN": (notebook(metadata={"x": float("nan")}), NONE),
    "a version of its own": (notebook(nbformat=10**9, nbformat_minor="x"), NONE),
    "a number of many digits": ('{"cells": ' + "9" * 5_000 + "}", "damaged"),
    "brackets without end": ("[" * 500_000, "damaged"),
    "cells that are none": ('{"cells": [null, 7, [], {"cell_type": 7}, {"source": {}}]}', "names"),
    "cells in a dictionary": ('{"cells": {"0": "x"}}', "it has no cells"),
    "two keys of one name": ('{"cells": 7, ' + notebook()[1:], NONE),
    "another encoding": (notebook().encode("utf-16"), "damaged"),
    "half of a file": (notebook()[:200], "damaged"),
    "zeros": (b"\0" * 100_000, "damaged"),
    "a page": ("<html><body>Sign in to download</body></html>", "damaged"),
    "a notebook of long ago": ('{"worksheets": [{"cells": []}], "nbformat": 3}', "of format 3"),
    "21 MB": (notebook(metadata={"x": "x" * (21 << 20)}), "is larger than 20 MB"),
}


def bomb(path):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(NOTEBOOK, "0" * (10 << 20))


def bound(path):
    """A socket, bound from its folder, because its path may be too long."""
    before = Path.cwd()
    os.chdir(path.parent)
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(path.name)
    os.chdir(before)


# What is made at a path in the student's folder instead of a file, and its name.
MADE = {
    "a socket": (NOTEBOOK, bound, "is no file with a notebook in it"),
    "a pipe": (NOTEBOOK, os.mkfifo, "is no file with a notebook in it"),
    "a folder": (NOTEBOOK, os.mkdir, "the folder is empty"),
    "a device": (NOTEBOOK, lambda path: path.symlink_to("/dev/zero"), "links are not followed"),
    "a link to a neighbour": (
        NOTEBOOK,
        lambda path: path.symlink_to(f"../a good neighbour/{NOTEBOOK}"),
        "links are not followed",
    ),
    "a link to nothing": (NOTEBOOK, lambda path: path.symlink_to(path), "links are not followed"),
    "a zip that unpacks to much": (NOTEBOOK, bomb, "damaged"),
    "a zip": ("work.zip", bomb, "is an archive: hand in the .ipynb inside it"),
    "a long name": ("x" * 249 + ".ipynb", lambda path: path.write_text(notebook()), NONE),
    "a name on two lines": ("a\nb\x1b[2J.ipynb", lambda path: path.write_text("{"), "damaged"),
    "a name like a page": ("<b>.ipynb", lambda path: path.write_text("{"), "<b>.ipynb is damaged"),
    "the course's own solutions": (
        f"solutions/{NOTEBOOK}",
        lambda path: (path.parents[1] / "exercises").mkdir() or path.write_text(notebook(RIGHT)),
        "is the course's own, and was not graded",
    ),
}


@pytest.fixture(scope="module")
def seen(tmp_path_factory, short_search):
    """The grades of the whole class, and what is there afterwards that was not before."""
    folder, temporary = tmp_path_factory.mktemp("class"), tmp_path_factory.mktemp("temporary")
    names = {f"h{place:03}": name for place, name in enumerate((*HOSTILE, *TEXTS, *MADE))}
    for student, name in names.items():
        (folder / student).mkdir()
        write(folder / student, name)
    for student in ("a good neighbour", "the last neighbour"):
        (folder / student).mkdir()
        (folder / student / NOTEBOOK).write_text(notebook(RIGHT))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(one_student, "exercises_of", lambda _: (exercise("2.1"),))
        patch.setattr(tempfile, "tempdir", str(temporary))
        before = traces()
        grades = grade_class(folder, seed=3, jobs=1, limits=LIMITS, progress=watched)
        left = [*temporary.iterdir(), *(each for each in traces() if each not in before)]
    rows = {names.get(row.student, row.student): row for row in grades.rows}
    return rows, left


def write(folder, name):
    """The files of a submission."""
    if name in HOSTILE:
        (folder / NOTEBOOK).write_text(notebook(HOSTILE[name][1]))
    elif name in TEXTS:
        text = TEXTS[name][0]
        (folder / NOTEBOOK).write_bytes(text if isinstance(text, bytes) else text.encode())
    else:
        path = folder / MADE[name][0]
        path.parent.mkdir(exist_ok=True)
        MADE[name][1](path)


def watched(finished, total):
    return finished


def traces():
    """Processes below this one, and what a submission would leave in shared memory."""
    processes = []
    for each in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if int((each / "stat").read_text().rpartition(")")[2].split()[1]) == os.getpid():
                processes.append(each)
    return [*processes, *Path("/dev/shm").glob("raftkit-*")]


@pytest.mark.parametrize("name", [*HOSTILE, *TEXTS, *MADE])
def test_nothing_is_gained_and_a_sentence_says_what_was_found(name, seen):
    row = seen[0][name]
    said = HOSTILE[name][0] if name in HOSTILE else (TEXTS.get(name) or MADE[name])[-1]

    assert row.points == 0, row
    assert said in "; ".join([*row.notes, *(verdict.text for verdict in row.verdicts)])
    assert row.status != "kit error"


def test_nobody_is_harmed_and_nothing_is_left(seen):
    rows, left = seen
    full = exercise("2.1").points

    assert [rows[name].points for name in ("a good neighbour", "the last neighbour")] == [full] * 2
    assert left == []


def test_there_are_many():
    assert len(HOSTILE) + len(TEXTS) + len(MADE) > 100
