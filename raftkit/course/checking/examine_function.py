"""`examine_function`: check a function on three rungs, of which the first is here: the named cases.

The others, a cluster and a search, are in rungs.py. The function may run in this process or in
another one.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial
from random import Random
from typing import Any

from raftkit.checkers import Cluster
from raftkit.course.checking.answers import TypedAnswers, to_all
from raftkit.course.checking.cases import Case, CaseCall, Flaw, cut
from raftkit.course.checking.checks import function_checks_of
from raftkit.course.checking.constant_answers import without_points_for_a_constant
from raftkit.course.checking.printed_output import (
    PRINTED,
    printed_by,
    printed_lines,
    unseen_output,
)
from raftkit.course.checking.result import BUT, CaseResult, Result, Status
from raftkit.course.checking.rungs import run_rungs
from raftkit.course.checking.small_world import WorldCase
from raftkit.course.errors import ChangedArguments, StudentError, unusable_text
from raftkit.course.exercise import Exercise
from raftkit.protocol import Rules
from raftkit.views import Picture, space_time

_READABLE = 1_500  # characters

Rule = Callable[..., Any]
Lines = tuple[tuple[str, str], ...]


def examine_function(exercise: Exercise, rule: Rule, seed: int = 0) -> Result:
    """Check `rule` as the answer to `exercise`; another seed asks with other numbers.

    Whatever the rule does is in the result; no error of it is raised.

    >>> from raftkit.course import exercise
    >>> from raftkit.protocol import has_majority
    >>> examine_function(exercise("2.1"), has_majority).score
    '6 of 6 points'
    """
    checks = function_checks_of(exercise)
    answer = TypedAnswers(rule, checks.returns)
    try:
        cases = tuple(run_case(exercise, case, answer, seed) for case in checks.cases)
    except StudentError as error:
        return Result(exercise, _status_of(error), message=_with_output(error, answer))
    cases = without_points_for_a_constant(answer, checks.cases, cases)
    rungs, program = run_rungs(exercise, answer, seed, cases) if exercise.is_rule else ((), "")
    results = _errors_once(cases) + rungs
    status: Status = "full" if all(_passed(case) for case in results) else "partial"
    picture = _reward(exercise, answer) if status == "full" else None
    message = "" if _shows_output(results) else unseen_output(answer)
    return Result(exercise, status, results, message, program, picture)


def _reward(exercise: Exercise, answer: Rule) -> Picture | None:
    """The picture for a right answer, if the exercise has one."""
    shows = function_checks_of(exercise).shows
    if exercise.is_rule:
        return _at_work(exercise, answer)
    return None if shows is None else shows(answer())


def _at_work(exercise: Exercise, answer: Rule) -> Picture:
    """A run of three servers that obey the answer, drawn."""
    number = int(exercise.id.partition(".")[2])  # so that each exercise shows another run
    cluster = Cluster(servers=3, seed=number, rules=_rules(exercise, answer))
    checks = function_checks_of(exercise)
    checks.story(cluster)
    return space_time(cluster.history, title=f"{checks.at_work} with your {exercise.answer}")


def _rules(exercise: Exercise, answer: Rule) -> Rules:
    return Rules().with_rule(exercise.answer, answer)


def _with_output(error: StudentError, answer: Rule) -> str:
    """The text of an error that ended the check, and what was printed in the call before it."""
    printed = printed_by(answer)
    shown = f"\nIn this call your function printed:\n{printed}" if printed else ""
    return f"{error.text}{shown}"


def _shows_output(results: tuple[CaseResult, ...]) -> bool:
    """Whether some case shows what was printed in its call."""
    return any(label == PRINTED for case in results for label, _ in case.lines)


def _passed(case: CaseResult) -> bool:
    return case.outcome == "passed"


def _status_of(error: StudentError) -> Status:
    """The status "not started" for a stub, and "error" for every other error."""
    return "not started" if error.kind == "not started" else "error"


# The first rung: named cases -------------------------------------------------------------


def run_case(exercise: Exercise, case: Case, answer: Rule, seed: int) -> CaseResult:
    """The result of a case, which its first wrong call decides.

    Raises `StudentError` if no further case needs to be tried.
    """

    def calls() -> Iterable[CaseCall]:
        # Seeded by its own name, each case draws the same numbers whatever other cases there are.
        return case.calls(Random(f"{seed} {exercise.id} {case.name}"))

    if isinstance(case, WorldCase):
        return _run_world_case(case, answer, calls)
    for call in calls():
        # Written before the call, because the function may change its arguments.
        called = _called(call)
        try:
            flaw = _flaw_in(call, partial(answer, *call.arguments.values()))
        except ChangedArguments as error:
            flaw = _unusable(call, error)
        if flaw is not None:
            return _failed(case, (*called, *printed_lines(answer)), flaw)
    return CaseResult(case.name, case.points, "passed")


def _run_world_case(
    case: WorldCase, answer: Rule, calls: Callable[[], Iterable[CaseCall]]
) -> CaseResult:
    """The result of a case with many calls, which are asked together."""
    asked = list(calls())
    replies = to_all(answer, [tuple(call.arguments.values()) for call in asked])
    for place, (call, reply) in enumerate(zip(asked, replies, strict=False)):
        try:
            flaw = _flaw_in(call, reply)
        except ChangedArguments as error:
            flaw = _unusable(call, error)
        if flaw is not None:
            call = list(calls())[place]  # as it was before the answer could change its arguments
            return _failed(case, (*_called(call), *printed_lines(answer)), flaw)
    return CaseResult(case.name, case.points, "passed")


def _flaw_in(call: CaseCall, reply: Callable[[], Any]) -> Flaw | None:
    """What is wrong with a reply, or None. Raises `StudentError` if it ends the check."""
    try:
        return call.flaw_in(reply())
    except ChangedArguments:
        raise
    except StudentError as error:
        if error.kind in ("not started", "endless", "deep", "stopped"):
            raise
        return _unusable(call, error)
    except Exception as error:  # a result may be any object, and raise when it is read
        return _unusable(call, StudentError("wrong type", unusable_text(error)))


def _unusable(call: CaseCall, error: StudentError) -> Flaw:
    """The flaw of a reply without a value to judge.

    What the paper says about the call may help where the answer raised an error, as beyond the
    end of a log. It is no reason for a wrong type.
    """
    explained = error.kind == "raised" and call.why
    return Flaw(((BUT, error.text), *((("Why", call.why),) if explained else ())), error=error)


def _failed(case: Case, called: Lines, flaw: Flaw) -> CaseResult:
    lines = (*called, *flaw.lines)
    return CaseResult(case.name, case.points, "failed", lines, flaw.picture, error=flaw.error)


def _errors_once(cases: tuple[CaseResult, ...]) -> tuple[CaseResult, ...]:
    """The cases, with an error that several have written out the first time only."""
    seen: set[str] = set()
    cases = tuple(replace(each, lines=_lines_once(each, seen)) for each in cases)
    if all(case.error for case in cases):
        # An answer that fails whatever it is asked has made no mistake about Raft yet.
        cases = tuple(replace(each, lines=_without_why(each.lines)) for each in cases)
    return cases


def _without_why(lines: Lines) -> Lines:
    return tuple(line for line in lines if line[0] != "Why")


def _lines_once(case: CaseResult, seen: set[str]) -> Lines:
    """The lines of a case; one short line if its error, or another wrong type, is in `seen`."""
    if case.error is None:
        return case.lines
    kind, text = case.error.kind, case.error.text
    if text in seen:
        return ((BUT, "the same error as above."),)
    if kind in seen:
        return ((BUT, "no value of the right type, as above."),)
    # Values of a wrong type differ from call to call; the mistake is one and the same.
    seen.update((text, kind) if kind == "wrong type" else (text,))
    return case.lines


def _called(call: CaseCall) -> Lines:
    """The line with a call's arguments as Python; none for a function without parameters."""
    arguments = ",\n".join(f"{name}={_shown(value)}" for name, value in call.arguments.items())
    return (("Called", arguments),) if arguments else ()


def _shown(argument: Any) -> str:
    """An argument as Python, cut if nobody would read it to its end."""
    text = repr(argument)
    return text if len(text) <= _READABLE else cut(text)
