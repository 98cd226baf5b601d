"""`try_out`: draws what a student's answer does in a situation that the student chooses.

A cluster runs a story with the student's rules or servers. Any other answer has a demonstration
beside its cases. This module does not judge answers.
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
from raftkit.course.tutor.guarded_drawing import draw_guarded
from raftkit.course.tutor.tutor_message import TutorMessage
from raftkit.simulator import Simulation
from raftkit.views import Picture, space_time
from raftkit.views.recording import PlayablePicture, Recording

Answer = Callable[..., Any]


def try_out(
    answer: Answer | tuple[Answer, ...], *situation: Any, **settings: Any
) -> Picture | TutorMessage:
    """A picture of your answer at work: `try_out(rule, story, servers=3, seed=0, clients=0)`.

    All servers of a cluster use your rule, or are of your class, and `story(cluster)` says what
    happens. Give several rules as a tuple. A `Repair` of one log instead of a story is drawn
    without a cluster. The picture marks a violated property, and `play` plays the same run. The
    play cell of an answer that is no rule shows what to give after it. While an answer is a stub, a
    sentence says so. Raises `KitError` for a function that no exercise asks for, and for a
    situation that does not fit the answer.

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
    _refuse_misfit(asked[0], _draw_at_work, situation, settings)
    return _draw_at_work(answers, *situation, **settings)


def demonstrate(
    exercise: Exercise, answer: Answer, *situation: Any, **settings: Any
) -> Picture | TutorMessage:
    """The picture that the demonstration of an exercise draws of an answer."""
    answer_kind_of(exercise).refuse(exercise, answer)
    checks = exercise.checks
    show: Callable[..., Picture | TutorMessage] = checks.demonstration
    _refuse_misfit(exercise, show, situation, settings)
    function = wraps(answer)(TypedAnswers(guarded(answer), checks.returns))
    return draw_guarded(exercise.answer, lambda: show(function, *situation, **settings))


def _draw_at_work(
    answers: tuple[Answer, ...],
    story: Callable[[Cluster], Any] | Repair,
    servers: int = 3,
    seed: int = 0,
    clients: int = 0,
) -> Picture | TutorMessage:
    """A picture of a cluster whose servers use the answers, or of one log that they repair."""
    asked = [_exercise_of(each) for each in answers]
    parts = answer_kind_of(asked[0]).cluster_arguments(*answers)

    def run() -> Cluster | Picture:
        if isinstance(story, Repair):
            return story.picture(parts["rules"])
        # `watch_trial` also reports an error that a nonsensical answer causes in a server.
        cluster = Cluster(
            servers=servers,
            seed=seed,
            clients=clients,
            watch=(watch_trial, _watch_story),
            **parts,
        )
        run_story(story, cluster)
        return cluster

    cluster = draw_guarded(" or ".join(each.answer for each in asked), run)
    if isinstance(cluster, Picture | TutorMessage):
        return cluster
    drawn = space_time(cluster.history, violation=next(iter(cluster.violations), None))
    title = f"With your {asked[0].answer if len(asked) == 1 else 'rules'}"
    recording = Recording(cluster.history, title=title, **parts)
    return PlayablePicture(drawn.svg, drawn.alt, drawn.text, recording)


def _watch_story(simulation: Simulation) -> None:
    """Check the time limit after every record, because a run may never end."""
    simulation.observers.append(lambda row: check_time())


def _exercise_of(answer: Answer) -> Exercise:
    """The exercise that asks for a function of this name. Raises `KitError` if there is none."""
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
    """Raise `KitError` unless `show` accepts these arguments after the answer."""
    signature = inspect.signature(show)
    try:
        signature.bind(exercise.answer, *situation, **settings)
    except TypeError as error:
        _, *taken = signature.parameters.values()
        wanted = ", ".join([exercise.answer, *(_written(each) for each in taken)])
        raise KitError(f"{error}: write try_out({wanted}).") from None


def _written(parameter: inspect.Parameter) -> str:
    """A parameter as it is written in a call, without its type."""
    return str(parameter.replace(annotation=inspect.Parameter.empty))
