"""`act_out`: a student's schedule on the broken Raft that it is meant for, drawn.

The sibling of `try_out`, which is for rules. It says what is under way after the last act,
each as the line that lets it arrive, so that a schedule can be written act by act.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from raftkit.checkers.python_source import as_python
from raftkit.course.chapters import exercise
from raftkit.course.checking.guard import guarded
from raftkit.course.errors import KitError
from raftkit.course.nemesis import Schedule, Staged, Target, read_schedule, stage
from raftkit.course.nemesis.telling import logs
from raftkit.course.tutor.guarded_drawing import attempt
from raftkit.course.tutor.page_note import Note
from raftkit.simulator import Deliver
from raftkit.views import Picture, space_time
from raftkit.views.descriptions import counted, short
from raftkit.views.recording import Recording

_SERVERS = 3  # of a schedule that is no exercise's


def act_out(
    schedule: Callable[[], Schedule] | Schedule, acts: int | None = None, broken: bool = True
) -> Note:
    """The answer `schedule` performed on its broken Raft, or up to so many `acts`, and drawn.

    With `broken` False, or given as a tuple of acts and not as a function, it is performed on Raft
    as it should be. `play` shows the same servers alive and by hand, to act in them with the mouse.
    While the function is a stub, a sentence says so, and nothing has happened yet to be played.
    Raises `KitError` for a function that is no exercise's.

    >>> from raftkit import Timeout
    >>> print(act_out((Timeout("S1"),)).code)
    Deliver("S1", "S2")                 RequestVote (term 1)
    Deliver("S1", "S3")                 RequestVote (term 1)
    """
    target = _target_of(schedule) if callable(schedule) else None

    def performed() -> tuple[Schedule, Staged]:
        whole = read_schedule(guarded(schedule)() if callable(schedule) else schedule)
        return whole, _staged(target, whole[:acts], broken)

    done = attempt(getattr(schedule, "__name__", "Your function"), performed)
    if isinstance(done, Note):
        return replace(done, recording=_recording(target, _staged(target, (), broken), broken))
    whole, staged = done
    if target is not None and broken and acts is None:
        picture = target.picture(whole)
    else:
        picture = _so_far(staged)
    recording = _recording(target, staged, broken)
    return Note(_said(staged), "", "\n".join(_under_way(staged)), picture, recording)


def _target_of(function: Callable[..., Any]) -> Target:
    """The broken Raft of the exercise with this function's name. Raises `KitError` if none."""
    name = getattr(function, "__name__", repr(function))
    # Only who plays with schedules needs the broken Rafts.
    from raftkit.course.chapters.nemesis.cases.targets import TARGETS

    for id, target in TARGETS.items():
        if exercise(id).answer == name:
            return target
    raise KitError(f"There is no schedule called {name}: act_out is for those of notebook 06.")


def _staged(target: Target | None, schedule: Schedule, broken: bool) -> Staged:
    """The schedule performed on the Raft that is meant."""
    if target is not None and broken:
        return target.staged(schedule)
    return stage(schedule, target.servers if target else _SERVERS)


def _recording(target: Target | None, staged: Staged, broken: bool) -> Recording:
    """What has been done so far, to be gone on with by hand."""
    history = staged.cluster.history
    if target is None or not broken:
        return Recording(history, "Raft as it should be")
    return Recording(history, f"Break {target.breaks}", rules=target.rules)


def _so_far(staged: Staged) -> Picture:
    """What has been done so far."""
    title = None if staged.violation else f"After {counted(staged.done, 'act')}"
    return space_time(staged.cluster.history, violation=staged.violation, title=title)


def _said(staged: Staged) -> str:
    """What came to nothing, the logs, and what the lines of code below are."""
    said = [
        f"Act {number}, `{as_python(act)}`, does nothing: {why}"
        for number, act, (why, _) in staged.idle
    ]
    said += filter(None, [logs(staged)])
    if staged.violation is None and staged.cluster.held:
        said.append(f"Under way after {counted(staged.done, 'act')}, and how each can arrive:")
    return " ".join(said)


def _under_way(staged: Staged) -> list[str]:
    """Every message that could arrive next, as the act that lets it; none once all is broken."""
    if staged.violation is not None:
        return []
    held = staged.cluster.held
    alike = Counter((message.source, message.target) for message in held)
    places: Counter[tuple[str, str]] = Counter()
    lines = []
    for message in held:
        ends = (message.source, message.target)
        newest = places[ends] == alike[ends] - 1 and alike[ends] > 1
        act = Deliver(*ends, place=-1 if newest else places[ends])
        places[ends] += 1
        lines.append(f"{as_python(act):<35} {short(message)}")
    return lines
