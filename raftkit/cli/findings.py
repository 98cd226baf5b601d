"""Shows the smallest failing history that a command has found, and ends with exit status 1.

It prints a program to paste, and draws and saves the history on demand. It does not know how
the history was found.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NoReturn

import click

from raftkit.cli.commands import FAILED, say
from raftkit.cli.files import Target, output_option
from raftkit.cli.search_subject import SearchSubject

if TYPE_CHECKING:
    from raftkit.checkers import Trial
    from raftkit.simulator import History, InvariantViolation


def finding_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """The options `--svg` and `--json`, as parameters `svg` and `json_file`."""
    drawn = output_option("--svg", "svg", "The smallest failing history as a picture.")
    saved = output_option("--json", "json_file", "That history for another program.")
    return drawn(saved(function))


def show_finding(
    subject: SearchSubject,
    trial: "Trial",
    history: "History",
    violation: "InvariantViolation | None",
    svg: Target | None,
    json_file: Target | None,
) -> NoReturn:
    """Print the program, draw and save the history, and leave with exit status 1."""
    say(f"\n{_program(trial, subject).rstrip()}")
    if svg:
        from raftkit.views import space_time

        svg.write(f"{space_time(history, violation=violation).svg}\n")
    if json_file:
        json_file.write(f"{history.to_json()}\n")
    raise click.exceptions.Exit(FAILED)


def _program(trial: "Trial", subject: SearchSubject) -> str:
    """The program to paste; it takes a wrong answer from the catalogue by its id."""
    from raftkit.checkers.trial_program import program

    if subject.wrong is None:
        return program(trial)
    imported = "from raftkit.course.proving import AnswerUnderTest, answer\n"
    name = f'AnswerUnderTest(answer("{subject.wrong}"))'
    return imported + program(trial, f"{name}.rules", f"{name}.make_server")
