"""`attempt`: a student's code run for a picture, under the guards of a check.

Every play cell goes through here. It knows neither the answer nor what is drawn.
"""

from collections.abc import Callable
from contextlib import redirect_stdout
from typing import TypeVar

from raftkit.course.errors import StudentError
from raftkit.course.guard import patience
from raftkit.course.note import Note
from raftkit.course.printed import Printed

T = TypeVar("T")


def attempt(names: str, draw: Callable[[], T]) -> T | Note:
    """What `draw` makes of the answers called `names`, or a sentence on why it makes nothing.

    What they print is shown, shortened, however it ends.

    >>> attempt("should_grant_vote", lambda: 1)
    1
    """
    printed = Printed()
    try:
        with redirect_stdout(printed), patience():
            return draw()
    except StudentError as error:
        if error.kind != "not started":
            return Note(error.text)
        return Note(f"{names} is not started yet: write it, run its cell, then this one.")
    finally:
        if printed.text:
            print(printed.text)
