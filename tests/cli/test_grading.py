"""`raftkit check` and `raftkit grade` as a teacher calls them."""

import csv
import json
import os
import signal
import subprocess
import sys

import pytest

from raftkit.course import exercises_of

EXERCISES = exercises_of("02_voting")
POINTS = sum(exercise.points for exercise in EXERCISES)


def notebook(**sources):
    cells = [
        {
            "cell_type": "code",
            "metadata": {"nbgrader": {"grade_id": exercise.grade_id, "solution": True}},
            "source": sources.get(exercise.answer, stub(exercise)),
        }
        for exercise in EXERCISES
    ]
    return json.dumps({"cells": cells})


def stub(exercise):
    return f"def {exercise.answer}(*given):\n    raise NotImplementedError"


MAJORITY = "def has_majority(granted, refused, servers):\n    return granted > servers // 2"


@pytest.fixture
def submissions(tmp_path):
    """Three students, quickly graded."""
    folder = tmp_path / "submitted"
    folder.mkdir()
    (folder / "ada.ipynb").write_text(notebook(has_majority=MAJORITY))
    (folder / "bob.ipynb").write_text(notebook())
    (folder / "eve.ipynb").write_text("{")
    return folder


def rows(folder):
    with (folder / "grades.csv").open(newline="", encoding="utf-8-sig") as file:
        return [(row["student"], row["points"], row["status"]) for row in csv.DictReader(file)]


EXPECTED = [("ada", "6", "graded"), ("bob", "0", "graded"), ("eve", "0", "unreadable")]


@pytest.mark.parametrize("jobs", [1, 3])
def test_grade_writes_the_gradebook_and_the_pages(program, submissions, tmp_path, jobs):
    out = tmp_path / "out"

    done = program("grade", submissions, "--out", out, "--jobs", jobs)

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[0] == "2 graded, 1 unreadable"
    assert rows(out) == EXPECTED
    assert sorted(path.name for path in (out / "feedback").iterdir()) == [
        "ada.html",
        "bob.html",
        "eve.html",
    ]


def test_the_number_of_jobs_changes_no_byte(raftkit, program, submissions, tmp_path):
    seeded = ("grade", submissions, "--seed", 7)
    raftkit(*seeded, "--out", tmp_path / "one", "--jobs", 1)
    program(*seeded, "--out", tmp_path / "two", "--jobs", 2)

    one, two = (tmp_path / name / "grades.json" for name in ("one", "two"))
    assert one.read_bytes() == two.read_bytes()


def test_without_a_seed_nobody_knows_it_and_grading_again_keeps_it(raftkit, tmp_path):
    folder = tmp_path / "submitted"
    folder.mkdir()
    (folder / "eve.ipynb").write_text("{")

    def seed(out):
        raftkit("grade", folder, "--out", tmp_path / out, "--jobs", 1)
        return json.loads((tmp_path / out / "grades.json").read_text(encoding="utf-8"))["seed"]

    first, again, other = seed("one"), seed("one"), seed("two")

    assert first == again
    assert len({first, other, 1}) == 3


def test_an_archive_is_no_folder_of_submissions(raftkit, tmp_path):
    (tmp_path / "moodle.zip").write_bytes(b"PK")

    done = raftkit("grade", tmp_path / "moodle.zip", "--out", tmp_path / "out")

    assert (done.exit_code, done.output.count("\n")) == (2, 1)
    assert "moodle.zip is an archive: unpack it, and give the folder that comes out" in done.output


def test_the_help_names_the_layouts(raftkit):
    said = raftkit("grade", "--help").output

    for layout in ("STUDENT/ASSIGNMENT/NOTEBOOK.ipynb", "STUDENT.ipynb", "assignsubmission_file_"):
        assert layout in said


def test_an_error_of_ours_is_one_row_and_the_others_go_on(
    raftkit, submissions, tmp_path, monkeypatch
):
    def breaks(*given, **named):
        raise ZeroDivisionError("oh")

    monkeypatch.setattr("raftkit.grading.judge.examine", breaks)

    done = raftkit("grade", submissions, "--out", tmp_path, "--jobs", 1)

    assert done.exit_code == 0
    assert [status for _, _, status in rows(tmp_path)] == ["kit error", "kit error", "unreadable"]
    assert "2.1 could not be graded: ZeroDivisionError: oh" in (tmp_path / "grades.csv").read_text()


@pytest.mark.skipif(
    sys.platform == "win32", reason="needs a terminal and signals as POSIX has them"
)
def test_an_interrupted_class_keeps_what_is_done(submissions, tmp_path, repository):
    import pty
    import termios

    loop = notebook(has_majority="def has_majority(*given):\n    while True: pass")
    (submissions / "zoe.ipynb").write_text(loop)
    command = [sys.executable, "-m", "raftkit", "grade", str(submissions)]
    command += ["--out", str(tmp_path), "--jobs", "1", "--timeout", "100"]
    environment = os.environ | {"PYTHONPATH": str(repository)}
    ours, theirs = pty.openpty()
    termios.tcsetwinsize(theirs, (24, 80))
    running = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=theirs,
        env=environment,
        # Whoever runs these tests in the background has them ignore an interrupt.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    os.close(theirs)

    try:
        wait_for(ours, "3/4")
        running.send_signal(signal.SIGINT)
        output, _ = running.communicate(timeout=60)
    finally:
        running.kill()
        os.close(ours)

    assert running.returncode == 130
    assert b"1 not graded" in output
    assert rows(tmp_path) == [*EXPECTED, ("zoe", "0", "not graded")]


def wait_for(terminal, text):
    """Read what the progress bar shows, up to `text`."""
    seen = ""
    while text not in seen:
        seen += os.read(terminal, 1000).decode()


def test_check_prints_the_results_and_fails_below_full_points(raftkit, tmp_path):
    path = tmp_path / "02_voting.ipynb"
    path.write_text(notebook(has_majority=MAJORITY))

    done = raftkit("check", path)

    assert done.exit_code == 1
    assert "✓ 2.1 What is a majority?" in done.output
    assert "○ 2.2" in done.output
    assert done.output.splitlines()[-1] == f"6 of {POINTS} points"


def test_check_speaks_json(raftkit, tmp_path):
    path = tmp_path / "02_voting.ipynb"
    path.write_text(notebook(has_majority=MAJORITY))

    found = json.loads(raftkit("check", path, "--json").output)

    assert (found["points"], found["max_points"]) == (6, POINTS)
    assert [each["id"] for each in found["exercises"]] == [each.id for each in EXERCISES]


def test_check_succeeds_at_full_points(raftkit, tmp_path, monkeypatch):
    import inspect

    from raftkit.protocol import Rules

    solved = {e.answer: inspect.getsource(getattr(Rules(), e.answer)) for e in EXERCISES}
    path = tmp_path / "02_voting.ipynb"
    path.write_text(notebook(**solved))

    assert raftkit("check", path).exit_code == 0


def test_results_inside_the_submissions_are_not_graded(raftkit, submissions):
    out = submissions / "out"
    for _ in range(2):
        raftkit("grade", submissions, "--out", out, "--jobs", 1)

    assert rows(out) == EXPECTED


def test_a_terminal_without_check_marks_is_no_error(program, tmp_path, repository):
    path = tmp_path / "02_voting.ipynb"
    path.write_text(notebook())
    environment = os.environ | {"PYTHONIOENCODING": "cp1252", "PYTHONPATH": str(repository)}

    done = program("check", path, env=environment, encoding="cp1252")

    assert (done.returncode, done.stderr) == (1, "")
    assert "? 2.1" in done.stdout
