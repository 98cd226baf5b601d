"""A schedule: actions that are performed by hand, one after the other.

Nothing else happens between two actions, so a schedule names no times and nothing in it is
random. This module says in a sentence why a value is not a schedule; whether a schedule
breaks anything is judged in schedule_cases.py.
"""

from collections.abc import Sequence
from typing import Any, get_args

from raftkit.checkers.trial_program import as_python
from raftkit.course.errors import StudentError
from raftkit.protocol.json_form import check_form
from raftkit.simulator import Crash, Deliver, Fault, Lose, Propose, Restart, Timeout, TornWrite

ScheduleAction = Timeout | Deliver | Lose | Propose | Crash | Restart | TornWrite
Schedule = tuple[ScheduleAction, ...]

ACTIONS_MOST = 100  # five times what the hardest exercise takes
_KINDS = (
    "RequestVoteRequest",
    "RequestVoteResponse",
    "AppendEntriesRequest",
    "AppendEntriesResponse",
)
_TIMERS = ("election", "heartbeat")
_NAMES = ", ".join(action.__name__ for action in get_args(ScheduleAction))


def read_schedule(result: Any) -> Schedule:
    """Return what a student's function returned as a schedule; a list is accepted.

    Raises `StudentError` for any other value.

    >>> read_schedule([Timeout("S1"), Crash("S1")])
    (Timeout(server='S1', timer='election'), Crash(server='S1'))
    >>> read_schedule((Timeout("S1"), (Crash("S1"),)))
    Traceback (most recent call last):
    raftkit.course.errors.StudentError: Action 2 is itself a tuple of actions: put a star before \
it, as in *elect("S1", "S2").
    """
    complaint = _form_complaint(result)
    if complaint is None:
        complaints = (_action_complaint(action) for action in result)
        numbered = ((number, said) for number, said in enumerate(complaints, start=1) if said)
        complaint = next((f"Action {number} {said}" for number, said in numbered), None)
    if complaint is not None:
        raise StudentError("wrong type", complaint)
    return tuple(result)


def require_servers(schedule: Schedule, servers: Sequence[str]) -> None:
    """Raise `StudentError` if an action names a server that is not there."""
    for number, action in enumerate(schedule, start=1):
        for part in ("server", "source", "target"):
            name = getattr(action, part, None)
            if name is not None and name not in servers:
                there = ", ".join(servers)
                text = f"there is no {name!r}; there are {there}."
                raise StudentError("wrong type", f"Action {number}, {as_python(action)}: {text}")


def _form_complaint(result: Any) -> str | None:
    """What is wrong with the value as a whole; None if it is a tuple or list of a fair length."""
    wanted = "and a tuple of actions was expected"
    if result is None:
        return f"Your function returned None, {wanted}: does every path end in a return?"
    if isinstance(result, ScheduleAction):
        return (
            "Your function returned one action: a tuple of one has a comma, "
            f"({as_python(result)},)."
        )
    if not isinstance(result, tuple | list):
        return f"Your function returned a {type(result).__name__}, {wanted}."
    if len(result) > ACTIONS_MOST:
        return f"Your schedule has {len(result)} actions; a fifth of {ACTIONS_MOST} is enough."
    return None


def _action_complaint(action: Any) -> str | None:
    """What is wrong with one action, as the end of a sentence that begins with its number."""
    if isinstance(action, tuple | list):
        return 'is itself a tuple of actions: put a star before it, as in *elect("S1", "S2").'
    if isinstance(action, type) and issubclass(action, ScheduleAction):
        return f'is {action.__name__} itself: name a server, as in {action.__name__}("S1").'
    if isinstance(action, ScheduleAction):
        return _part_complaint(action)
    if isinstance(action, Fault):
        name = type(action).__name__
        return f"is {name}, which is not needed by hand: just do not deliver. There are {_NAMES}."
    return f"is {_shortened(repr(action))}, which is no action; there are {_NAMES}."


def _part_complaint(action: Any) -> str | None:
    """What is wrong with a field of an action; None if nothing is."""
    try:
        check_form(action)
    except ValueError as error:
        return f"cannot be read: {error}."
    for part, words in (("kind", _KINDS), ("timer", _TIMERS)):
        word = getattr(action, part, None)
        if word is not None and word not in words:
            return f"names the {part} {word!r}; there are {', '.join(words)}."
    return None


def _shortened(text: str, longest: int = 60) -> str:
    return text if len(text) <= longest else f"{text[: longest - 3]}..."
