"""`raised_in_words`: an error that a server under test raised, with the line that is to blame.

The line is the last one outside the kit and of no library, so that who wrote the server finds it
although the frames of the simulator and the checkers are not shown.
"""

import sysconfig
import traceback
from pathlib import Path

_KIT = str(Path(__file__).resolve().parents[1])
_NOT_THEIRS = (_KIT, *sysconfig.get_paths().values(), "<frozen", "<doctest")


def raised_in_words(error: BaseException) -> str:
    """The end of a sentence about a server that raised an error, from "raised" on.

    >>> raised_in_words(IndexError("tuple index out of range"))
    'raised IndexError: tuple index out of range'
    """
    return f"raised {type(error).__name__}: {error}{_place(error)}"


def _place(error: BaseException) -> str:
    """Where the error was raised in a server's own code; "" if that is not known."""
    frames = [
        frame
        for frame in traceback.extract_tb(error.__traceback__)
        if not frame.filename.startswith(_NOT_THEIRS)
    ]
    if not frames:
        return ""
    last = frames[-1]
    source = f": {last.line}" if last.line else ""
    return f" (in {last.name}, line {last.lineno}{source})"
