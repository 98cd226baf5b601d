"""`act_out`, `against`: a schedule performed and drawn, on Raft as it should be or a broken one.

It says what is under way after the last act, each as the line that lets it arrive, so that a
schedule can be written act by act. It does not judge.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace

from raftkit.checkers.python_source import as_python
from raftkit.course.errors import KitError
from raftkit.course.nemesis.acts import Schedule, read_schedule
from raftkit.course.nemesis.staging import Staged, stage
from raftkit.course.nemesis.target import Target
from raftkit.course.nemesis.telling import logs
from raftkit.course.tutor.guarded_drawing import attempt
from raftkit.course.tutor.page_note import Note
from raftkit.simulator import Deliver
from raftkit.views import Picture, space_time
from raftkit.views.descriptions import counted, short
from raftkit.views.recording import Recording

_SERVERS = 3
_UNBROKEN = "Raft as it should be"


def act_out(schedule: Schedule) -> Note:
    """A tuple of acts performed on three servers of Raft as it should be, and drawn.

    `play` shows the same servers alive and by hand, to act in them with the mouse. Raises
    `KitError` for a function, which `try_out` performs on its broken Raft.

    >>> from raftkit import Timeout
    >>> print(act_out((Timeout("S1"),)).code)
    Deliver("S1", "S2")                 RequestVote (term 1)
    Deliver("S1", "S3")                 RequestVote (term 1)
    """
    if callable(schedule):
        name = getattr(schedule, "__name__", "your_function")
        raise KitError(
            f'act_out takes a tuple of acts, (Timeout("S1"),). A function is performed on its '
            f"broken Raft by try_out({name})."
        )
    staged = attempt("The schedule", lambda: stage(read_schedule(schedule), _SERVERS))
    return staged if isinstance(staged, Note) else _drawn(staged, _so_far(staged), None)


def against(
    target: Target, answer: Callable[[], Schedule], acts: int | None = None, broken: bool = True
) -> Note:
    """The schedule of a student on its broken Raft, or up to so many `acts`.

    With `broken` False it is performed on Raft as it should be. While there is no schedule, nothing
    has happened yet to be played.
    """
    one = target if broken else None

    def performed() -> tuple[Schedule, Staged]:
        whole = answer()
        return whole, _staged(target, whole[:acts], broken)

    done = attempt(getattr(answer, "__name__", ""), performed)
    if isinstance(done, Note):
        return replace(done, recording=_recording(one, _staged(target, (), broken)))
    whole, staged = done
    picture = target.picture(whole) if broken and acts is None else _so_far(staged)
    return _drawn(staged, picture, one)


def _staged(target: Target, schedule: Schedule, broken: bool) -> Staged:
    """The schedule performed on the Raft that is meant."""
    return target.staged(schedule) if broken else stage(schedule, target.servers)


def _drawn(staged: Staged, picture: Picture, broken: Target | None) -> Note:
    """What is said and drawn of a schedule, with what it has done so far to be gone on with."""
    recording = _recording(broken, staged)
    return Note(_said(staged), "", "\n".join(_under_way(staged)), picture, recording)


def _recording(broken: Target | None, staged: Staged) -> Recording:
    """What has been done so far, to be gone on with by hand."""
    history = staged.cluster.history
    if broken is None:
        return Recording(history, _UNBROKEN)
    return Recording(history, f"Break {broken.breaks}", rules=broken.rules)


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
