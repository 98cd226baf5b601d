"""Two ways to call the command line: in this process, and as a program of its own."""

import os
import subprocess
import sys

import pytest
from click.testing import CliRunner

from raftkit.cli.program import all_commands

# Programs that tests run, not tests.
collect_ignore = ["interrupting"]


@pytest.fixture
def raftkit():
    """Run a command here; click's result."""
    return lambda *arguments: CliRunner().invoke(all_commands, [str(part) for part in arguments])


@pytest.fixture
def program(repository):
    """Run a command as a program of its own."""

    def run(*arguments, **options):
        command = [sys.executable, "-m", "raftkit", *map(str, arguments)]
        environment = os.environ | {"PYTHONPATH": str(repository)} | options.pop("env", {})
        options = {"capture_output": True, "text": True, "env": environment} | options
        return subprocess.run(command, **options)

    return run
