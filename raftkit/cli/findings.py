"""What a command does with the smallest failing history that it has found.

It is printed as a program to paste, drawn and saved on demand, and ends in exit status 1.
How it was found is not known here.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NoReturn

import click

from raftkit.cli.commands import FAILED, say
from raftkit.cli.files import Target, output_option
from raftkit.cli.subjects import Tried

if TYPE_CHECKING:
    from raftkit.checkers import Trial
    from raftkit.simulator import History, InvariantViolation


def finding_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """The options `--svg` and `--json`, as parameters `svg` and `json_file`."""
    drawn = output_option("--svg", "svg", "The smallest failing history as a picture.")
    saved = output_option("--json", "json_file", "That history for another program.")
    return drawn(saved(function))


def show_finding(
    tried: Tried,
    trial: "Trial",
    history: "History",
    violation: "InvariantViolation | None",
    svg: Target | None,
    json_file: Target | None,
) -> NoReturn:
    """Print the program, draw and save the history, and leave with exit status 1."""
    say(f"\n{_program(trial, tried).rstrip()}")
    if svg:
        from raftkit.views import space_time

        svg.write(f"{space_time(history, violation=violation).svg}\n")
    if json_file:
        json_file.write(f"{history.to_json()}\n")
    raise click.exceptions.Exit(FAILED)


def _program(trial: "Trial", tried: Tried) -> str:
    """Lines to paste; they take the wrong answer from the catalogue."""
    from raftkit.checkers.pasting import program

    if tried.wrong is None:
        return program(trial)
    imported = "from raftkit.course.proving import AnswerUnderTest, answer\n"
    name = f'AnswerUnderTest(answer("{tried.wrong}"))'
    return imported + program(trial, f"{name}.rules", f"{name}.make_server")
