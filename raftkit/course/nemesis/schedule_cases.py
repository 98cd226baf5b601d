"""The five cases of every nemesis exercise, made from its target.

A schedule must contain no action without effect, leave the correct Raft whole, break the
broken one, and do so in few actions.
"""

from collections.abc import Callable, Sequence
from random import Random

from raftkit.checkers.trial_program import as_python
from raftkit.course.checking.cases import Case, CaseCall, Flaw, JudgedCall
from raftkit.course.nemesis.schedule import Schedule
from raftkit.course.nemesis.schedule_run import hands_off, majority_is_up, run_schedule
from raftkit.course.nemesis.target import SEEDS_TRIED, Target
from raftkit.views import space_time


def cases_against(target: Target) -> tuple[Case, ...]:
    """The cases that judge a schedule against `target`."""
    return (
        _case(
            "every action comes to something",
            1,
            lambda schedule, _: _without_effect(target, schedule),
        ),
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
            f"in at most {target.within} actions",
            1,
            lambda schedule, _: _too_many(target, schedule, target.within),
        ),
        _case(
            f"in at most {target.shortest} actions, the fewest we know",
            1,
            lambda schedule, _: _too_many(target, schedule, target.shortest),
        ),
    )


def _case(name: str, points: int, flaw: Callable[[Schedule, Sequence[int]], Flaw | None]) -> Case:
    """A case with one call without arguments, whose answer is judged under drawn seeds."""

    def calls(random: Random) -> Sequence[CaseCall]:
        seeds = [random.randrange(1_000_000) for _ in range(SEEDS_TRIED)]
        return [JudgedCall({}, lambda schedule: flaw(schedule, seeds))]

    return Case(name, points, calls)


def _without_effect(target: Target, schedule: Schedule) -> Flaw | None:
    """The first action without effect; None if every action has one."""
    run = target.run(schedule)
    if not schedule:
        return Flaw((("Returned", "no action at all."), ("Why", target.property_sentence)))
    if not run.without_effect:
        return None
    number, action, (said, why) = run.without_effect[0]
    return Flaw(((f"Action {number}", f"{as_python(action)} does nothing: {said}"), ("Why", why)))


def _reference_falls(target: Target, schedule: Schedule, seeds: Sequence[int]) -> Flaw | None:
    """How the correct Raft fails under the schedule, which then proves nothing; or None."""
    for seed in seeds:
        run = run_schedule(schedule, target.servers, seed=seed)
        cluster = run.cluster
        missed = hands_off(cluster) if majority_is_up(cluster) else None
        if not majority_is_up(cluster):
            up = [server for server in cluster.servers if cluster.state(server) is not None]
            text = f"{len(up)} of {target.servers} servers are up at the end."
            why = (
                "Without a majority no Raft elects a leader or commits, and none has promised to "
                "(§5.2, §5.3): restart some, or crash fewer."
            )
            return Flaw((("Left", text), ("Why", why)), space_time(cluster.history))
        if missed is not None:
            return Flaw((("Broken", missed.property), ("Why", f"{missed.detail} (§5)")))
    return None


def _holds(target: Target, schedule: Schedule, seeds: Sequence[int]) -> Flaw | None:
    """That the property holds all the same, and how far the schedule came; None if it breaks."""
    if target.violation(schedule, seeds):
        return None
    seed = target.seed_that_holds(schedule, seeds) if target.is_about_time else 0
    lines = (("So far", target.how_far(schedule, seed)), ("Why", target.property_sentence))
    return Flaw(lines, target.picture(schedule, seed))


def _too_many(target: Target, schedule: Schedule, most: int) -> Flaw | None:
    """That there are more than `most` actions, and one that is not needed, if there is one."""
    if not target.violation(schedule):
        text = f"it has to break {target.breaks} first."
        return Flaw((("Actions", text),))
    if len(schedule) <= most:
        return None
    lines = (
        ("Actions", f"{len(schedule)}, and {most} are enough."),
        ("Try", _shorter(target, schedule)),
        ("Why", f"What is not needed hides why {target.breaks} ({target.section}) breaks."),
    )
    # The picture is shown once: with the larger bound, if the schedule fails both.
    shown = most == target.within or len(schedule) <= target.within
    return Flaw(lines, target.picture(schedule) if shown else None)


def _shorter(target: Target, schedule: Schedule) -> str:
    """A sentence that says where to look for a shorter schedule."""
    done = len(schedule) if target.is_about_time else target.run(schedule).done
    if done < len(schedule):
        return f"stop after action {done}: it is broken by then."
    for number, action in enumerate(schedule, start=1):
        if target.violation(schedule[: number - 1] + schedule[number:]):
            return f"without action {number}, {as_python(action)}, it breaks all the same."
    return "no single action can be left out, but there is a shorter way."
