"""`attempt`: a student's code run for a picture, under the guards of a check.

Every play cell goes through here. It knows neither the answer nor what is drawn.
"""

from collections.abc import Callable
from typing import TypeVar

from raftkit.course.checking.guard import is_called, time_limit
from raftkit.course.errors import KitError, StudentError
from raftkit.course.tutor.captured_output import Printed
from raftkit.course.tutor.page_note import Note

T = TypeVar("T")


def attempt(names: str, draw: Callable[[], T]) -> T | Note:
    """What `draw` makes of the answers called `names`, or a sentence on why it makes nothing.

    What they print is shown, shortened, however it ends.

    >>> attempt("should_grant_vote", lambda: 1)
    1
    """
    refuse_within("What draws an answer")
    printed = Printed()
    try:
        with printed.here(), time_limit():
            return draw()
    except StudentError as error:
        if error.kind != "not started":
            return Note(error.text)
        return Note(f"{names} is not started yet: write it, run its cell, then this one.")
    finally:
        if printed.text:
            print(printed.text)


def refuse_within(name: str) -> None:
    """Raise `KitError` if an answer itself calls what is called `name`, which would never end."""
    if is_called():
        raise KitError(
            f"{name} was called by an answer that it runs: call it in a cell of its own."
        )
