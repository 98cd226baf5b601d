"""`act_out`, `draw_run_on`: perform a schedule on a correct or a broken Raft, and draw the run.

The result also lists every message under way after the last action, each as the action that would
deliver it, so that students can write a schedule action by action. Nothing is judged here.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace

from raftkit.checkers.trial_program import as_python
from raftkit.course.errors import KitError
from raftkit.course.nemesis.run_in_words import logs
from raftkit.course.nemesis.schedule import Schedule, read_schedule
from raftkit.course.nemesis.schedule_run import ScheduleRun, run_schedule
from raftkit.course.nemesis.target import Target
from raftkit.course.tutor.guarded_drawing import draw_guarded
from raftkit.course.tutor.tutor_message import TutorMessage
from raftkit.simulator import Deliver
from raftkit.views import Picture, space_time
from raftkit.views.descriptions import counted, short
from raftkit.views.recording import Recording

_SERVERS = 3
_UNBROKEN = "Raft as it should be"


def act_out(schedule: Schedule) -> TutorMessage:
    """Perform a tuple of actions on three servers of the correct Raft, and draw the run.

    `play` goes on from there by hand, with the mouse. Raises `KitError` for a function:
    `try_out` performs that on its broken Raft.

    >>> from raftkit import Timeout
    >>> print(act_out((Timeout("S1"),)).code)
    Deliver("S1", "S2")                 RequestVote (term 1)
    Deliver("S1", "S3")                 RequestVote (term 1)
    """
    if callable(schedule):
        name = getattr(schedule, "__name__", "your_function")
        raise KitError(
            f'act_out takes a tuple of actions, (Timeout("S1"),). A function is performed on its '
            f"broken Raft by try_out({name})."
        )
    run = draw_guarded("The schedule", lambda: run_schedule(read_schedule(schedule), _SERVERS))
    return run if isinstance(run, TutorMessage) else _drawn(run, _so_far(run), None)


def draw_run_on(
    target: Target, answer: Callable[[], Schedule], actions: int | None = None, broken: bool = True
) -> TutorMessage:
    """Draw a student's schedule on its broken Raft, or only its first `actions` actions.

    With `broken` False the correct Raft performs it. If the function fails, `play` starts from
    the beginning.
    """
    one = target if broken else None

    def performed() -> tuple[Schedule, ScheduleRun]:
        whole = answer()
        return whole, _run(target, whole[:actions], broken)

    done = draw_guarded(getattr(answer, "__name__", ""), performed)
    if isinstance(done, TutorMessage):
        return replace(done, recording=_recording(one, _run(target, (), broken)))
    whole, run = done
    picture = target.picture(whole) if broken and actions is None else _so_far(run)
    return _drawn(run, picture, one)


def _run(target: Target, schedule: Schedule, broken: bool) -> ScheduleRun:
    """The run of the schedule on the target's broken Raft, or on the correct one."""
    return target.run(schedule) if broken else run_schedule(schedule, target.servers)


def _drawn(run: ScheduleRun, picture: Picture, broken: Target | None) -> TutorMessage:
    """The text, the code, the picture and the recording of a run."""
    recording = _recording(broken, run)
    return TutorMessage(_summary(run), "", "\n".join(_deliverable(run)), picture, recording)


def _recording(broken: Target | None, run: ScheduleRun) -> Recording:
    """The run as a recording, from which `play` can go on by hand."""
    history = run.cluster.history
    if broken is None:
        return Recording(history, _UNBROKEN)
    return Recording(history, f"Break {broken.breaks}", rules=broken.rules)


def _so_far(run: ScheduleRun) -> Picture:
    """The run so far, drawn."""
    title = None if run.violation else f"After {counted(run.done, 'action')}"
    return space_time(run.cluster.history, violation=run.violation, title=title)


def _summary(run: ScheduleRun) -> str:
    """The actions without effect, the logs, and an introduction to the lines of code below."""
    said = [
        f"Action {number}, `{as_python(action)}`, does nothing: {why}"
        for number, action, (why, _) in run.without_effect
    ]
    said += filter(None, [logs(run)])
    if run.violation is None and run.cluster.held:
        said.append(f"Under way after {counted(run.done, 'action')}, and how each can arrive:")
    return " ".join(said)


def _deliverable(run: ScheduleRun) -> list[str]:
    """For each message under way the action that delivers it; [] if the property is broken."""
    if run.violation is not None:
        return []
    held = run.cluster.held
    alike = Counter((message.source, message.target) for message in held)
    places: Counter[tuple[str, str]] = Counter()
    lines = []
    for message in held:
        ends = (message.source, message.target)
        newest = places[ends] == alike[ends] - 1 and alike[ends] > 1
        action = Deliver(*ends, place=-1 if newest else places[ends])
        places[ends] += 1
        lines.append(f"{as_python(action):<35} {short(message)}")
    return lines
