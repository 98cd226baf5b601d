"""One seed, one history: across processes, hash seeds, Python versions and WebAssembly."""

import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

PYODIDE = "pyodide@>=314.0.0"
SCENARIO = Path(__file__).parent / "scenario.py"
DRIVER = Path(__file__).parent / "run.mjs"


@pytest.fixture(scope="module")
def native(repository):
    """The scenario's report from a new process of this Python, with a hash seed of its own."""

    def report(hash_seed):
        environment = {**os.environ, "PYTHONHASHSEED": hash_seed, "PYTHONPATH": str(repository)}
        return _last_line([sys.executable, SCENARIO], environment)

    return report


@pytest.fixture(scope="module")
def here(native):
    return native("0")


@pytest.fixture(scope="module")
def pyodide_folder(request, tool, missing, tmp_path_factory):
    """The folder of npm's pyodide: RAFTKIT_PYODIDE, or installed beside pytest's cache."""
    given = os.environ.get("RAFTKIT_PYODIDE")
    if given:
        return Path(given)
    cache = getattr(request.config, "cache", None)
    home = cache.mkdir("pyodide") if cache else tmp_path_factory.mktemp("pyodide")
    folder = home / "node_modules" / "pyodide"
    if not (folder / "pyodide.mjs").exists():
        npm = tool("npm", "install Node 20 or newer with npm, for example apt-get install npm")
        command = [npm, "install", "--no-audit", "--no-fund", "--prefix", home, PYODIDE]
        done = subprocess.run(command, capture_output=True, text=True, timeout=240)
        if done.returncode:
            missing(f"npm could not install {PYODIDE}: {done.stderr.strip()[-500:]}")
    return folder


@pytest.fixture(scope="module")
def in_browser_python(repository, pyodide_folder, tool):
    """The scenario's report from pyodide, which has only raftkit and networkx to import."""
    node = tool("node", "install Node 20 or newer, for example apt-get install nodejs")
    networkx = Path(importlib.util.find_spec("networkx").origin).parent
    command = [node, DRIVER, pyodide_folder, SCENARIO, repository / "raftkit", networkx]
    return _last_line(command, dict(os.environ))


def test_the_scenario_has_every_kind_of_event(here):
    run = here["run"]

    assert run["records"]["Step"] > 1_000
    assert run["records"]["Lost"] > 20
    assert run["records"]["Acted"] >= 24
    assert run["term"] >= 2
    assert run["answered"] >= 10
    assert run["violations"] == 0


@pytest.mark.parametrize("hash_seed", ["0", "1", "4711", "random"])
def test_the_history_is_the_same_in_another_process_under_any_hash_seed(hash_seed, native, here):
    assert native(hash_seed)["run"] == here["run"]


def test_the_history_is_the_same_in_a_browsers_python(in_browser_python, here):
    assert in_browser_python["run"] == here["run"]


def test_the_examples_of_core_simulator_and_checkers_hold_in_a_browsers_python(
    in_browser_python, here
):
    assert in_browser_python["failed"] == []
    assert in_browser_python["examples"] == here["examples"] > 50


def _last_line(command, environment):
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, (done.stdout + done.stderr)[-3000:]
    return json.loads(done.stdout.splitlines()[-1])
