"""The five cases of every nemesis exercise, made from its target.

A schedule has to make sense, to spare Raft as it should be, to break the broken one, and to
do so in few acts. Each act counts one, whatever it is.
"""

from collections.abc import Callable, Sequence
from random import Random

from raftkit.checkers.python_source import as_python
from raftkit.course.checking.cases import Asked, Case, Flaw, Judged
from raftkit.course.nemesis.acts import Schedule
from raftkit.course.nemesis.staging import hands_off, majority_is_up, stage
from raftkit.course.nemesis.target import FATES, Target
from raftkit.views import space_time


def cases_against(target: Target) -> tuple[Case, ...]:
    """What a schedule against `target` is asked."""
    return (
        _case("every act comes to something", 1, lambda schedule, _: _idle(target, schedule)),
        _case(
            "Raft as it should be survives it",
            1,
            lambda schedule, seeds: _reference_falls(target, schedule, seeds),
        ),
        _case(
            f"it breaks {target.breaks}",
            2,
            lambda schedule, seeds: _holds(target, schedule, seeds),
        ),
        _case(
            f"in at most {target.within} acts",
            1,
            lambda schedule, _: _too_many(target, schedule, target.within),
        ),
        _case(
            f"in at most {target.shortest} acts, the fewest we know",
            1,
            lambda schedule, _: _too_many(target, schedule, target.shortest),
        ),
    )


def _case(name: str, points: int, flaw: Callable[[Schedule, Sequence[int]], Flaw | None]) -> Case:
    """A case of one call without arguments, whose answer is judged under seeds that are drawn."""

    def calls(random: Random) -> Sequence[Asked]:
        seeds = [random.randrange(1_000_000) for _ in range(FATES)]
        return [Judged({}, lambda schedule: flaw(schedule, seeds))]

    return Case(name, points, calls)


def _idle(target: Target, schedule: Schedule) -> Flaw | None:
    """An act that comes to nothing is a mistake about what is the case."""
    staged = target.staged(schedule)
    if not schedule:
        return Flaw((("Returned", "no act at all."), ("Why", target.promise)))
    if not staged.idle:
        return None
    number, act, (said, why) = staged.idle[0]
    return Flaw(((f"Act {number}", f"{as_python(act)} does nothing: {said}"), ("Why", why)))


def _reference_falls(target: Target, schedule: Schedule, seeds: Sequence[int]) -> Flaw | None:
    """What Raft as it should be does not survive is no fault of the broken one."""
    for seed in seeds:
        staged = stage(schedule, target.servers, seed=seed)
        cluster = staged.cluster
        if not majority_is_up(cluster):
            up = [server for server in cluster.servers if cluster.state(server) is not None]
            text = f"{len(up)} of {target.servers} servers are up at the end."
            why = (
                "Without a majority no Raft elects a leader or commits, and none has promised to "
                "(§5.2, §5.3): restart some, or crash fewer."
            )
            return Flaw((("Left", text), ("Why", why)), space_time(cluster.history))
        missed = hands_off(cluster)
        if missed is not None:
            return Flaw((("Broken", missed.property), ("Why", f"{missed.detail} (§5)")))
    return None


def _holds(target: Target, schedule: Schedule, seeds: Sequence[int]) -> Flaw | None:
    """The property holds all the same, and this is how far the schedule came."""
    if target.violation(schedule, seeds):
        return None
    seed = target.escape(schedule, seeds) if target.is_about_time else 0
    lines = (("So far", target.how_far(schedule, seed)), ("Why", target.promise))
    return Flaw(lines, target.picture(schedule, seed))


def _too_many(target: Target, schedule: Schedule, most: int) -> Flaw | None:
    """More acts than it takes, and one of them that is not needed, if there is."""
    if not target.violation(schedule):
        text = f"it has to break {target.breaks} first."
        return Flaw((("Acts", text),))
    if len(schedule) <= most:
        return None
    lines = (
        ("Acts", f"{len(schedule)}, and {most} are enough."),
        ("Try", _shorter(target, schedule)),
        ("Why", f"What is not needed hides why {target.breaks} ({target.section}) breaks."),
    )
    # Where the more generous bound fails too, the picture stands there.
    shown = most == target.within or len(schedule) <= target.within
    return Flaw(lines, target.picture(schedule) if shown else None)


def _shorter(target: Target, schedule: Schedule) -> str:
    """Where to look for a shorter schedule."""
    done = len(schedule) if target.is_about_time else target.staged(schedule).done
    if done < len(schedule):
        return f"stop after act {done}: it is broken by then."
    for number, act in enumerate(schedule, start=1):
        if target.violation(schedule[: number - 1] + schedule[number:]):
            return f"without act {number}, {as_python(act)}, it breaks all the same."
    return "no single act can be left out, but there is a shorter way."
