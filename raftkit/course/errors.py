"""The errors of the course, of which a notebook shows no traceback.

`KitError` is for a wrong call of the kit, `StudentError` for an error in a student's code. A
violated property is neither: it is an `InvariantViolation`, a value in a report.
"""

from typing import Literal

from raftkit.harmless_text import harmless
from raftkit.protocol.value_size import unwritten_number

ErrorKind = Literal[
    "not started", "raised", "endless", "deep", "wrong type", "changed", "stopped", "unfit"
]


class _WithoutTraceback:
    """An exception of which a notebook shows only the message."""

    def _render_traceback_(self) -> list[str]:
        """IPython shows the result of this method instead of a traceback."""
        return [str(self)]


class KitError(_WithoutTraceback, Exception):
    """A wrong call of the kit; the message says how to call it."""


class StudentError(_WithoutTraceback, Exception):
    """A student's code gave no usable answer; `text` says so to the student.

    >>> StudentError("endless", "Your function did not come to an end.").kind
    'endless'
    """

    def __init__(self, kind: ErrorKind, text: str) -> None:
        # A text may quote anything of the student's, also what a terminal would obey.
        self.text = harmless(text)
        super().__init__(self.text)
        self.kind: ErrorKind = kind


class Interrupted(_WithoutTraceback, KeyboardInterrupt):
    """The kit's work was interrupted; the message says what has no result."""


class ChangedArguments(StudentError):
    """A student's function changed one of its arguments, which it shares with other calls."""

    def __init__(self, text: str) -> None:
        super().__init__("changed", text)


def excessive_answer(excess: str) -> StudentError:
    """The error for an answer in which something is too large (raftkit.protocol.value_size)."""
    return StudentError("wrong type", f"Your function returned {excess}, which no answer needs.")


def unusable_text(error: BaseException) -> str:
    """The message about a returned value that raises an error when it is read."""
    too_large = unwritten_number(error)
    if too_large:
        return f"What came back cannot be used: {too_large} is in it, and none is needed."
    said = str(error) if type(error).__module__ == "builtins" else ""
    return f"What came back cannot be used: {type(error).__name__}: {said[:300]}"
