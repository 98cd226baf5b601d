"""The option `--wrong ID`: a search runs on the reference, or on a wrong answer of the catalogue.

Every command that searches has this option. It does not know how a search works.
"""

from dataclasses import dataclass
from typing import Any

import click

from raftkit.cli.commands import BadInput


@dataclass(frozen=True)
class SearchSubject:
    """The rules and servers that a search runs on; `wrong` is the wrong answer's id, if any."""

    wrong: str | None
    rules: Any = None
    make_server: Any = None


def _search_subject_of(
    context: click.Context, option: click.Parameter, wrong: str | None
) -> SearchSubject:
    """The subject that the option names. Raises BadInput if there is no such answer."""
    if wrong is None:
        return SearchSubject(None)
    from raftkit.course.proving import AnswerUnderTest, answer

    try:
        subject = AnswerUnderTest(answer(wrong))
        if not subject.answer.is_for_servers:
            raise BadInput(f"{wrong} is no Raft that could be searched: it answers an exercise")
    except KeyError as error:
        raise BadInput(f"{error.args[0]}: raftkit wrong-answers lists them") from None
    return SearchSubject(wrong, subject.rules, subject.make_server)


subject_option = click.option(
    "--wrong",
    "subject",
    metavar="ID",
    callback=_search_subject_of,
    help="A wrong answer of the catalogue in place of the reference, such as V1.",
)
