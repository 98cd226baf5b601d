"""`raftkit lab`: which folder it opens, what it passes on to Jupyter, and how it ends."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
from contextlib import contextmanager
from urllib.error import URLError
from urllib.request import Request, urlopen

import pytest

from raftkit import course_files
from raftkit.cli import jupyter_server
from raftkit.cli.course_folder import _settings_file, remembered_folder
from raftkit.extras import how_to_install

FIRST_LESSON = "notebooks/00_start_here.ipynb"


@pytest.fixture
def home(tmp_path, monkeypatch):
    """A new user's home folder, and a current folder outside of any course."""
    home = tmp_path / "home"
    home.mkdir()
    for name in [*os.environ]:
        if name.startswith(("JUPYTER", "XDG_", "IPYTHON")):
            monkeypatch.delenv(name)
    for name in ("HOME", "USERPROFILE"):
        monkeypatch.setenv(name, str(home))
    for name in ("APPDATA", "LOCALAPPDATA"):
        monkeypatch.setenv(name, str(home / "AppData"))
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    return home


@pytest.fixture
def wheel(tmp_path, monkeypatch):
    """As if the kit were a wheel: its files lie in the package, in `wheel/raftkit/material`."""
    package = tmp_path / "wheel" / "raftkit"
    lesson = package / "material" / FIRST_LESSON
    lesson.parent.mkdir(parents=True)
    lesson.write_text('{"cells": []}')
    (package / "material" / "exercises").mkdir()
    monkeypatch.setattr(course_files, "_PACKAGE", package)
    return package / "material"


@pytest.fixture
def served(monkeypatch):
    """What would have been served, and with which options, instead of a server."""
    calls = []
    monkeypatch.setattr(jupyter_server, "serve", lambda *call: calls.append(call))
    monkeypatch.setattr("raftkit.cli.student_commands._must_not_be_root", lambda options: None)
    return calls


# Which folder ----------------------------------------------------------------------------


def test_the_first_time_a_copy_is_made_in_the_home_folder_and_named(raftkit, home, wheel, served):
    done = raftkit("lab")

    copy = home / "raftkit-course"
    assert (done.exit_code, done.stderr) == (0, "")
    assert done.stdout.splitlines() == [
        "Made your copy of the course: 1 files",
        f"Your course folder: {copy}",
        f"Closed. Your work is in {copy}",
    ]
    assert (copy / FIRST_LESSON).read_text() == '{"cells": []}'
    assert served == [(copy, [])]


def test_a_named_folder_is_found_again_from_anywhere(raftkit, home, wheel, served, tmp_path):
    raftkit("lab", "--folder", tmp_path / "my raft")

    done = raftkit("lab")

    assert done.stdout.splitlines()[0] == f"Your course folder: {tmp_path / 'my raft'}"
    assert served == [(tmp_path / "my raft", [])] * 2
    assert not (home / "raftkit-course").exists()


def test_a_place_that_was_lost_is_the_usual_one(raftkit, home, wheel, served, tmp_path):
    raftkit("lab", "--folder", tmp_path / "raft")
    _settings_file().write_text("")

    raftkit("lab")

    assert served[-1] == (home / "raftkit-course", [])


def test_a_home_folder_may_be_named_by_its_sign(raftkit, home, wheel, served):
    raftkit("lab", "--folder", "~/raft")

    assert served == [(home / "raft", [])]


def test_a_course_around_the_current_folder_is_opened_as_it_is(
    raftkit, home, wheel, served, tmp_path, monkeypatch
):
    lesson = tmp_path / "theirs" / FIRST_LESSON
    lesson.parent.mkdir(parents=True)
    lesson.write_text("{}")
    monkeypatch.chdir(lesson.parent)

    done = raftkit("lab")

    assert served == [(tmp_path / "theirs", [])]
    assert done.stdout.splitlines()[0] == f"Your course folder: {tmp_path / 'theirs'}"
    assert remembered_folder() is None


def test_a_checkout_serves_its_own_folders_from_anywhere(raftkit, home, served, repository):
    raftkit("lab")

    assert served == [(repository, [])]
    assert not (repository / ".raftkit-course.json").exists()


def test_an_update_is_brought_and_told(raftkit, home, wheel, served):
    lesson, exercise = wheel / FIRST_LESSON, wheel / "exercises" / "01.ipynb"
    exercise.write_text("old")
    raftkit("lab")
    copy = home / "raftkit-course"
    (copy / "exercises" / "01.ipynb").write_text("mine")
    lesson.write_text('{"cells": [{"cell_type": "code", "source": "new"}]}')
    exercise.write_text("new")
    (wheel / "exercises" / "02.ipynb").write_text("two")

    done = raftkit("lab")

    assert done.stdout.splitlines()[:-2] == [
        "New in it: exercises/02.ipynb",
        f"Brought up to date: {FIRST_LESSON}",
        "Left alone, because you changed it: exercises/01.ipynb",
        "To get a new version of what was left alone, rename yours and start again.",
    ]
    assert (copy / "exercises" / "01.ipynb").read_text() == "mine"


