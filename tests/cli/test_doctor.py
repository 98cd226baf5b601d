"""`raftkit doctor`: what it finds, and that every missing thing comes with what to do."""

import json
import sys
import webbrowser
from importlib.metadata import PackageNotFoundError, version

import pytest

from raftkit import course_files
from raftkit.cli import examination
from raftkit.cli.commands import BadInput
from raftkit.extras import how_to_install
from raftkit.grading.sandbox import SandboxError


@pytest.fixture
def found():
    """The findings by name."""
    return lambda: {finding.name: finding for finding in examination.examine()}


def lacks(package):
    """`importlib.metadata.version` where one package is not installed."""

    def look_up(name):
        if name == package:
            raise PackageNotFoundError(name)
        return version(name)

    return look_up


def test_where_nothing_is_missing_it_says_so_in_one_screen(raftkit):
    done = raftkit("doctor")

    lines = done.output.splitlines()
    assert (done.exit_code, lines[-1]) == (0, "Ready: raftkit lab")
    assert len(lines) <= 24
    assert lines[0].split()[:2] == ["ok", "Python"]
    assert all(line.split()[0] in ("ok", "note", "->") for line in lines[:-1])


def test_for_a_program_it_says_the_same(raftkit):
    done = raftkit("doctor", "--json")

    told = json.loads(done.output)
    assert (done.exit_code, told["ready"]) == (0, True)
    assert told["findings"] == [vars(finding) for finding in examination.examine()]


@pytest.mark.parametrize(
    ("package", "name"),
    [
        ("jupyterlab", "JupyterLab"),
        ("ipykernel", "kernel"),
        ("ipywidgets", "ipywidgets"),
        ("anywidget", "anywidget"),
    ],
)
def test_a_missing_package_comes_with_its_command(raftkit, monkeypatch, package, name):
    monkeypatch.setattr(examination, "version", lacks(package))

    done = raftkit("doctor")

    lines = done.output.splitlines()
    at = lines.index(f"missing {name:<13}{package} is not installed")
    assert lines[at + 1].strip() == f"-> {how_to_install('lab')}"
    assert (done.exit_code, lines[-1]) == (1, "1 missing: see above")
    assert json.loads(raftkit("doctor", "--json").output)["ready"] is False


def test_without_any_jupyter_it_still_looks_at_everything(raftkit, monkeypatch):
    for module in ("jupyter_core", "jupyter_core.paths", "platformdirs"):
        monkeypatch.setitem(sys.modules, module, None)
    monkeypatch.setattr(examination, "version", lacks("jupyterlab"))

    done = raftkit("doctor")

    assert (done.exit_code, done.stderr) == (1, "")
    assert "not known without JupyterLab" in done.output


def test_a_part_for_the_browser_may_be_missing_alone(found, monkeypatch, tmp_path):
    monkeypatch.setattr(examination, "_labextensions", lambda: [tmp_path])

    anywidget = found()["anywidget"]

    assert (anywidget.state, anywidget.advice) == (
        "missing",
        "pip install --force-reinstall anywidget",
    )


def test_an_old_python_is_missing(found, monkeypatch):
    monkeypatch.setattr(examination, "OLDEST_PYTHON", (9, 1))

    assert (found()["Python"].state, found()["Python"].advice) == (
        "missing",
        "install Python 9.1 or newer",
    )


def test_the_systems_own_python_is_a_note(found, monkeypatch):
    monkeypatch.delenv("CONDA_PREFIX", raising=False)
    monkeypatch.setattr("sys.base_prefix", sys.prefix)

    assert found()["environment"].state == "note"


def test_no_browser_is_a_note(found, monkeypatch):
    def none():
        raise webbrowser.Error("could not locate runnable browser")

    monkeypatch.setattr(webbrowser, "get", none)

    browser = found()["browser"]
    assert (browser.state, browser.advice.split(" prints")[0]) == (
        "note",
        "raftkit lab --no-browser",
    )


def test_root_is_a_note(found, monkeypatch):
    monkeypatch.setattr("os.geteuid", lambda: 0, raising=False)

    assert found()["user"].advice == "raftkit lab --allow-root"


def test_what_the_sandbox_cannot_enforce_is_a_note(found, monkeypatch):
    class Weak:
        not_enforced = ("no network isolation", "no memory limit")

        def __enter__(self):
            return self

        def __exit__(self, *_):
            pass

        def child(self):
            return self

        def end(self):
            pass

    monkeypatch.setattr("raftkit.grading.sandbox.Sandbox", Weak)

    sandbox = found()["sandbox"]
    assert (sandbox.state, sandbox.found) == (
        "note",
        "not enforced here: no network isolation, no memory limit",
    )


def test_a_sandbox_that_does_not_start_is_a_note(found, monkeypatch):
    def broken(self):
        raise SandboxError("the process that runs students' code does not start")

    monkeypatch.setattr("raftkit.grading.sandbox.Sandbox.child", broken)

    assert found()["sandbox"].state == "note"


def test_a_kit_without_lessons_is_missing(found, monkeypatch, tmp_path):
    monkeypatch.setattr(course_files, "_PACKAGE", tmp_path)

    assert found()["course"].state == "missing"


def test_a_folder_that_is_gone_is_missing_and_what_to_do_is_told(found, monkeypatch):
    def gone(named):
        raise BadInput("your course folder /x is gone: raftkit lab --folder FOLDER")

    monkeypatch.setattr(examination, "course_folder", gone)

    folder = found()["folder"]
    assert (folder.state, folder.found, folder.advice) == (
        "missing",
        "your course folder /x is gone",
        "raftkit lab --folder FOLDER",
    )


def test_a_folder_that_is_not_made_yet_is_no_lack(found, monkeypatch, tmp_path):
    monkeypatch.setattr(examination, "course_folder", lambda named: tmp_path / "new")

    folder = found()["folder"]
    assert (folder.state, folder.found) == ("ok", f"{tmp_path / 'new'}: raftkit lab makes it")


def test_a_folder_that_cannot_be_written_to_is_missing(found, monkeypatch, tmp_path):
    (tmp_path / "file").write_text("")
    monkeypatch.setattr(examination, "course_folder", lambda named: tmp_path / "file" / "new")

    folder = found()["folder"]
    assert (folder.state, folder.advice) == (
        "missing",
        "raftkit lab --folder FOLDER, with one that can",
    )


def test_a_data_folder_of_jupyter_that_cannot_be_written_to_is_missing(
    found, monkeypatch, tmp_path
):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("JUPYTER_DATA_DIR", str(tmp_path / "file" / "jupyter"))

    trust = found()["trust"]
    assert trust.state == "missing"
    assert "JUPYTER_DATA_DIR" in trust.advice
