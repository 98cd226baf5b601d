"""Points depend on no real time: not on a busy machine, nor on processes that were stopped."""

import csv
import os
import shutil
import signal
import subprocess
import sys
import time
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import SimpleNamespace

import pytest

from raftkit.grading import channels
from raftkit.grading.channels import Net

LINUX = pytest.mark.skipif(sys.platform != "linux", reason="/proc tells who is stopped")
PROGRAM = Path(__file__).with_name("fair_class.py")
BUSY_LOOPS = 4
GIVE_UP = 300  # seconds, after which something hangs


@contextmanager
def running(*arguments):
    """A Python that ends with the block."""
    process = subprocess.Popen([sys.executable, *map(str, arguments)])
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def wait_until(condition):
    """What `condition()` returns, once that is true."""
    give_up = time.monotonic() + GIVE_UP
    while not (found := condition()):
        assert time.monotonic() < give_up
        time.sleep(0.005)
    return found


def state(process):
    """The letter of a process's state, its parent, and its session; "" if there is none."""
    try:
        words = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return "", 0, 0
    return words[0], int(words[1]), int(words[3])


def below(parent):
    """The processes that descend from one, without itself."""
    children = [
        int(entry.name)
        for entry in Path("/proc").iterdir()
        if entry.name.isdigit() and state(entry.name)[1] == parent
    ]
    return [*children, *(each for child in children for each in below(child))]


def child_of(judge):
    """The process with a student's code: it leads a session, as the zygote does, right below."""
    (child,) = (each for each in below(judge) if state(each)[1] != judge and state(each)[2] == each)
    return child


def stop(process):
    os.kill(process, signal.SIGSTOP)
    wait_until(lambda: state(process)[0] == "T")


def grade(folder, out, *, jobs, marks=()):
    return running(PROGRAM, folder, out, jobs, *marks)


def stop_everybody(grader, marks):
    """Stop two children, their judges and the grader; let all go on but the children."""
    asked = wait_until(lambda: len(found := list(marks.glob("asked-*"))) == 2 and found)
    judges = [int(path.name.partition("-")[2]) for path in asked]
    children = [child_of(judge) for judge in judges]
    for process in (*children, *judges, grader.pid):
        stop(process)
    for judge in judges:
        (marks / f"stopped-{judge}").touch()
    for process in (*judges, grader.pid):
        os.kill(process, signal.SIGCONT)
    return children


@LINUX
def test_a_busy_machine_and_stopped_processes_change_no_byte(tmp_path, course, save, repository):
    """A capstone and a notebook with mistakes: each falls into the wide net once."""
    folder, marks = tmp_path / "class", tmp_path / "marks"
    (folder / "ada").mkdir(parents=True)
    marks.mkdir()
    shutil.copy(repository / "solutions" / "07_capstone.ipynb", folder / "ada")
    started = {
        "2.1": ["return True"],
        "2.2": ["return given[0] >= given[2]"],
        "2.5": ["while 1: 1"],
    }
    answers = course.stubs() | {id: course.body(id, *body) for id, body in started.items()}
    cells = {f"ex_{id.replace('.', '_')}": source for id, source in answers.items()}
    save(folder, "bob", course.cells(**cells))

    with grade(folder, tmp_path / "quiet", jobs=1) as quiet:
        assert quiet.wait() == 0
    with ExitStack() as busy:
        for _ in range(BUSY_LOOPS):
            busy.enter_context(running("-c", "while True: pass"))
        grader = busy.enter_context(grade(folder, tmp_path / "busy", jobs=2, marks=[marks]))
        children = stop_everybody(grader, marks)
        assert grader.wait() == 0

    assert [state(child)[0] for child in children] == ["", ""], "Both fell into the net."
    quiet, busy = (
        {path.relative_to(out): path.read_bytes() for path in out.rglob("*") if path.is_file()}
        for out in (tmp_path / "quiet", tmp_path / "busy")
    )
    assert len(quiet) == 4
    assert quiet == busy
    with (tmp_path / "busy" / "grades.csv").open(encoding="utf-8-sig") as file:
        points = {
            (row["student"], row["assignment"]): row["points"] for row in csv.DictReader(file)
        }
    assert points["ada", "07_capstone"] == "45"
    assert 0 < float(points["bob", "02_voting"]) < course.points


def test_a_judge_that_was_stopped_has_not_waited(monkeypatch):
    """As on a laptop that sleeps: an hour goes by within one tick."""
    clock = iter([0.0, 3_600.0, 3_600.0, 3_600.2])
    monkeypatch.setattr(channels, "time", SimpleNamespace(monotonic=lambda: next(clock)))
    net = Net(2.0)
    ticks = net.ticks()

    assert [next(ticks), next(ticks)] == [0.5, 0.5]
    ticks.close()
    assert net.left == pytest.approx(1.3)
