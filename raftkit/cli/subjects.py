"""Whom a search is let loose on: the reference, or with `--wrong ID` an answer of the catalogue.

One option for every command that searches, so that all of them name answers alike.
"""

from dataclasses import dataclass
from typing import Any

import click

from raftkit.cli.commands import BadInput


@dataclass(frozen=True)
class Tried:
    """The rules and the servers that are searched; `wrong` is the answer's id, if it is one."""

    wrong: str | None
    rules: Any = None
    make_server: Any = None


def _tried(context: click.Context, option: click.Parameter, wrong: str | None) -> Tried:
    """The subject that was asked for."""
    if wrong is None:
        return Tried(None)
    from raftkit.course.proving import AnswerUnderTest, answer

    try:
        subject = AnswerUnderTest(answer(wrong))
        if not subject.answer.is_for_servers:
            raise BadInput(f"{wrong} is no Raft that could be searched: it answers an exercise")
    except KeyError as error:
        raise BadInput(f"{error.args[0]}: raftkit wrong-answers lists them") from None
    return Tried(wrong, subject.rules, subject.make_server)


tried_option = click.option(
    "--wrong",
    "tried",
    metavar="ID",
    callback=_tried,
    help="A wrong answer of the catalogue in place of the reference, such as V1.",
)
