"""Ctrl-C at any moment of any command: nothing is said, nothing is left, the exit status is 130.

A moment is the import of a module or the first instruction of a process, never an instant of
real time: whoever is there interrupts itself, or its whole group as a terminal does.
"""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(
    sys.platform == "win32", reason="needs signals and forks as POSIX has them"
)
HERE = Path(__file__).parent / "interrupting"
# Looked for by a module in C, which goes on without it, whatever was raised. One more Ctrl-C
# ends the command.
SWALLOWED = {"pyexpat"}
OPERATION = '{"client": "C1", "kind": "put", "argument": "1", "called": 0, "returned": 9.5}'


@pytest.fixture
def interrupted(repository, tmp_path):
    """Run a command in a group of its own, where something interrupts it; what it left in /tmp."""
    temporary = tmp_path / "temporary"
    temporary.mkdir()

    def run(program, arguments, **environment):
        done = subprocess.run(
            [sys.executable, *program, *map(str, arguments)],
            cwd=repository,
            env=os.environ
            | {"PYTHONPATH": f"{HERE}{os.pathsep}{repository}", "TMPDIR": str(temporary)}
            | environment,
            # Comes to its end only when no process is left that could write there.
            capture_output=True,
            text=True,
            start_new_session=True,
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
            timeout=120,
        )
        assert list(temporary.iterdir()) == []
        return done

    return run


@pytest.fixture
def at_each_import(interrupted, tmp_path):
    """Run a command, interrupt a copy of it at each import; each module, with what was said."""

    def run(*arguments, only=""):
        report = tmp_path / "report.json"
        done = interrupted([HERE / "at_each_import.py"], arguments, REPORT=str(report), ONLY=only)
        assert done.returncode in (0, 1), done.stderr
        return json.loads(report.read_text())

    return run


def test_nothing_is_imported_before_an_interrupt_is_heard(repository):
    code = (
        "import sys; before = {*sys.modules}; import raftkit.cli; print(*{*sys.modules} - before)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=repository, capture_output=True, text=True, check=True
    )

    assert {*done.stdout.split()} == {"raftkit", "raftkit.cli"}


def test_an_interrupt_at_any_import_of_the_program_is_quiet(at_each_import):
    copies = at_each_import("--version")

    assert {"click", "raftkit.cli.program", "raftkit.cli.commands"} <= {name for name, *_ in copies}
    assert [copy for copy in copies if copy[1:] != [130, ""]] == []


@pytest.mark.once
@pytest.mark.parametrize(
    "arguments",
    [
        "simulate --ms 50 --svg {place}/run.svg",
        "explore --in-flight 2",
        "fuzz --trials 1",
        "linearizable {place}/history.jsonl",
        "release --check",
    ],
)
def test_an_interrupt_at_any_import_of_a_command_is_quiet(at_each_import, tmp_path, arguments):
    (tmp_path / "history.jsonl").write_text(OPERATION)
    copies = at_each_import(
        *arguments.format(place=tmp_path).split(), only="raftkit networkx multiprocessing pyexpat"
    )

    assert len(copies) > 5
    assert [copy for copy in copies if copy[1:] != [130, ""] and copy[0] not in SWALLOWED] == []


WORKERS = [
    "wrong-answers --only V1,V2,V3 --columns cases --jobs 2",
    "grade exercises --out {place}/out --jobs 2",
    "explore --in-flight 4 --terms 2 --jobs 2",
]
SPAWNED = [
    "worker",
    "worker threading",
    "worker multiprocessing.spawn",
    "worker raftkit.workers",
    "worker raftkit.checkers",
    "main multiprocessing.popen_spawn_posix",
    "main concurrent.futures.process",
]
MOMENTS = [
    *((command, moment) for command in WORKERS[:2] for moment in SPAWNED),
    (WORKERS[2], "fork"),
    (WORKERS[2], "main multiprocessing.popen_fork"),
]


@pytest.mark.parametrize(("command", "moment"), MOMENTS)
@pytest.mark.parametrize(
    ("sign", "status"), [("SIGINT", 130), pytest.param("SIGTERM", 143, marks=pytest.mark.once)]
)
def test_an_interrupt_while_workers_start_is_quiet_and_leaves_none(
    interrupted, tmp_path, command, moment, sign, status
):
    arguments = command.format(place=tmp_path).split()

    done = interrupted(["-m", "raftkit"], arguments, AT=moment, WITH=sign)

    assert (done.returncode, done.stderr) == (status, "")
    assert "Traceback" not in done.stdout


# In the middle of the work -----------------------------------------------------------------


def run_with(interrupted, tmp_path, body):
    """Run `raftkit simulate`, where the simulation itself is `body`."""
    code = (
        "import gc, signal, threading\n"
        "from raftkit.checkers import Cluster\n"
        "def interrupt(): signal.raise_signal(signal.SIGINT)\n"
        f"def run(self, ms):\n{body}\n"
        "Cluster.run = run\n"
        "from raftkit.cli import main\n"
        "main()\n"
    )
    path = tmp_path / "program.py"
    path.write_text(code)
    return interrupted([path], ["simulate"])


def test_an_interrupt_in_a_finalizer_is_raised_again_where_it_can_be(interrupted, tmp_path):
    # Python itself prints what a finalizer raises, and goes on.
    body = (
        "    class Last:\n"
        "        def __del__(self): interrupt()\n"
        "    Last()\n"
        "    threading.Event().wait()"
    )

    done = run_with(interrupted, tmp_path, body)

    assert (done.returncode, done.stdout, done.stderr) == (130, "", "")


def test_interrupts_while_something_is_tidied_up_do_not_stop_that(interrupted, tmp_path):
    body = "    try:\n        interrupt()\n    finally:\n        interrupt()\n        print('tidy')"

    done = run_with(interrupted, tmp_path, body)

    assert (done.returncode, done.stdout, done.stderr) == (130, "tidy\n", "")


def test_an_interrupt_that_was_swallowed_is_not_the_last(interrupted, tmp_path):
    body = (
        "    try:\n"
        "        interrupt()\n"
        "    except KeyboardInterrupt:\n"
        "        pass\n"
        "    interrupt()"
    )

    done = run_with(interrupted, tmp_path, body)

    assert (done.returncode, done.stdout, done.stderr) == (130, "", "")
