"""Every command: help with an example, one line for bad input, and the promised exit status."""

import json
import os
import subprocess
import sys

import pytest

from raftkit.cli.program import all_commands

COMMANDS = sorted(all_commands.commands)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_commands_help_ends_in_an_example(raftkit, command):
    done = raftkit(command, "--help")

    assert done.exit_code == 0
    assert f"Example:\n    raftkit {command}" in done.output


def test_the_help_of_simulate_shows_a_file_of_faults(raftkit):
    assert '"is": "Crash", "server": "S1"' in raftkit("simulate", "--help").output


@pytest.fixture
def place(tmp_path):
    """A folder with every kind of wrong file in it."""
    (tmp_path / "empty.ipynb").write_text("")
    (tmp_path / "broken.ipynb").write_text("{")
    (tmp_path / "other.ipynb").write_text('{"cells": []}')
    (tmp_path / "faults.json").write_text("{}")
    (tmp_path / "unknown.json").write_text('[{"at_ms": 5, "is": "Elephant"}]')
    (tmp_path / "nobody.json").write_text('[{"at_ms": 5, "is": "Crash", "server": "S99"}]')
    (tmp_path / "parts.json").write_text('[{"at_ms": 5, "is": "Crash", "legs": 4}]')
    (tmp_path / "type.json").write_text('[{"at_ms": 5, "is": "Partition", "groups": 5}]')
    (tmp_path / "number.json").write_text('[{"at_ms": 5, "is": "NetworkConditions", "loss": "x"}]')
    (tmp_path / "never.json").write_text('[{"at_ms": NaN, "is": "Heal"}]')
    (tmp_path / "entry.json").write_text('[{"at_ms": 5, "is": "Entry", "term": 1}]')
    (tmp_path / "text.json").write_text("{{{")
    (tmp_path / "missing.json").write_text('[{"at_ms": 5, "is": "Crash"}]')
    (tmp_path / "list.json").write_text('[{"at_ms": 5, "is": ["Crash"]}]')
    (tmp_path / "inner.json").write_text('[{"at_ms": 5, "is": "Crash", "server": {"is": ["x"]}}]')
    (tmp_path / "empty_folder").mkdir()
    (tmp_path / "blocked").mkdir()
    (tmp_path / "blocked" / "feedback").write_text("")
    (tmp_path / "taken" / "grades.csv").mkdir(parents=True)
    return tmp_path


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ("check none.ipynb", "none.ipynb cannot be read: No such file or directory"),
        ("check empty.ipynb", "is empty"),
        ("check broken.ipynb", "is damaged"),
        ("check other.ipynb", "has no exercise of this course"),
        ("check empty_folder", "is a folder: give one notebook"),
        ("check other.ipynb --timeout 0", "no time to wait"),
        ("check other.ipynb --timeout nan", "no time to wait"),
        ("grade none --out out", "there is no folder none"),
        ("grade other.ipynb --out out", "there is no folder other.ipynb"),
        ("grade empty_folder --out out", "there is no submission in empty_folder"),
        ("grade empty_folder --out other.ipynb", "other.ipynb: File exists"),
        ("release --solutions none", "there is no folder none"),
        ("simulate --faults none.json", "none.json: No such file or directory"),
        ("simulate --faults empty_folder", "empty_folder: Is a directory"),
        ("simulate --faults text.json", "is not JSON"),
        ("simulate --faults faults.json", "expected a list of faults"),
        ("simulate --faults unknown.json", "fault 1: there is no fault 'Elephant'"),
        ("simulate --faults type.json", "fault 1: groups of Partition cannot be 5"),
        ("simulate --faults number.json", 'fault 1: loss of NetworkConditions cannot be "x"'),
        ("simulate --faults missing.json", "fault 1: Crash needs a field 'server'"),
        ("simulate --faults list.json", 'fault 1: it needs an "is" that names a fault'),
        ("simulate --faults inner.json", 'fault 1: server of Crash cannot be {"is": ["x"]}'),
        ("simulate --seed -5", "-5 is not in the range x>=0"),
        ("simulate --ms 10000001", "10000001 is not in the range 0<=x<=10000000"),
        ("check other.ipynb --seed -5", "-5 is not in the range x>=0"),
        (f"check {os.devnull}", "is no file with a notebook in it"),
        ("grade empty_folder --out blocked", "feedback: File exists"),
        ("grade empty_folder --out taken", "grades.csv: Is a directory"),
        ("simulate --faults never.json", 'fault 1: it needs an "at_ms"'),
        ("simulate --faults entry.json", "fault 1: there is no fault 'Entry'"),
        ("simulate --faults nobody.json", "there is no server 'S99' in this cluster"),
        ("simulate --faults parts.json", "fault 1: Crash has no field 'legs'"),
        ("simulate --ms 10 --svg empty_folder", "empty_folder: Is a directory"),
        ("simulate --ms 10 --json none/x.json", "none/x.json: No such file or directory"),
    ],
)
def test_bad_input_is_one_line_and_exit_status_2(raftkit, place, monkeypatch, arguments, said):
    monkeypatch.chdir(place)

    done = raftkit(*arguments.split())

    assert (done.exit_code, done.stdout) == (2, "")
    assert said in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize("arguments", [["--servers", "0"], ["--servers", "x"], ["--what"], ["x"]])
