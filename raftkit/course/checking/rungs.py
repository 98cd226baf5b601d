"""The second and the third rung of a check of a rule: a cluster, and a search that is shrunk.

Each is tried only if everything before it passed. If a case got a wrong value, a run that breaks a
property is looked for as well, since it teaches more than a sentence; points are not given for it
then.
"""

from collections.abc import Callable
from typing import Any

from raftkit.checkers import Trial, run_trial, search, shrink
from raftkit.checkers.trial_program import program
from raftkit.course.checking.checks import function_checks_of
from raftkit.course.checking.cluster_trials import cluster_trials, short_trial_seeds
from raftkit.course.checking.printed_output import printed_lines
from raftkit.course.checking.property_sentences import in_words
from raftkit.course.checking.result import BUT, CaseResult, draw_end
from raftkit.course.errors import StudentError, unusable_text
from raftkit.course.exercise import RUNG_POINTS, Exercise
from raftkit.protocol import Rules

CLUSTER_RUNG = "keeps every property in a cluster of five servers"
SEARCH_RUNG = "survives a search for faults that break a property"

Rule = Callable[..., Any]
Find = Callable[[Rules, int], Trial | None]
# The results of both rungs, and a program that repeats what they found, "" if nothing.
Rungs = tuple[tuple[CaseResult, CaseResult], str]


def run_rungs(exercise: Exercise, answer: Rule, seed: int, cases: tuple[CaseResult, ...]) -> Rungs:
    """What comes of the two rungs after these results of the cases."""
    if all(case.outcome == "passed" for case in cases):
        return _after_right_cases(exercise, answer, seed)
    cluster = _waiting(CLUSTER_RUNG, "run when every case passes.")
    if all(case.error for case in cases if case.outcome == "failed"):
        said = "no run tried: where this answer goes wrong, it gives no value for servers to obey."
        return (cluster, _waiting(SEARCH_RUNG, said)), ""
    searched, again = _story(exercise, answer, seed)
    return (cluster, searched), again


def _waiting(name: str, said: str) -> CaseResult:
    return CaseResult(name, RUNG_POINTS, "not reached", (("Not yet", said),))


def _after_right_cases(exercise: Exercise, answer: Rule, seed: int) -> Rungs:
    rules = Rules().with_rule(exercise.answer, answer)
    cluster, again = _run_rung(CLUSTER_RUNG, exercise, _cluster_trial_found, rules, seed)
    if cluster.outcome != "passed":
        return (
            cluster,
            _waiting(SEARCH_RUNG, "tried when the cluster keeps every property."),
        ), again
    searched, again = _run_rung(SEARCH_RUNG, exercise, _finder(exercise), rules, seed)
    return (cluster, searched), again


def _run_rung(
    name: str, exercise: Exercise, find: Find, rules: Rules, seed: int
) -> tuple[CaseResult, str]:
    try:
        trial = find(rules, seed)
        if trial is None:
            return CaseResult(name, RUNG_POINTS, "passed"), ""
        return _told(name, exercise, trial, rules)
    except StudentError as error:
        return _stopped(name, error.text, getattr(rules, exercise.answer)), ""
    except Exception as error:
        return _stopped(name, unusable_text(error), getattr(rules, exercise.answer)), ""


def _told(name: str, exercise: Exercise, trial: Trial, rules: Rules) -> tuple[CaseResult, str]:
    """The result of a rung that a trial fails, with its picture, and the program of the trial."""
    cluster = run_trial(trial, rules)
    violation = cluster.violations[0]
    lines = (("Broken", in_words(violation)), ("Here", violation.detail))
    picture = draw_end(cluster.history, violation)
    failed = CaseResult(name, RUNG_POINTS, "failed", lines, picture, history=cluster.history)
    return failed, program(trial, f"rules_with({exercise.answer})")


def _stopped(name: str, said: str, answer: Rule) -> CaseResult:
    """The result of a rung that an error in the answer has ended."""
    return CaseResult(name, RUNG_POINTS, "failed", ((BUT, said), *printed_lines(answer)))


# After right cases: fixed trials, and a short search --------------------------------------


def _cluster_trial_found(rules: Rules, seed: int) -> Trial | None:
    """A cluster trial in which the rules fail, or a shorter one if the search finds it."""
    broken = (trial for trial in cluster_trials(seed) if run_trial(trial, rules).violations)
    found = next(broken, None)
    return (_search_found(rules, seed) or found) if found is not None else None


def _finder(exercise: Exercise) -> Find:
    """The search for an exercise: first its own schedules, which are not shrunk, then others."""

    def find(rules: Rules, seed: int) -> Trial | None:
        known = function_checks_of(exercise).schedules
        broken = (trial for trial in known if run_trial(trial, rules).violations)
        return next(broken, None) or _search_found(rules, seed)

    return find


def _search_found(rules: Rules, seed: int) -> Trial | None:
    found = search(rules, short_trial_seeds(seed))
    return shrink(found, rules) if found is not None else None


# After a wrong value: what it leads to ----------------------------------------------------


def _story(exercise: Exercise, answer: Rule, seed: int) -> tuple[CaseResult, str]:
    """The third rung of an answer that got a wrong value: a story, or how far it was looked for."""
    # Imported here because it loads the explorer, which the check of a right answer does not need.
    from raftkit.course.checking.story_search import look_for_story

    try:
        story = look_for_story(exercise, answer, seed)
        if story.trial is not None:
            rules = Rules().with_rule(exercise.answer, answer)
            return _told(SEARCH_RUNG, exercise, story.trial, rules)
        said = story.how_far
    except Exception as error:
        text = error.text if isinstance(error, StudentError) else unusable_text(error)
        said = f"the search ended early: {text}"
    return CaseResult(SEARCH_RUNG, RUNG_POINTS, "not reached", (("Searched", said),)), ""
