"""`guarded`: calls a student's function so that nothing it does can hurt the notebook.

An endless loop, an exception, an exit, a changed argument or a wrong type becomes
a `StudentError` in one sentence. An endless loop is recognised by the number of
steps it takes, which is the same on every machine; a call that sits still is ended
by a signal where the system has them. None of this isolates: graders use a child
process (raftkit.grading).
"""

import dis
import signal
import sys
import threading
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from types import CodeType, FrameType
from typing import Any

from raftkit.course.errors import StudentError

# A right answer takes some dozens of steps, so the number can be generous. A server's steps are
# lines, because counting its bytecodes would make a check of thousands of events ten times as long.
STEPS_A_CALL = 1_000_000
LINES_AN_EVENT = 100_000
SECONDS_A_CHECK = 5.0


class _Endless(BaseException):
    """Thrown into a student's function; no `except Exception` of theirs stops it."""


class _Patience:
    """Whether the time of a check is up; the signal says so, the tracer reads it."""

    is_over = False


def guarded(function: Callable[..., Any]) -> Callable[..., Any]:
    """`function`, with everything that can go wrong in it turned into a `StudentError`.

    >>> guarded(lambda: 1 / 0)()
    Traceback (most recent call last):
    raftkit.course.errors.StudentError: Your function raised ZeroDivisionError: division by zero
    """

    def call(*arguments: Any) -> Any:
        """The answer of the student's function, or one `StudentError` that says what went wrong."""
        before = _fingerprint(arguments)
        try:
            result = _call_with_budget(function, arguments)
        except (StudentError, KeyboardInterrupt):
            raise
        except BaseException as error:
            raise _blamed(function, error, "Your function") from None
        if _fingerprint(arguments) != before:
            raise StudentError("wrong type", _changed_text(function))
        return result

    return call


def call_of_server(function: Callable[..., Any], name: str, *arguments: Any) -> Any:
    """One call of a student's server: its answer, or a `StudentError`; `name` is its class's.

    Whether it changes what it is handed is left to the lint, which tells it better.
    """
    try:
        return _call_with_budget(function, arguments, by_line=True)
    except (StudentError, KeyboardInterrupt):
        raise
    except BaseException as error:
        raise _blamed(function, error, name) from None


def _blamed(function: Callable[..., Any], error: BaseException, subject: str) -> StudentError:
    """What went wrong in a call, as the student reads it; `subject` begins the sentence."""
    if isinstance(error, NotImplementedError):
        return _unfinished(function, error)
    if isinstance(error, _Endless):
        return StudentError("endless", _endless_text(function, error))
    return StudentError("raised", _error_text(function, error, subject))


@contextmanager
def patience(seconds: float = SECONDS_A_CHECK) -> Iterator[None]:
    """Within this block a student's function that sits still is ended after `seconds`.

    Only the main thread of a system with signals can do that; elsewhere the block does nothing.
    """
    usable = hasattr(signal, "setitimer") and threading.current_thread() is threading.main_thread()
    if not usable:
        yield
        return

    def ring(number: int, frame: FrameType | None) -> None:
        _Patience.is_over = True
        raise _Endless

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    except _Endless:
        text = f"Your function kept the check waiting for {seconds:g} seconds, so it was stopped."
        raise StudentError("endless", text) from None
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
        _Patience.is_over = False


# Counting steps --------------------------------------------------------------------------


def _call_with_budget(
    function: Callable[..., Any], arguments: tuple[Any, ...], by_line: bool = False
) -> Any:
    """The function's answer; `_Endless` if it takes more steps than any answer needs."""
    if sys.gettrace() is not None:
        # Somebody is debugging: two tracers do not go together, and theirs was first.
        return function(*arguments)
    steps, limit = 0, LINES_AN_EVENT if by_line else STEPS_A_CALL

    def count(frame: FrameType, event: str, argument: Any) -> Any:
        nonlocal steps
        steps += 1
        if event == "call":
            # `while True: pass` is a single line that is never left: there bytecodes count.
            if not by_line or _loops_in_one_line(frame.f_code):
                frame.f_trace_opcodes, frame.f_trace_lines = True, False
        if steps > limit or _Patience.is_over:
            frame.f_trace_opcodes = True  # Only its bytecodes show where it may be thrown.
            if _may_throw(frame, event):
                raise _Endless(limit)
        return count

    sys.settrace(count)
    try:
        return function(*arguments)
    finally:
        sys.settrace(None)


def _may_throw(frame: FrameType, event: str) -> bool:
    """Whether to end an endless function just here; every round of a loop has such a place.

    Python stops tracing once a tracer raises, so the only throw must not land where a bare
    `except:` of the student's swallows it. And only at a loop's jump or at a call is it certain
    that no handler is half-way left, which would leave its exception behind for ever.
    """
    if event != "call" and not _jumps_back(frame.f_code, frame.f_lasti):
        return False
    return not _would_be_caught(frame)


