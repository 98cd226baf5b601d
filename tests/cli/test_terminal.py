"""What students, files and shells bring along does nothing to the terminal that shows it."""

import ast
import json

import pytest

from raftkit.cli.commands import harmless
from raftkit.cli.program import all_commands

NASTY = "\x1b]0;owned\x07\x1b[2J\x9b31m\u202e\r\x00"


def is_harmless(text):
    return all(line.isprintable() for line in text.replace("\t", " ").split("\n"))


def test_signs_that_steer_a_terminal_are_spelt_out():
    assert is_harmless(harmless(f"before\n{NASTY}\tafter"))
    assert harmless("⊗ ✓ “Müller” 日本\n\tx") == "⊗ ✓ “Müller” 日本\n\tx"
    assert harmless("a\nb", keep="") == r"a\nb"


@pytest.mark.parametrize("options", [[], ["--json"], ["--json", "out.json"]])
def test_what_an_answer_raises_and_prints_is_harmless(raftkit, tmp_path, monkeypatch, options):
    monkeypatch.chdir(tmp_path)
    body = f"    print({NASTY!r})\n    raise ValueError({NASTY!r})"
    source = f"def has_majority(*given):\n{body}"
    cell = {"cell_type": "code", "source": source, "metadata": {}, "outputs": []}
    (tmp_path / "02_voting.ipynb").write_text(json.dumps({"cells": [cell]}))

    done = raftkit("check", "02_voting.ipynb", *options)

    assert done.exit_code == 1
    assert "owned" in done.output
    assert is_harmless(done.output)


@pytest.mark.parametrize("command", sorted(all_commands.commands))
def test_a_nasty_argument_is_shown_harmlessly_and_on_one_line(raftkit, command):
    for arguments in ([f"--{NASTY}x"], [f"{NASTY}\n", f"{NASTY}\n", f"{NASTY}\n"]):
        done = raftkit(command, *arguments)

        assert (done.exit_code, done.stdout) == (2, "")
        assert is_harmless(done.stderr)
        assert done.stderr.count("\n") == 1


def test_every_command_speaks_through_the_one_door(modules_of_commands):
    # click.echo writes whatever it gets; say() and report() do not.
    speaking = {
        name
        for name, tree in modules_of_commands.items()
        for node in ast.walk(tree)
        if {"echo", "secho", "print"} & {getattr(node, "attr", ""), getattr(node, "id", "")}
    }

    assert speaking == {"commands.py", "files.py"}


@pytest.fixture
def modules_of_commands(repository):
    return {
        path.name: ast.parse(path.read_text(encoding="utf-8"))
        for path in (repository / "raftkit" / "cli").glob("*.py")
    }
