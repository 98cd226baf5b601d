"""What a schedule is made of: acts, performed by hand one after the other.

Nothing else happens between two acts, so a schedule names no times and nothing in it is
random. This module says in a sentence why a value is not a schedule; whether a schedule
breaks anything is judged in schedule_cases.py.
"""

from collections.abc import Sequence
from typing import Any, get_args

from raftkit.checkers.python_source import as_python
from raftkit.course.errors import StudentError
from raftkit.protocol.json_form import check_form
from raftkit.simulator import Crash, Deliver, Fault, Lose, Propose, Restart, Timeout, TornWrite

Act = Timeout | Deliver | Lose | Propose | Crash | Restart | TornWrite
Schedule = tuple[Act, ...]

ACTS_MOST = 100  # five times what the hardest exercise takes
_KINDS = (
    "RequestVoteRequest",
    "RequestVoteResponse",
    "AppendEntriesRequest",
    "AppendEntriesResponse",
)
_TIMERS = ("election", "heartbeat")
_NAMES = ", ".join(act.__name__ for act in get_args(Act))


def read_schedule(result: Any) -> Schedule:
    """Return what a student's function returned as a schedule; a list is accepted.

    Raises `StudentError` for any other value.

    >>> read_schedule([Timeout("S1"), Crash("S1")])
    (Timeout(server='S1', timer='election'), Crash(server='S1'))
    >>> read_schedule((Timeout("S1"), (Crash("S1"),)))
    Traceback (most recent call last):
    raftkit.course.errors.StudentError: Act 2 is itself a tuple of acts: put a star before it, as \
in *elect("S1", "S2").
    """
    complaint = _form_complaint(result)
    if complaint is None:
        complaints = (_act_complaint(act) for act in result)
        numbered = ((number, said) for number, said in enumerate(complaints, start=1) if said)
        complaint = next((f"Act {number} {said}" for number, said in numbered), None)
    if complaint is not None:
        raise StudentError("wrong type", complaint)
    return tuple(result)


def require_servers(schedule: Schedule, servers: Sequence[str]) -> None:
    """Raise `StudentError` if an act names a server that is not there."""
    for number, act in enumerate(schedule, start=1):
        for part in ("server", "source", "target"):
            name = getattr(act, part, None)
            if name is not None and name not in servers:
                there = ", ".join(servers)
                text = f"Act {number}, {as_python(act)}: there is no {name!r}; there are {there}."
                raise StudentError("wrong type", text)


def _form_complaint(result: Any) -> str | None:
    """What is wrong with the value as a whole; None if it is a tuple or list of a fair length."""
    wanted = "and a tuple of acts was expected"
    if result is None:
        return f"Your function returned None, {wanted}: does every path end in a return?"
    if isinstance(result, Act):
        return (
            f"Your function returned one act: a tuple of one has a comma, ({as_python(result)},)."
        )
    if not isinstance(result, tuple | list):
        return f"Your function returned a {type(result).__name__}, {wanted}."
    if len(result) > ACTS_MOST:
        return f"Your schedule has {len(result)} acts; a fifth of {ACTS_MOST} is enough."
    return None


def _act_complaint(act: Any) -> str | None:
    """What is wrong with one act, as the end of a sentence that begins with its number."""
    if isinstance(act, tuple | list):
        return 'is itself a tuple of acts: put a star before it, as in *elect("S1", "S2").'
    if isinstance(act, type) and issubclass(act, Act):
        return f'is {act.__name__} itself: name a server, as in {act.__name__}("S1").'
    if isinstance(act, Act):
        return _part_complaint(act)
    if isinstance(act, Fault):
        name = type(act).__name__
        return f"is {name}, which is not needed by hand: just do not deliver. There are {_NAMES}."
    return f"is {_shortened(repr(act))}, which is no act; there are {_NAMES}."


def _part_complaint(act: Any) -> str | None:
    """What is wrong with a field of an act; None if nothing is."""
    try:
        check_form(act)
    except ValueError as error:
        return f"cannot be read: {error}."
    for part, words in (("kind", _KINDS), ("timer", _TIMERS)):
        word = getattr(act, part, None)
        if word is not None and word not in words:
            return f"names the {part} {word!r}; there are {', '.join(words)}."
    return None


def _shortened(text: str, longest: int = 60) -> str:
    return text if len(text) <= longest else f"{text[: longest - 3]}..."
