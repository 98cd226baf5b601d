"""`guarded` and `call_of_server`: call a student's code, and return its result or raise.

What the code may do is decided in counting.py and forbidden_calls.py, and the messages of
`StudentError` are written in call_errors.py.
"""

import math
from collections.abc import Callable, Coroutine, Generator
from threading import get_ident
from typing import Any

from raftkit.course.checking.guard.call_errors import changed_text, error_text, name_of, unfinished
from raftkit.course.checking.guard.counted_call import counted
from raftkit.course.checking.guard.counting import (
    ADVICE,
    SECONDS_A_CALL,
    Count,
    count_also,
    counts_by_thread,
)
from raftkit.course.checking.guard.time_limits import BlockCount
from raftkit.course.errors import ChangedArguments, StudentError
from raftkit.protocol.record import fingerprint

SECONDS_A_STORY = 1.5
_STORYS_ADVICE = ADVICE | {"waits": "In a story, time passes with cluster.run(ms=...)."}


def guarded(function: Callable[..., Any]) -> Callable[..., Any]:
    """`function`, with every error in it turned into a `StudentError`.

    >>> guarded(lambda: 1 / 0)()
    Traceback (most recent call last):
    raftkit.course.errors.StudentError: Your function raised ZeroDivisionError: division by zero
    """
    count_also(function)

    def call(*arguments: Any) -> Any:
        """The result of the student's function; raises `StudentError` if there is none."""
        before = fingerprint(arguments)
        result = _answer(function, "Your function", arguments)
        if fingerprint(arguments) != before:
            raise ChangedArguments(changed_text(function))
        return result

    return call


def call_of_server(function: Callable[..., Any], name: str, *arguments: Any) -> Any:
    """Call a method of a student's server, whose class is called `name`, and return the result.

    Raises `StudentError` if there is none. Whether the server changes its arguments is left to
    the lint, which explains it better.
    """
    return _answer(function, name, arguments)


def step_of_server(
    call: Callable[..., Any], look: Callable[[], Any], name: str, *arguments: Any
) -> tuple[Any, Any]:
    """Call a method of a student's server and look at the server after it, guarded as one call.

    Raises `StudentError` as `call_of_server` does; its sentence is about the method.
    """
    both: tuple[Any, Any] = _answer(_called_and_seen, name, (call, look, arguments), blamed=call)
    return both


def _called_and_seen(
    call: Callable[..., Any], look: Callable[[], Any], arguments: tuple[Any, ...]
) -> tuple[Any, Any]:
    return call(*arguments), look()


def run_story(story: Callable[..., Any], *arguments: Any) -> Any:
    """Call a student's story of a cluster and return its result, or raise `StudentError`.

    A story may take longer than an answer, and may change its arguments.
    """
    answer = _answer(story, "Your story", arguments, SECONDS_A_STORY, _STORYS_ADVICE)
    if isinstance(answer, Generator | Coroutine):
        text = f"{name_of(story)} has not begun: is there a yield or an async too many in it?"
        raise StudentError("wrong type", text)
    return answer


def check_time() -> None:
    """Raise `Endless` if the call of a student's code around this one has taken too long."""
    count = counts_by_thread.get(get_ident())
    if count is not None:
        count.admit("")


def is_called() -> bool:
    """Whether a call of a student's code is under way in this thread."""
    return not isinstance(counts_by_thread.get(get_ident()), BlockCount | None)


def _answer(
    function: Callable[..., Any],
    subject: str,
    arguments: tuple[Any, ...],
    seconds: float = SECONDS_A_CALL,
    advice: dict[str, str] = ADVICE,
    blamed: Callable[..., Any] | None = None,
) -> Any:
    """The result of a counted call; `subject` begins the sentence about what it raises.

    `blamed` is the student's function, if it is not `function` itself.
    """
    blamed = blamed or function
    around = counts_by_thread.get(get_ident())
    if around is not None:
        around.admit(name_of(blamed))
    # Time is limited only within a block (`time_limit`); without one, as under a debugger, steps
    # alone count.
    count = Count(math.inf if around is None else seconds, advice)
    try:
        answer = counted(function, arguments, count)
    except (StudentError, KeyboardInterrupt):
        raise
    except BaseException as error:
        if not count.why:
            raise _blamed(blamed, error, subject) from None
    if count.why:  # also if the function has caught the exception that should have ended it
        raise StudentError(count.kind, f"{name_of(blamed)} {count.why}")
    return answer


def _blamed(function: Callable[..., Any], error: BaseException, subject: str) -> StudentError:
    """What went wrong in a call, in words for the student; `subject` begins the sentence."""
    if isinstance(error, NotImplementedError):
        return unfinished(function, error)
    return StudentError("raised", error_text(function, error, subject))
