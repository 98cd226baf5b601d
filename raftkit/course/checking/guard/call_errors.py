"""The sentences about a call of a student's code that raised an error or returned nothing usable.

Each has the student's own line in it, and no frame of ours. How code is called is not known here.
"""

import inspect
import traceback
from collections.abc import Callable
from types import CodeType
from typing import Any

from raftkit.course.errors import StudentError

_LONGEST_TEXT = 300  # characters of an exception's text


def name_of(function: Callable[..., Any]) -> str:
    """The name of a function for a sentence; "Your function" if it is a lambda."""
    name = getattr(function, "__name__", "<lambda>")
    return "Your function" if name == "<lambda>" else name


def changed_text(function: Callable[..., Any]) -> str:
    """The sentence about a rule that changed an argument, which other servers share."""
    return (
        f"{name_of(function)} changed one of its arguments. The values handed to a rule are the "
        "server's own: leave them as they are and return a new one."
    )


def error_text(function: Callable[..., Any], error: BaseException, subject: str) -> str:
    """The exception as Python words it, with the student's line; for two kinds in plainer words."""
    if isinstance(error, SystemExit):
        return f"{name_of(function)} tried to leave Python (exit). An answer only returns a value."
    if isinstance(error, RecursionError):
        deep = "calls itself without end, or too deep for Python. When does it stop?"
        return f"{name_of(function)} {deep}{_where(function, error)}"
    said = "".join(traceback.format_exception_only(error)).strip()
    if len(said) > _LONGEST_TEXT:
        said = f"{said[:_LONGEST_TEXT]} ..."
    return f"{subject} raised {said}{_where(function, error)}"


def unfinished(function: Callable[..., Any], error: BaseException) -> StudentError:
    """The error for NotImplementedError: in a stub, on one path, or in a function it calls."""
    where = traceback.extract_tb(error.__traceback__)[-1]
    code = _code_of(function)
    if code is None or where.name != code.co_name:
        text = f"{name_of(function)} called {where.name}, which is not written yet."
        return StudentError("raised", text)
    if is_stub(code):
        return StudentError("not started", "Not started yet.")
    text = f"{name_of(function)} came to line {where.lineno}, {where.line}: this path is unwritten."
    return StudentError("raised", text)


def is_stub(code: CodeType) -> bool:
    """Whether the only line that code executes raises NotImplementedError."""
    # A docstring is not executed.
    lines = {line for _, _, line in code.co_lines() if line not in (None, code.co_firstlineno)}
    return len(lines) <= 1 and "NotImplementedError" in code.co_names


def _code_of(function: Callable[..., Any]) -> CodeType | None:
    """The code of a function, or of a class's `__init__`."""
    made = function.__init__ if isinstance(function, type) else function  # type: ignore[misc]
    return getattr(inspect.unwrap(made), "__code__", None)


def _where(function: Callable[..., Any], error: BaseException) -> str:
    """The last line of the student's own code on the way to the error."""
    code = _code_of(function)
    frames = traceback.extract_tb(error.__traceback__)
    # Frames of functions that it called, ours or a library's, do not help its author.
    theirs = [frame for frame in frames if code is not None and frame.filename == code.co_filename]
    if not theirs or theirs[-1].filename.startswith("<doctest"):
        return ""
    last = theirs[-1]
    source = f": {last.line}" if last.line else ""
    return f"\n    in {last.name}, line {last.lineno}{source}"
