"""Nothing that a student's function does by accident hurts the notebook."""

import sys
import time
from contextlib import suppress
from typing import Any

import pytest

from raftkit.course import StudentError, check
from raftkit.course.guard import guarded, patience
from raftkit.protocol import Standing, Tally


def for_ever(granted: int, refused: int, servers: int) -> bool:
    while True:
        pass


def for_ever_and_silent(granted: int, refused: int, servers: int) -> bool:
    while True:
        try:  # noqa: SIM105
            granted / 0
        except:  # noqa: E722
            pass


def for_ever_in_a_with(granted: int, refused: int, servers: int) -> bool:
    while True:
        with suppress(BaseException):
            raise ValueError


def for_ever_in_a_generator(granted: int, refused: int, servers: int) -> bool:
    return sum(1 for _ in iter(int, 1)) > 0


@pytest.mark.parametrize(
    "function", [for_ever, for_ever_and_silent, for_ever_in_a_with, for_ever_in_a_generator]
)
def test_an_endless_loop_ends_with_a_sentence(function: Any) -> None:
    result = check("2.1", function)

    assert result.status == "error"
    assert "without coming to an end" in result.message
    assert sys.gettrace() is None


@pytest.mark.skipif(not hasattr(time, "pthread_getcpuclockid"), reason="needs POSIX signals")
def test_a_call_that_sits_still_is_ended() -> None:
    def sleepy() -> None:
        while True:
            try:
                time.sleep(60)
            except BaseException:
                continue

    with pytest.raises(StudentError, match=r"kept the check waiting"), patience(seconds=0.05):
        guarded(sleepy)()


def test_an_exception_shows_the_students_line_and_none_of_ours() -> None:
    def has_majority(granted: int, refused: int, servers: int) -> bool:
        return granted > quorum  # type: ignore[name-defined]  # noqa: F821

    text = str(check("2.1", has_majority))

    assert "NameError: name 'quorum' is not defined" in text
    assert "return granted > quorum" in text
    assert "guard.py" not in text
    assert "examine.py" not in text


def test_an_empty_stub_is_not_started() -> None:
    def has_majority(granted: int, refused: int, servers: int) -> bool:
        raise NotImplementedError

    result = check("2.1", has_majority)

    assert (result.status, result.points) == ("not started", 0)
    assert "Not started yet." in str(result)
    assert "Traceback" not in str(result)


def test_leaving_python_is_a_sentence() -> None:
    assert "tried to leave Python" in str(check("2.1", lambda *numbers: sys.exit(0)))


def test_endless_recursion_is_a_sentence() -> None:
    def has_majority(granted: int, refused: int, servers: int) -> bool:
        return has_majority(granted, refused, servers)

    assert "calls itself without end" in str(check("2.1", has_majority))


def test_none_is_asked_for_its_return() -> None:
    assert "does every path end in a return?" in str(check("2.1", lambda *numbers: None))


def test_a_changed_argument_is_noticed() -> None:
    def adopt_term(standing: Any, message: Any) -> Standing:
        if message.term > standing.current_term:
            standing.current_term = message.term
        return standing

    assert "changed one of its arguments" in str(check("2.4", adopt_term))


def test_an_answer_with_parts_of_the_wrong_type_is_a_sentence() -> None:
    result = check("2.7", lambda standing, tally, response: Tally(None, None))  # type: ignore[arg-type]

    assert result.status == "partial"
    assert "a tuple of names, such as ('S1', 'S4')" in str(result)


def test_giant_output_is_cut() -> None:
    def has_majority(granted: int, refused: int, servers: int) -> bool:
        print("x" * 1_000_000)
        return granted > servers // 2

    result = check("2.1", has_majority)

    assert result.status == "full"
    assert len(result.message) < 1_000
    assert "... and more" in result.message


def test_wrong_arity_is_a_sentence_with_the_case() -> None:
    text = str(check("2.1", lambda: True))

    assert "TypeError" in text
    assert "just over half is a majority" in text


def test_a_debugger_keeps_its_tracer() -> None:
    def tracer(frame: Any, event: str, argument: Any) -> None:
        return None

    before = sys.gettrace()
    sys.settrace(tracer)
    try:
        assert guarded(lambda: 3)() == 3
        assert sys.gettrace() is tracer
    finally:
        sys.settrace(before)


def test_an_interrupt_is_the_students_own_and_goes_through() -> None:
    def interrupted() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        guarded(interrupted)()


@pytest.mark.parametrize(
    "function", [for_ever, for_ever_and_silent, for_ever_in_a_with, for_ever_in_a_generator]
)
def test_an_ended_loop_leaves_no_exception_behind(function: Any) -> None:
    check("2.1", function)

    assert sys.exc_info() == (None, None, None)
    assert ValueError("new").__context__ is None
