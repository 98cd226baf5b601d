"""Errors by blame: ours and the student's.

A broken property is neither: it is an `InvariantViolation`, a value in a report.
"""

from typing import Literal

Kind = Literal["not started", "raised", "endless", "wrong type", "stopped", "unfit"]


class _Plain(Exception):
    """An error that a notebook shows as its message alone, without a traceback."""

    def _render_traceback_(self) -> list[str]:
        """What IPython shows instead of a traceback, if an exception has such a method."""
        return [str(self)]


class KitError(_Plain):
    """Something that whoever called us can put right; the message says how."""


class StudentError(_Plain):
    """A student's function did not answer. `text` is for the student's eyes: no frame of ours.

    >>> StudentError("endless", "Your function did not come to an end.").kind
    'endless'
    """

    def __init__(self, kind: Kind, text: str) -> None:
        super().__init__(text)
        self.kind: Kind = kind
        self.text = text


def unusable_text(error: BaseException) -> str:
    """What is said of an answer that came back, and raises when it is looked at."""
    said = str(error) if type(error).__module__ == "builtins" else ""
    return f"What came back cannot be used: {type(error).__name__}: {said[:300]}"
