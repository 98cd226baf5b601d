"""Programs in this Python, in other ones, and in pyodide under Node, as fixtures."""

import os
import shutil
import subprocess
import sys
import tarfile
from importlib.metadata import distribution
from pathlib import Path

import pytest

HERE = Path(__file__).parent
# What the tests need in a browser's Python, with what these need in turn: all of it pure Python.
PACKAGES = ("click", "iniconfig", "networkx", "packaging", "pluggy", "pygments", "pytest", "tqdm")


@pytest.fixture(scope="session")
def run_python(repository):
    """Run a program in a Python that has this kit's packages: what it prints."""

    def run(python, program, *arguments, hash_seed="0"):
        environment = {**os.environ, "PYTHONHASHSEED": hash_seed, "PYTHONPATH": str(repository)}
        return _output([python, program, *arguments], environment)

    return run


@pytest.fixture(scope="session")
def other_pythons(missing):
    """Newer Pythons with this kit's packages: those that RAFTKIT_PYTHONS names."""
    named = os.environ.get("RAFTKIT_PYTHONS", "").split(os.pathsep)
    found = [python for python in named if python and python != sys.executable]
    if not found:
        missing("RAFTKIT_PYTHONS names no other Python that has the packages of the test extra")
    return found


@pytest.fixture(scope="session")
def run_pyodide(repository, tool, tmp_path_factory):
    """Run a program in a browser's Python: what it prints."""
    # Here, because the tests are collected by that Python, too.
    from raftkit.site.downloads import runtime

    node = tool("node", "install Node 20 or newer, for example apt-get install nodejs")
    tool("npm", "install Node 20 or newer with npm, for example apt-get install npm")
    place = tmp_path_factory.mktemp("pyodide")
    with tarfile.open(runtime()) as archive:
        archive.extractall(place, filter="data")
    for name in PACKAGES:
        _copy_package(name, place / "site")

    def run(program, *arguments):
        inside = Path("/repository") / Path(program).relative_to(repository)
        folders = [place / "package", place / "site", repository]
        driver = HERE / "pyodide.mjs"
        return _output([node, driver, *folders, inside, *arguments], dict(os.environ))

    return run


def _copy_package(name, folder):
    for file in distribution(name).files:
        if ".." not in file.parts and file.suffix not in {".so", ".pyd", ".pyc"}:
            target = folder / file
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file.locate(), target)


def _output(command, environment):
    done = subprocess.run(
        list(map(str, command)), env=environment, capture_output=True, text=True, timeout=600
    )
    assert done.returncode == 0, (done.stdout + done.stderr)[-3000:]
    return done.stdout
