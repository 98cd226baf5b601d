"""`try_elections`, `try_promise`: what a student says of a cluster from outside, drawn.

The play cells of exercises 4.5 and 5.4, whose answers are no rules that `try_out` could put
into a cluster. What is right stands in the exercises' cases.
"""

from collections.abc import Callable, Mapping
from typing import Any

from raftkit.course.checking.answers import read_answer
from raftkit.course.checking.guard import guarded
from raftkit.course.tutor.guarded_drawing import attempt
from raftkit.course.tutor.page_note import Note
from raftkit.protocol import Log, Message, Persistent
from raftkit.views import Picture, draw_logs, draw_storage
from raftkit.views.descriptions import listed, message_in_words


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
    return attempt(name, lambda: draw(lambda *given: bool(read_answer(rule(*given), bool))))
