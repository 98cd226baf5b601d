"""`draw_guarded`: draws a picture from a student's answer, under the guards of a check.

Every play cell calls it. An answer that raises an error or does not end becomes a sentence. This
module knows neither the answer nor the picture.
"""

from collections.abc import Callable
from typing import TypeVar

from raftkit.course.checking.guard import is_called, time_limit
from raftkit.course.errors import KitError, StudentError
from raftkit.course.tutor.captured_output import CapturedOutput
from raftkit.course.tutor.interrupts import told_if_interrupted
from raftkit.course.tutor.tutor_message import TutorMessage

T = TypeVar("T")


@told_if_interrupted("The picture")
def draw_guarded(names: str, draw: Callable[[], T]) -> T | TutorMessage:
    """The result of `draw`, or a sentence that says why the answers called `names` give none.

    Their output is printed, shortened, in every case.

    >>> draw_guarded("should_grant_vote", lambda: 1)
    1
    """
    refuse_within("What draws an answer")
    output = CapturedOutput()
    try:
        with output.capture(), time_limit():
            return draw()
    except StudentError as error:
        if error.kind != "not started":
            return TutorMessage(error.text)
        return TutorMessage(f"{names} is not started yet: write it, run its cell, then this one.")
    finally:
        if output.text:
            print(output.text)


def refuse_within(name: str) -> None:
    """Raise `KitError` if an answer calls the function `name` itself, which would never end."""
    if is_called():
        raise KitError(
            f"{name} was called by an answer that it runs: call it in a cell of its own."
        )