def test_a_folder_that_is_gone_is_told_in_one_line(raftkit, home, wheel, served, tmp_path):
    raftkit("lab", "--folder", tmp_path / "raft")
    (tmp_path / "raft").rename(tmp_path / "moved")

    gone, moved = raftkit("lab"), raftkit("lab", "--folder", tmp_path / "moved")

    assert (gone.exit_code, gone.stdout) == (2, "")
    assert gone.stderr == (
        f"raftkit: your course folder {tmp_path / 'raft'} is gone: raftkit lab --folder FOLDER, "
        "with its new place or one for a new copy\n"
    )
    assert served[-1] == (tmp_path / "moved", [])
    assert moved.stdout.splitlines()[0] == f"Your course folder: {tmp_path / 'moved'}"


@pytest.mark.parametrize(
    ("folder", "said"),
    [
        ("file", "file: File exists: choose another place with --folder"),
        ("file/inside", "file/inside: Not a directory: choose another place with --folder"),
        ("blocked", "blocked/notebooks: File exists: choose another place with --folder"),
        ("", "an empty name is no file"),
    ],
)
def test_a_bad_folder_is_one_line(raftkit, home, wheel, served, tmp_path, folder, said):
    (tmp_path / "file").write_text("")
    (tmp_path / "blocked").mkdir()
    (tmp_path / "blocked" / "notebooks").write_text("")

    done = raftkit("lab", "--folder", tmp_path / folder if folder else "")

    assert (done.exit_code, done.stdout, served) == (2, "", [])
    assert said in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_read_only_folder_is_one_line(raftkit, home, wheel, served, monkeypatch):
    # Nothing is read-only for root, and tests may be root.
    monkeypatch.setattr("raftkit.cli.student_copy.os.access", lambda place, mode: False)

    done = raftkit("lab", "--folder", home / "raft")

    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr == (
        f"raftkit: {home / 'raft'}: Permission denied: choose another place with --folder\n"
    )


@pytest.mark.skipif(os.name == "nt", reason="Windows does not remove a folder in use")
def test_a_current_folder_that_is_gone_is_one_line(raftkit, home, wheel, served, tmp_path):
    (tmp_path / "elsewhere").rmdir()

    done = raftkit("lab")

    assert (done.exit_code, served) == (2, [])
    assert done.stderr == "raftkit: the current folder is gone: change to another one first\n"


def test_a_kit_without_lessons_says_so(raftkit, home, wheel, served):
    (wheel / FIRST_LESSON).unlink()

    done = raftkit("lab")

    assert (done.exit_code, done.stdout) == (2, "")
    assert "no lessons were installed: install raftkit-course anew" in done.stderr


def test_without_a_home_folder_the_copy_is_made_here_and_jupyter_keeps_its_files_in_it(
    raftkit, home, wheel, served, tmp_path, monkeypatch
):
    monkeypatch.setattr("raftkit.cli.home_folder.Path.home", lambda: tmp_path / "none")

    done = raftkit("lab")

    here = tmp_path / "elsewhere" / "raftkit-course"
    assert (done.exit_code, served) == (0, [(here, [])])
    assert os.environ["USERPROFILE" if os.name == "nt" else "HOME"] == str(here)
    assert [path.name for path in here.iterdir() if path.name.startswith(".")] == [
        ".raftkit-course.json"
    ]


# What is passed on -----------------------------------------------------------------------


def test_options_are_passed_on_to_jupyter(raftkit, home, wheel, served):
    done = raftkit(
        *("lab", "--no-browser", "--port", 9000, "--ip", "0.0.0.0", "--allow-root"),
        *("--", "--ServerApp.base_url=/raft/", "--debug"),
    )

    assert done.exit_code == 0
    assert served[0][1] == [
        *("--ServerApp.base_url=/raft/", "--debug", "--no-browser", "--allow-root"),
        *("--port=9000", "--ip=0.0.0.0"),
    ]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ("-- --port=x", "The 'port' trait of a ServerApp instance expected an int"),
        ("-- --nonsense", "JupyterLab does not understand: argument --nonsense"),
        ("raft", "what is 'raft'? The course's folder goes after --folder"),
        ("--port 65536", "65536 is not in the range 0<=x<=65535"),
        ("--browser x", "No such option"),
    ],
)
def test_what_jupyter_does_not_understand_is_one_line(raftkit, home, wheel, served, options, said):
    done = raftkit("lab", *options.split())

    assert (done.exit_code, done.stdout, served) == (2, "", [])
    assert said in done.stderr
    assert done.stderr.count("\n") == 1
    assert not (home / "raftkit-course").exists()


