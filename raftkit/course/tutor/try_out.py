"""`try_out`: a student's answer at work in a situation of their choice, drawn.

Rules and servers are shown in a cluster that lives through a story. Any other answer is shown by
the demonstration that stands beside its cases. It does not judge.
"""

import inspect
from collections.abc import Callable
from functools import wraps
from typing import Any

from raftkit.checkers import Cluster
from raftkit.checkers.trials import watch_trial
from raftkit.course.chapters import EXERCISES
from raftkit.course.checking.answer_kinds import answer_kind_of
from raftkit.course.checking.answers import TypedAnswers
from raftkit.course.checking.guard import check_time, guarded, run_story
from raftkit.course.errors import KitError
from raftkit.course.exercise import Exercise
from raftkit.course.repair import Repair
from raftkit.course.tutor.guarded_drawing import attempt
from raftkit.course.tutor.page_note import Note
from raftkit.simulator import Simulation
from raftkit.views import Picture, space_time
from raftkit.views.recording import PlayablePicture, Recording

Answer = Callable[..., Any]


def try_out(
    answer: Answer | tuple[Answer, ...], *situation: Any, **settings: Any
) -> Picture | Note:
    """Your answer at work, drawn: `try_out(rule, story, servers=3, seed=0, clients=0)`.

    All servers of a cluster decide with your rule, or are of your class, while `story(cluster)`
    tells what happens. Several rules stand in a tuple. A `Repair` of one log in the place of a
    story is drawn without any cluster. A broken promise is marked in the picture, and `play` shows
    the same cluster alive. What follows an answer that is no rule stands in its play cell. While an
    answer is a stub, a sentence says so. Raises `KitError` for one that is no exercise's, and for a
    situation that does not fit it.

    >>> from raftkit import Timeout
    >>> from raftkit.protocol import has_majority
    >>> def story(cluster):
    ...     cluster.do(Timeout("S1"))
    ...     cluster.run(ms=50)
    >>> "S1 becomes leader of term 1" in try_out(has_majority, story).alt
    True
    """
    answers = answer if isinstance(answer, tuple) else (answer,)
    asked = [_exercise_of(each) for each in answers]
    if len(answers) == 1 and asked[0].has_demonstration:
        return demonstrate(asked[0], answers[0], *situation, **settings)
    _refuse_misfit(asked[0], _at_work, situation, settings)
    return _at_work(answers, *situation, **settings)


def demonstrate(
    exercise: Exercise, answer: Answer, *situation: Any, **settings: Any
) -> Picture | Note:
    """What the demonstration of an exercise shows of an answer to it."""
    checks = exercise.checks
    show: Callable[..., Picture | Note] = checks.demonstration
    _refuse_misfit(exercise, show, situation, settings)
    function = wraps(answer)(TypedAnswers(guarded(answer), checks.returns))
    return attempt(exercise.answer, lambda: show(function, *situation, **settings))


def _at_work(
    answers: tuple[Answer, ...],
    story: Callable[[Cluster], Any] | Repair,
    servers: int = 3,
    seed: int = 0,
    clients: int = 0,
) -> Picture | Note:
    """A cluster whose servers decide with the answers, or one log that they repair."""
    asked = [_exercise_of(each) for each in answers]
    parts = answer_kind_of(asked[0]).cluster_arguments(*answers)

    def drawn_from() -> Cluster | Picture:
        if isinstance(story, Repair):
            return story.picture(parts["rules"])
        # One that also tells what goes wrong in a server over a nonsensical answer.
        cluster = Cluster(
            servers=servers,
            seed=seed,
            clients=clients,
            watch=(watch_trial, _watch_story),
            **parts,
        )
        run_story(story, cluster)
        return cluster

    cluster = attempt(" or ".join(each.answer for each in asked), drawn_from)
    if isinstance(cluster, Picture | Note):
        return cluster
    drawn = space_time(cluster.history, violation=next(iter(cluster.violations), None))
    title = f"With your {asked[0].answer if len(asked) == 1 else 'rules'}"
    recording = Recording(cluster.history, title=title, **parts)
    return PlayablePicture(drawn.svg, drawn.alt, drawn.text, recording)


def _watch_story(simulation: Simulation) -> None:
    """End a student's story in the middle of a run if that never rests."""
    simulation.observers.append(lambda row: check_time())


def _exercise_of(answer: Answer) -> Exercise:
    """The exercise whose answer has this name. Raises `KitError` if none has."""
    name = getattr(answer, "__name__", repr(answer))
    for each in EXERCISES:
        if each.answer == name:
            return each
    if name == "<lambda>":
        raise KitError("try_out knows an answer by its name: write yours with def.")
    raise KitError(f"There is no exercise for {name}: did you rename your function?")


def _refuse_misfit(
    exercise: Exercise,
    show: Callable[..., Any],
    situation: tuple[Any, ...],
    settings: dict[str, Any],
) -> None:
    """Raise `KitError` unless `show` takes what stands behind the answer."""
    signature = inspect.signature(show)
    try:
        signature.bind(exercise.answer, *situation, **settings)
    except TypeError as error:
        _, *taken = signature.parameters.values()
        wanted = ", ".join([exercise.answer, *(_written(each) for each in taken)])
        raise KitError(f"{error}: write try_out({wanted}).") from None


def _written(parameter: inspect.Parameter) -> str:
    """A parameter without its type."""
    return str(parameter.replace(annotation=inspect.Parameter.empty))
