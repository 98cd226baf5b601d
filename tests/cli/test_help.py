"""What a newcomer reads first: whole summaries, and what a shell completes."""

import pytest
from click.testing import CliRunner

from raftkit.cli.program import all_commands

COMMANDS = sorted(all_commands.commands)
SHELLS = {
    "bash": {"COMP_WORDS": "raftkit {words}", "COMP_CWORD": "{count}"},
    "zsh": {"COMP_WORDS": "raftkit {words}", "COMP_CWORD": "{count}"},
    "fish": {"COMP_WORDS": "raftkit {before}", "COMP_CWORD": "{last}"},
}


@pytest.mark.parametrize("width", [80, 100, 132, 200])
def test_the_help_shows_the_whole_summary_of_every_command(width):
    done = CliRunner().invoke(all_commands, ["--help"], terminal_width=width)
    words = " ".join(done.output.split())

    for name in COMMANDS:
        summary = all_commands.commands[name].help.partition("\n\n")[0].partition(". ")[0]
        assert f"{name} {' '.join(summary.split())}" in words, name
    assert max(map(len, done.output.splitlines())) <= width


def completed(program, shell, *words):
    """What a shell would offer for the last of `words`."""
    parts = {
        "words": " ".join(words), "count": len(words), "last": words[-1],
        "before": " ".join(words[:-1]),
    }  # fmt: skip
    given = {name: value.format(**parts) for name, value in SHELLS[shell].items()}
    done = program(env=given | {"_RAFTKIT_COMPLETE": f"{shell}_complete"})

    assert (done.returncode, done.stderr) == (0, "")
    return {part for line in done.stdout.splitlines() for part in line.replace(",", " ").split()}


@pytest.mark.parametrize("shell", SHELLS)
def test_a_shell_completes_commands(program, shell):
    assert {*COMMANDS} <= completed(program, shell, "")
    assert {"simulate"} == completed(program, shell, "sim") & {*COMMANDS}


@pytest.mark.parametrize("shell", SHELLS)
@pytest.mark.parametrize("command", COMMANDS)
def test_a_shell_completes_options(program, shell, command):
    options = {
        option
        for parameter in all_commands.commands[command].params
        for option in parameter.opts
        if option.startswith("--")
    }

    assert options <= completed(program, shell, command, "--")


def test_a_shell_completes_files(program):
    assert "file" in completed(program, "bash", "linearizable", "hist")


@pytest.mark.parametrize("shell", SHELLS)
def test_the_readmes_line_for_each_shell_sets_it_up(program, repository, shell):
    readme = (repository / "README.md").read_text(encoding="utf-8")

    done = program(env={"_RAFTKIT_COMPLETE": f"{shell}_source"})

    assert done.returncode == 0
    assert f"_RAFTKIT_COMPLETE={shell}_complete" in done.stdout
    assert f"_RAFTKIT_COMPLETE={shell}_source raftkit" in readme