@lru_cache
def _loops_in_one_line(code: CodeType) -> bool:
    """Whether a loop of this code goes round within one line, which no tracer of lines sees."""
    lines: dict[int, int | None] = {}
    for start, end, line in code.co_lines():
        lines.update(dict.fromkeys(range(start, end, 2), line))
    return any(
        "JUMP_BACKWARD" in each.opname and lines.get(each.offset) == lines.get(each.argval)
        for each in dis.get_instructions(code)
    )


@lru_cache
def _jumps_back(code: CodeType, offset: int) -> bool:
    """Whether this instruction closes a loop, in the spelling of any Python since 3.11."""
    return "JUMP_BACKWARD" in dis.opname[code.co_code[offset]]


def _would_be_caught(frame: FrameType | None) -> bool:
    """Whether a handler of the student's stands around what runs now, in any frame up to ours."""
    while frame is not None and frame.f_code is not _call_with_budget.__code__:
        covered = _covered(frame.f_code)
        if any(start <= frame.f_lasti < end for start, end in covered):
            return True
        frame = frame.f_back
    return False


@lru_cache
def _covered(code: CodeType) -> tuple[tuple[int, int], ...]:
    """The stretches of bytecode whose exceptions go to a handler, which might swallow them."""
    entries = dis.Bytecode(code).exception_entries  # type: ignore[attr-defined]
    return tuple((entry.start, entry.end) for entry in entries)


# Saying what happened --------------------------------------------------------------------


def _fingerprint(arguments: tuple[Any, ...]) -> int | None:
    """A number that differs once an argument was changed in place; None where it cannot be told."""
    try:
        return hash(arguments)
    except TypeError:
        return None


def _name(function: Callable[..., Any]) -> str:
    return getattr(function, "__name__", "your function")


def _changed_text(function: Callable[..., Any]) -> str:
    """What is said of a rule that changed what it was handed: the next server would see it too."""
    return (
        f"{_name(function)} changed one of its arguments. The values handed to a rule are the "
        "server's own: leave them as they are and return a new one."
    )


def _endless_text(function: Callable[..., Any], error: "_Endless") -> str:
    """What is said of a function that did not end, by steps or by the clock."""
    if _Patience.is_over:
        return (
            f"{_name(function)} kept the check waiting too long, so it was stopped. "
            "An answer needs no waiting."
        )
    return (
        f"{_name(function)} took {error.args[0]:,} steps without coming to an end, so it was "
        "stopped. Is there a loop whose condition never becomes false?"
    )


def _error_text(function: Callable[..., Any], error: BaseException, subject: str) -> str:
    """The exception as Python words it, with the student's own line; two have plainer words."""
    if isinstance(error, SystemExit):
        return f"{_name(function)} tried to leave Python (exit). An answer only returns a value."
    if isinstance(error, RecursionError):
        return f"{_name(function)} calls itself without end. When does it stop?"
    said = "".join(traceback.format_exception_only(error)).strip()
    return f"{subject} raised {said}{_where(function, error)}"


def _unfinished(function: Callable[..., Any], error: BaseException) -> StudentError:
    """A stub, a path that is still to be written, or a stub that this function calls."""
    where = traceback.extract_tb(error.__traceback__)[-1]
    code = _code_of(function)
    if code is None or where.name != code.co_name:
        text = f"{_name(function)} called {where.name}, which is not written yet."
        return StudentError("raised", text)
    if is_stub(code):
        return StudentError("not started", "Not started yet.")
    text = f"{_name(function)} came to line {where.lineno}, {where.line}: this path is unwritten."
    return StudentError("raised", text)


def is_stub(code: CodeType) -> bool:
    """Whether code has one line that does something, and it raises NotImplementedError."""
    # A docstring is no such line.
    lines = {line for _, _, line in code.co_lines() if line not in (None, code.co_firstlineno)}
    return len(lines) <= 1 and "NotImplementedError" in code.co_names


def _code_of(function: Callable[..., Any]) -> CodeType | None:
    """The code of a function, or of what makes an object of a class."""
    made = function.__init__ if isinstance(function, type) else function  # type: ignore[misc]
    return getattr(made, "__code__", None)


def _where(function: Callable[..., Any], error: BaseException) -> str:
    """The last line of the student's own code on the way to the error."""
    code = _code_of(function)
    frames = traceback.extract_tb(error.__traceback__)
    # What the function called in turn, ours or the library's, is not where its author must
    # look.
    theirs = [frame for frame in frames if code is not None and frame.filename == code.co_filename]
    if not theirs or theirs[-1].filename.startswith("<doctest"):
        return ""
    last = theirs[-1]
    source = f": {last.line}" if last.line else ""
    return f"\n    in {last.name}, line {last.lineno}{source}"
