"""`Cell`, the outcome of one answer under one check, and `try_column`, which finds it.

A case that catches the answer is a counterexample; seconds and events count up to the
first. Whatever an answer does, too many events and endless loops included, is an outcome.
Seconds are CPU time of this process; nothing is decided by them.
"""

from contextlib import nullcontext
from dataclasses import dataclass
from time import process_time

from raftkit.course.checking.guard import time_limit
from raftkit.course.errors import StudentError
from raftkit.course.proving.answer_under_test import AnswerUnderTest
from raftkit.course.proving.event_budget import TooManyEvents
from raftkit.course.proving.matrix_columns import CaseCheck, Column

# The last resort against code that never comes to its next event.
SECONDS_A_CASE = 30.0


@dataclass(frozen=True)
class Cell:
    """The outcome of one answer under one check.

    `tried` counts the cases that were run, 0 if the check does not apply; `failed` names the
    cases that caught the answer, in order. `seconds` and `events` count up to the first of these,
    or to the end if there is none. `said` is the sentence of the case that was meant to catch the
    answer if it did, or else of the first case that did.
    """

    column: str
    tried: int = 0
    failed: tuple[str, ...] = ()
    said: str = ""
    seconds: float = 0.0
    events: int = 0

    @property
    def caught(self) -> bool:
        """Whether any case caught the answer."""
        return bool(self.failed)


def try_column(
    column: Column,
    under_test: AnswerUnderTest,
    seed: int,
    case: str | None = None,
    every: bool = False,
) -> Cell:
    """Try an answer case by case until one catches it and `case` has been tried.

    With `every`, all cases are tried.
    """
    counter = under_test.counter
    events, started = counter.events, process_time()
    tried, failed, said = 0, list[str](), ""
    seconds = count = None
    waiting = case is not None
    for name, check in column.cases(under_test, seed):
        if failed and not (every or waiting):
            break
        tried += 1
        counter.allow_more()
        sentence = _verdict(check, under_test if column.counted else None)
        waiting = waiting and name != case
        if sentence is None:
            continue
        if not failed:
            seconds, count = process_time() - started, counter.events - events
        if not failed or name == case:
            said = sentence
        failed.append(name)
    if seconds is None or count is None:
        seconds, count = process_time() - started, counter.events - events
    return Cell(column.name, tried, tuple(failed), said, seconds, count)


def _verdict(check: CaseCheck, counted: AnswerUnderTest | None) -> str | None:
    """The sentence with which a case rejects an answer, or None. Raises nothing for the answer."""
    counting = counted.counter.counting(counted.make_server) if counted else nullcontext()
    try:
        with counting, time_limit(SECONDS_A_CASE):
            return check()
    except StudentError as error:
        return error.text
    except TooManyEvents as error:
        return str(error)
    # Whatever the answer's code raises is an outcome, and must not end the run.
    except Exception as error:
        return f"It raised {type(error).__name__}: {error}"
