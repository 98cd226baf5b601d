"""`try_elections`, `try_promise`: what a student says of a cluster from outside, drawn.

The play cells of exercises 4.5 and 5.4, whose answers are no rules that `try_out` could put
into a cluster. What is right stands in the exercises' cases.
"""

from collections.abc import Callable, Mapping
from contextlib import redirect_stdout
from typing import Any

from raftkit.course.answers import read_answer
from raftkit.course.errors import StudentError
from raftkit.course.guard import guarded, patience
from raftkit.course.note import Note
from raftkit.course.printed import Printed
from raftkit.protocol import Log, Message, Persistent
from raftkit.views import Picture, draw_logs, draw_storage
from raftkit.views.words import listed, message_in_words


def try_elections(could_win: Callable[..., Any], logs: Mapping[str, Log]) -> Picture | Note:
    """The logs by their servers' names, with the last entry of each that your function lets win.

    >>> def could_win(candidate, others):
    ...     return all(candidate.last_index >= log.last_index for log in others)
    >>> print(try_elections(could_win, {"S1": Log.of_terms(1, 1), "S2": Log.of_terms(1)}).alt)
    S1 could win.
    """

    def drawn(wins: Callable[..., bool]) -> Picture:
        winners = [name for name in logs if wins(logs[name], _others(name, logs))]
        ends = {name: (max(1, logs[name].last_index),) for name in winners}
        title = f"{listed(winners) if winners else 'Nobody'} could win"
        return draw_logs(logs, compare=False, outline=ends, title=title)

    return _shown("could_win", could_win, drawn)


def try_promise(
    keeps_its_word: Callable[..., Any], durable: Persistent, message: Message
) -> Picture | Note:
    """A server's disk, and what your function says of a message that the server is about to send.

    >>> from raftkit.protocol import RequestVoteResponse
    >>> def keeps_its_word(durable, message):
    ...     return durable.voted_for == message.target
    >>> vote = RequestVoteResponse("S2", "S1", 4, vote_granted=True)
    >>> print(try_promise(keeps_its_word, Persistent(4, "S1"), vote).alt.partition(". ")[2])
    Still true after a crash. Memory is empty.
    """

    def drawn(kept: Callable[..., bool]) -> Picture:
        verdict = "Still true" if kept(durable, message) else "A lie"
        title = f"{message_in_words(message)}. {verdict} after a crash"
        return draw_storage(None, durable, title=title)

    return _shown("keeps_its_word", keeps_its_word, drawn)


def _others(name: str, logs: Mapping[str, Log]) -> tuple[Log, ...]:
    return tuple(log for other, log in logs.items() if other != name)


def _shown(
    name: str, function: Callable[..., Any], draw: Callable[[Callable[..., bool]], Picture]
) -> Picture | Note:
    """The picture, or a sentence for what went wrong; what the function prints is shown, too."""
    rule = guarded(function)
    printed = Printed()
    try:
        with redirect_stdout(printed), patience():
            return draw(lambda *given: bool(read_answer(rule(*given), bool)))
    except StudentError as error:
        if error.kind != "not started":
            return Note(error.text)
        return Note(f"{name} is not started yet: write it, run its cell, then this one.")
    finally:
        if printed.text:
            print(printed.text)