@pytest.mark.once
def test_an_address_that_is_not_this_machines_is_one_line(program, home):
    done = program("lab", "--no-browser", "--allow-root", "--ip", "192.0.2.1")

    # Extensions of a teacher's environment may have said something before.
    assert done.returncode == 2
    assert done.stderr.splitlines()[-1].startswith("raftkit: JupyterLab does not start: ")
    assert "Traceback" not in done.stderr


@pytest.mark.once
def test_a_port_that_is_taken_is_one_line(program, home):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        options = ("--port", port, "--ip", "127.0.0.1", "--", "--ServerApp.port_retries=0")
        done = program("lab", "--no-browser", "--allow-root", *options)

    assert done.returncode == 2
    assert f"port {port} is not available" in done.stderr.splitlines()[-1]
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("also", ["--allow-root", "-- --allow-root", "-- --ServerApp.allow_root=1"])
def test_root_is_told_what_to_do_and_obeyed(raftkit, home, wheel, monkeypatch, also):
    monkeypatch.setattr("os.geteuid", lambda: 0, raising=False)
    monkeypatch.setattr(jupyter_server, "serve", lambda folder, options: None)

    refused, obeyed = raftkit("lab"), raftkit("lab", *also.split())

    assert (refused.exit_code, refused.stdout) == (2, "")
    assert refused.stderr == (
        "raftkit: you are root, for whom Jupyter starts only if asked: add --allow-root\n"
    )
    assert obeyed.exit_code == 0


def test_what_is_missing_for_lab_is_said_in_one_line(raftkit, monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)

    done = raftkit("lab")

    assert done.exit_code == 2
    assert done.stderr == f"raftkit: JupyterLab is not installed: {how_to_install('lab')}\n"


# A server --------------------------------------------------------------------------------


@contextmanager
def running(repository, *options):
    """A server as a student starts it from a terminal; the process, its address and its token."""
    ours, terminal = os.openpty()
    process = subprocess.Popen(
        [*(sys.executable, "-m", "raftkit", "lab", "--no-browser", "--allow-root"), *options],
        env=os.environ | {"PYTHONPATH": str(repository)},
        stdin=terminal,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        address = next(
            found
            for line in process.stderr
            if (found := re.search(r"(http://127\S+/)lab/tree/(\S+)\?token=(\w+)", line))
        )
        yield process, *address.groups()
    finally:
        process.kill()
        process.communicate()
        os.close(terminal)
        os.close(ours)


def ask(server, path, content=None):
    """What the server answers; it prints its address a moment before it listens there."""
    process, address, token = server
    headers = {"Authorization": f"token {token}"}
    while process.poll() is None:
        try:
            with urlopen(Request(address + path, content, headers)) as answer:
                return answer.read().decode()
        except ConnectionError:
            continue
        except URLError as error:
            if not isinstance(error.reason, ConnectionError):
                raise
    raise AssertionError("the server has ended")


@pytest.mark.skipif(os.name == "nt", reason="there are no terminals to open on Windows")
@pytest.mark.parametrize(
    "number", [signal.SIGINT, pytest.param(signal.SIGTERM, marks=pytest.mark.once)]
)
def test_a_server_starts_at_the_first_lesson_and_leaves_nothing_behind(home, repository, number):
    options = ("--port", "0", "--folder", str(home / "raft"), "--", "--ServerApp.base_url=/x/")
    with running(repository, *options) as (process, address, first, token):
        server = (process, address, token)
        lesson = json.loads(ask(server, f"api/contents/{first}?content=0"))
        exercises = json.loads(ask(server, "api/contents/exercises"))["content"]
        page = ask(server, "lab")
        kernel = json.loads(ask(server, "api/kernels", b"{}"))
        runtime = home / ".local" / "share" / "jupyter" / "runtime"
        connections = [path.name for path in runtime.glob("kernel-*.json")]
        # The kernel is still starting: it would complain of its end with a page.

        process.send_signal(number)
        said, complaints = process.communicate()

    assert address.endswith("/x/")
    assert (first, lesson["path"]) == (FIRST_LESSON, FIRST_LESSON)
    assert "02_voting.ipynb" in [file["name"] for file in exercises]
    # What would ask whether news are welcome.
    assert '"@jupyterlab/apputils-extension:announcements"' in page
    assert connections == [f"kernel-{kernel['id']}.json"]
    assert process.returncode == 0
    assert said.splitlines()[-1] == f"Closed. Your work is in {home / 'raft'}"
    assert "Traceback" not in complaints
    assert "Shut down" not in said + complaints
    assert [path.name for path in runtime.iterdir()] == ["jupyter_cookie_secret"]
