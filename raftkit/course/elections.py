"""`try_elections`: a student's view of who could win, drawn for logs of their choice.

The play cell of exercise 4.5, whose answer is no rule that `try_out` could put into a
cluster. What is right stands in the exercise's cases.
"""

from collections.abc import Callable, Mapping
from contextlib import redirect_stdout
from typing import Any

from raftkit.course.answers import read_answer
from raftkit.course.errors import StudentError
from raftkit.course.guard import guarded, patience
from raftkit.course.printed import Printed
from raftkit.course.tutor import Note
from raftkit.protocol import Log
from raftkit.views import Picture, draw_logs
from raftkit.views.words import listed


def try_elections(could_win: Callable[..., Any], logs: Mapping[str, Log]) -> Picture | Note:
    """The logs by their servers' names, with the last entry of each that your function lets win.

    >>> def could_win(candidate, others):
    ...     return all(candidate.last_index >= log.last_index for log in others)
    >>> print(try_elections(could_win, {"S1": Log.of_terms(1, 1), "S2": Log.of_terms(1)}).alt)
    S1 could win.
    """
    printed = Printed()
    try:
        with redirect_stdout(printed), patience():
            winners = [name for name in logs if _wins(guarded(could_win), name, logs)]
    except StudentError as error:
        if error.kind != "not started":
            return Note(error.text)
        return Note("could_win is not started yet: write it, run its cell, then this one.")
    finally:
        if printed.text:
            print(printed.text)
    ends = {name: (max(1, logs[name].last_index),) for name in winners}
    title = f"{listed(winners) if winners else 'Nobody'} could win"
    return draw_logs(logs, compare=False, outline=ends, title=title)


def _wins(could_win: Callable[..., Any], name: str, logs: Mapping[str, Log]) -> bool:
    """What the function says of one server."""
    others = tuple(log for other, log in logs.items() if other != name)
    wins: bool = read_answer(could_win(logs[name], others), bool)
    return wins
