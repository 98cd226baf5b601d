"""Lint, format and types, held by the tests, so that plain `pytest` is the whole proof."""

import subprocess
import sys

import pytest


@pytest.mark.parametrize(
    "command",
    [
        ["ruff", "check", "--no-cache"],
        ["ruff", "format", "--check", "--no-cache"],
        ["mypy"],
    ],
    ids=["ruff check", "ruff format", "mypy"],
)
def test_the_tool_finds_nothing(command, repository):
    done = subprocess.run(
        [sys.executable, "-m", *command], cwd=repository, capture_output=True, text=True
    )

    if done.returncode:
        pytest.fail(done.stdout + done.stderr, pytrace=False)
