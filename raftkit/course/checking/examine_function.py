"""`examine_function`: one rule, checked on three rungs, each climbed only if the one below holds.

Named cases; then a cluster of five that lives through drills under every
checker; then a search over short schedules, whose finding is shrunk. The
rule may live in this process or behind a pipe: here it is only called.
"""

from collections.abc import Callable
from dataclasses import replace
from random import Random
from typing import Any

from raftkit.checkers import Cluster, Trial, run_trial, search, shrink
from raftkit.checkers.python_source import program
from raftkit.course.checking.answers import reading
from raftkit.course.checking.cases import Asked, Case
from raftkit.course.checking.checks import function_checks_of
from raftkit.course.checking.drills import DRILLS, drill, short_trial_seeds
from raftkit.course.checking.property_sentences import in_words
from raftkit.course.checking.result import BUT, RECORDS_DRAWN, CaseResult, Result, Status
from raftkit.course.errors import StudentError, unusable_text
from raftkit.course.exercise import RUNG_POINTS, Exercise
from raftkit.protocol import Rules
from raftkit.simulator import InvariantViolation
from raftkit.views import Picture, space_time

CLUSTER_RUNG = "five servers keep every promise with it"
SEARCH_RUNG = "no schedule of faults that we tried breaks it"

Rule = Callable[..., Any]


def examine_function(exercise: Exercise, rule: Rule, seed: int = 0) -> Result:
    """Check `rule` as the answer to `exercise`; other seeds ask the same with other numbers.

    Whatever the rule does is in the result; nothing is raised for it.

    >>> from raftkit.course import exercise
    >>> from raftkit.protocol import has_majority
    >>> examine_function(exercise("2.1"), has_majority).score
    '6 of 6 points'
    """
    checks = function_checks_of(exercise)
    answer = reading(rule, checks.returns)
    try:
        cases = tuple(run_case(exercise, case, answer, seed) for case in checks.cases)
    except StudentError as error:
        return Result(exercise, _status_of(error), message=error.text)
    rungs, program = _rungs(exercise, answer, seed, cases) if exercise.is_rule else ((), "")
    results = _said_once(cases) + rungs
    status: Status = "full" if all(_passed(case) for case in results) else "partial"
    picture = _reward(exercise, answer) if status == "full" else None
    return Result(exercise, status, results, program=program, picture=picture)


def _reward(exercise: Exercise, answer: Rule) -> Picture | None:
    """The picture of a right answer, if there is one to be drawn."""
    shows = function_checks_of(exercise).shows
    if exercise.is_rule:
        return _at_work(exercise, answer)
    return None if shows is None else shows(answer())


def _at_work(exercise: Exercise, answer: Rule) -> Picture:
    """Three servers that decide with the answer, as a reward for it."""
    number = int(exercise.id.partition(".")[2])  # so that every exercise shows another run
    cluster = Cluster(servers=3, seed=number, rules=_rules(exercise, answer))
    checks = function_checks_of(exercise)
    checks.story(cluster)
    return space_time(cluster.history, title=f"{checks.at_work} with your {exercise.answer}")


def _rules(exercise: Exercise, answer: Rule) -> Rules:
    return Rules().with_rule(exercise.answer, answer)


def _passed(case: CaseResult) -> bool:
    return case.outcome == "passed"


def _status_of(error: StudentError) -> Status:
    """A stub is not started; every other complaint is an error."""
    return "not started" if error.kind == "not started" else "error"


# The first rung: named cases -------------------------------------------------------------


def run_case(exercise: Exercise, case: Case, answer: Rule, seed: int) -> CaseResult:
    """The case's first call that goes wrong decides it. Raises `StudentError` to end it all."""
    # A string seeds the source by its text, so each case draws the same whatever stands before
    # it.
    random = Random(f"{seed} {exercise.id} {case.name}")
    for call in case.calls(random):
        # Before the call, because a function may change what it is given.
        called = _called(call)
        try:
            flaw, said = call.flaw_in(answer(*call.arguments.values())), ""
        except StudentError as error:
            if error.kind in ("not started", "endless", "stopped"):
                raise
            flaw, said = None, error.text
        except Exception as error:  # of what came back, which may be anything
            flaw, said = None, unusable_text(error)
        if said:
            why = (("Why", call.why),) if call.why else ()
            return CaseResult(case.name, case.points, "failed", (*called, (BUT, said), *why))
        if flaw is not None:
            # The call, the answer, the right one, and why.
            lines = (*called, *flaw.lines)
            return CaseResult(case.name, case.points, "failed", lines, flaw.picture)
    return CaseResult(case.name, case.points, "passed")