def test_bad_usage_is_exit_status_2_without_a_traceback(program, arguments):
    done = program("simulate", *arguments)

    assert (done.returncode, done.stdout) == (2, "")
    assert "Traceback" not in done.stderr


def test_nobody_listening_is_no_error(program):
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "w") as nowhere:
        done = program(
            "simulate", "--ms", 10, capture_output=False, stdout=nowhere, stderr=subprocess.PIPE
        )

    assert done.stderr == ""


def test_an_interrupted_command_is_quiet_and_exits_130(raftkit, monkeypatch):
    def interrupted(*given, **named):
        raise KeyboardInterrupt

    monkeypatch.setattr("raftkit.checkers.Cluster.run", interrupted)

    done = raftkit("simulate")

    assert (done.exit_code, done.output) == (130, "")


def test_the_command_line_imports_nothing_heavy(program, repository):
    code = "import sys, raftkit.cli.program; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=repository, capture_output=True, text=True, check=True
    )

    heavy = {"networkx", "nbformat", "nbgrader", "jupyterlab", "IPython", "ipywidgets", "tqdm"}
    assert heavy & set(done.stdout.split()) == set()


# What commands do ------------------------------------------------------------------------


def test_simulate_says_how_it_went(raftkit):
    done = raftkit("simulate", "--servers", 3, "--seed", 7, "--ms", 1000, "--clients", 2)

    assert done.exit_code == 0
    first, calls, last = done.output.splitlines()
    assert first.startswith("3 servers, 1000 ms: leader S")
    assert calls == "2 of 2 client calls answered"
    assert last == "no property was broken"


def test_simulate_is_the_same_every_time(raftkit):
    commands = ["simulate", "--seed", 7, "--ms", 2000]

    assert raftkit(*commands).output == raftkit(*commands).output


@pytest.mark.parametrize("topology", ["ring", "star", "complete", "tree"])
def test_simulate_knows_four_topologies(raftkit, topology):
    done = raftkit("simulate", "--servers", 5, "--topology", topology, "--ms", 2000)

    assert done.output.startswith("5 servers, 2000 ms: leader S")


@pytest.mark.parametrize("topology", ["ring", "star", "complete", "tree"])
def test_one_server_is_a_cluster_in_every_topology(raftkit, topology):
    done = raftkit("simulate", "--servers", 1, "--topology", topology, "--ms", 1000)

    assert (done.exit_code, done.output.split(",")[1]) == (0, " 1000 ms: leader S1")


def test_a_file_of_faults_may_begin_with_a_byte_order_mark(raftkit, tmp_path):
    faults = tmp_path / "faults.json"
    faults.write_text('[{"at_ms": 5, "is": "Heal"}]', encoding="utf-8-sig")

    assert raftkit("simulate", "--ms", 50, "--faults", faults).exit_code == 0


def test_faults_come_from_a_file(raftkit, tmp_path):
    faults = tmp_path / "faults.json"
    crashes = [{"at_ms": 5, "is": "Crash", "server": f"S{number}"} for number in (1, 2, 3)]
    partition = {"at_ms": 7.5, "is": "Partition", "groups": [["S4"], ["S5"]]}
    faults.write_text(json.dumps([*crashes, partition]))

    done = raftkit("simulate", "--servers", 5, "--ms", 2000, "--faults", faults)

    assert "leader none" in done.output


def test_simulate_draws_and_saves_the_history(raftkit, tmp_path):
    svg, saved = tmp_path / "run.svg", tmp_path / "run.json"

    done = raftkit("simulate", "--ms", 300, "--svg", svg, "--json", saved)

    assert done.exit_code == 0
    assert svg.read_text().startswith("<svg")
    assert json.loads(saved.read_text())["setup"]["servers"] == ["S1", "S2", "S3", "S4", "S5"]


@pytest.mark.system
def test_release_makes_and_checks(raftkit, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "solutions").mkdir()
    notebook = {"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    (tmp_path / "solutions" / "01.ipynb").write_text(json.dumps(notebook))

    before, made, after = (
        raftkit("release", "--check"),
        raftkit("release"),
        raftkit("release", "--check"),
    )

    assert (before.exit_code, made.exit_code, after.exit_code) == (1, 0, 0)
    assert "01.ipynb is out of date: raftkit release" in before.stderr
    assert made.stdout == f"wrote {os.path.join('exercises', '01.ipynb')}\n"
    assert after.output == ""
