"""`Cell`: how one answer came out under one check, and `try_column`, which finds out.

A case that catches the answer is a counterexample; seconds and events count up to
the first. Whatever an answer does, storms and endless loops included, is a verdict.
Seconds are those of this process, on one core; nothing is decided by them.
"""

from contextlib import nullcontext
from dataclasses import dataclass
from time import process_time

from raftkit.course.checking.guard import patience
from raftkit.course.errors import StudentError
from raftkit.course.proving.columns import Column, Judge
from raftkit.course.proving.meter import Storm
from raftkit.course.proving.subject import Subject

# The last resort against code that sits still within one event.
SECONDS_A_CASE = 30.0


@dataclass(frozen=True)
class Cell:
    """An answer under a check: which cases caught it, in order, and what the first one said.

    `tried` counts the cases that were run, 0 if the check does not apply; `failed` names those
    that caught it. `seconds` and `events` are those up to the first of them, or of all cases if
    there is none. `said` is the sentence of the case that was meant to catch it, if it did, or
    else of the first.
    """

    column: str
    tried: int = 0
    failed: tuple[str, ...] = ()
    said: str = ""
    seconds: float = 0.0
    events: int = 0

    @property
    def caught(self) -> bool:
        """Whether a case has caught the answer."""
        return bool(self.failed)


def try_column(
    column: Column, subject: Subject, seed: int, case: str | None = None, every: bool = False
) -> Cell:
    """Try an answer case by case until one catches it, and until `case` has been tried.

    With `every`, all cases are tried whatever happens.
    """
    meter = subject.meter
    events, started = meter.events, process_time()
    tried, failed, said = 0, list[str](), ""
    seconds = count = None
    waiting = case is not None
    for name, judge in column.cases(subject, seed):
        if failed and not (every or waiting):
            break
        tried += 1
        meter.allow_more()
        sentence = _verdict(judge, subject if column.metered else None)
        waiting = waiting and name != case
        if sentence is None:
            continue
        if not failed:
            seconds, count = process_time() - started, meter.events - events
        if not failed or name == case:
            said = sentence
        failed.append(name)
    if seconds is None or count is None:
        seconds, count = process_time() - started, meter.events - events
    return Cell(column.name, tried, tuple(failed), said, seconds, count)


def _verdict(judge: Judge, counted: Subject | None) -> str | None:
    """What a case says of an answer, whatever the answer does to it."""
    counting = counted.meter.counting(counted.make_server) if counted else nullcontext()
    try:
        with counting, patience(SECONDS_A_CASE):
            return judge()
    except StudentError as error:
        return error.text
    except Storm as storm:
        return str(storm)
    # An answer is anybody's code: whatever it raises is a verdict, not our crash.
    except Exception as error:
        return f"It raised {type(error).__name__}: {error}"