def _said_once(cases: tuple[CaseResult, ...]) -> tuple[CaseResult, ...]:
    """The cases with an error that comes back told in full the first time only."""
    seen: set[str] = set()
    told = []
    for case in cases:
        error = dict(case.lines).get(BUT)
        if error in seen:
            case = replace(case, lines=((BUT, "the same error as above."),))
        elif error:
            seen.add(error)
        told.append(case)
    return tuple(told)


def _called(call: Asked) -> tuple[tuple[str, str], ...]:
    """The line that tells the call; a function without parameters is called in one way only."""
    written = _written(call)
    return (("Called", written),) if written else ()


def _written(call: Asked) -> str:
    """A call's arguments as Python, a line each, so that it can be typed again."""
    return ",\n".join(f"{name}={value!r}" for name, value in call.arguments.items())


# The second and third: a cluster, a search -----------------------------------------------


def _rungs(
    exercise: Exercise, answer: Rule, seed: int, cases: tuple[CaseResult, ...]
) -> tuple[tuple[CaseResult, ...], str]:
    """The cluster and the search, each only if all before it has held, and a program to repeat.

    A wrong value in a case is searched too: what it leads to is worth more than any sentence, and
    a search that finds nothing then counts for nothing.
    """
    rules = _rules(exercise, answer)
    cluster = CaseResult(CLUSTER_RUNG, RUNG_POINTS, "not reached")
    searched = CaseResult(SEARCH_RUNG, RUNG_POINTS, "not reached")
    program = ""
    held = all(_passed(case) for case in cases)
    if held:
        cluster, program = _run_rung(CLUSTER_RUNG, exercise, _drill_found, rules, seed)
    if _passed(cluster) or not (held or _any_error(cases)):
        found, program = _run_rung(SEARCH_RUNG, exercise, _finder(exercise), rules, seed)
        searched = found if held or program else searched
    return (cluster, searched), program


def _any_error(cases: tuple[CaseResult, ...]) -> bool:
    return any(label == BUT for case in cases for label, _ in case.lines)


def _run_rung(
    name: str,
    exercise: Exercise,
    find: Callable[[Rules, int], Trial | None],
    rules: Rules,
    seed: int,
) -> tuple[CaseResult, str]:
    try:
        trial = find(rules, seed)
        if trial is None:
            return CaseResult(name, RUNG_POINTS, "passed"), ""
        cluster = run_trial(trial, rules)
    except StudentError as error:
        return CaseResult(name, RUNG_POINTS, "failed", ((BUT, error.text),)), ""
    except Exception as error:
        return CaseResult(name, RUNG_POINTS, "failed", ((BUT, unusable_text(error)),)), ""
    violation = cluster.violations[0]
    lines = (("Broken", in_words(violation)), ("Here", violation.detail))
    picture = _draw(cluster, violation)
    again = program(trial, f"rules_with({exercise.answer})")
    failed = CaseResult(name, RUNG_POINTS, "failed", lines, picture, history=cluster.history)
    return failed, again


def _draw(cluster: Cluster, violation: InvariantViolation) -> Any:
    records = cluster.history.records
    first = records[max(0, len(records) - RECORDS_DRAWN)].time if records else 0
    return space_time(cluster.history, first_ms=first / 1000, violation=violation)


def _drill_found(rules: Rules, seed: int) -> Trial | None:
    """A drill that the rules do not survive, or, if the search has one, a shorter story."""
    found = search(rules, range(DRILLS * seed, DRILLS * (seed + 1)), draw=drill)
    return (_search_found(rules, seed) or found) if found is not None else None


def _finder(exercise: Exercise) -> Callable[[Rules, int], Trial | None]:
    """The search for an exercise: its own schedules, told to be read as they are, then others."""

    def find(rules: Rules, seed: int) -> Trial | None:
        known = function_checks_of(exercise).schedules
        broken = (trial for trial in known if run_trial(trial, rules).violations)
        return next(broken, None) or _search_found(rules, seed)

    return find


def _search_found(rules: Rules, seed: int) -> Trial | None:
    found = search(rules, short_trial_seeds(seed))
    return shrink(found, rules) if found is not None else None
