"""The two errors of the course: `KitError` for a wrong call of ours, `StudentError` for code.

A broken property is neither of them: it is an `InvariantViolation`, a value in a report.
"""

from typing import Literal

ErrorKind = Literal["not started", "raised", "endless", "wrong type", "stopped", "unfit"]


class _Plain(Exception):
    """An error that a notebook shows as its message alone, without a traceback."""

    def _render_traceback_(self) -> list[str]:
        """IPython shows the result of this method instead of a traceback."""
        return [str(self)]


class KitError(_Plain):
    """A wrong call of the kit; the message says how to call it."""


class StudentError(_Plain):
    """A student's code did not answer. `text` is shown to the student, without frames of ours.

    >>> StudentError("endless", "Your function did not come to an end.").kind
    'endless'
    """

    def __init__(self, kind: ErrorKind, text: str) -> None:
        super().__init__(text)
        self.kind: ErrorKind = kind
        self.text = text


class ChangedArguments(StudentError):
    """A student's function changed one of its arguments, which it shares with other calls."""

    def __init__(self, text: str) -> None:
        super().__init__("wrong type", text)


def unusable_text(error: BaseException) -> str:
    """The message about an answer that came back but raises an error when it is read."""
    said = str(error) if type(error).__module__ == "builtins" else ""
    return f"What came back cannot be used: {type(error).__name__}: {said[:300]}"
