"""`judge_mutants`: holds every mutant of a solution against the checks of its exercise.

A mutant is caught if it loses a point. If it earns all of them, it has to be equal to the solution
on the whole small world, or to stand in its chapter's list of those that were reviewed. Where
the solutions are kept is not known here.
"""

import ast
import time
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from concurrent.futures import as_completed
from contextlib import closing, suppress
from dataclasses import dataclass
from typing import Any, Literal

from raftkit.course.chapters import exercise as exercise_of
from raftkit.course.checking.answer_kinds import answer_kind_of, examine
from raftkit.course.checking.answers import TypedAnswers
from raftkit.course.checking.cases import Checks
from raftkit.course.checking.checks import checks_of
from raftkit.course.checking.examine_function import run_case
from raftkit.course.checking.guard import guarded, time_limit
from raftkit.course.checking.small_world import WorldCase
from raftkit.course.errors import StudentError
from raftkit.course.exercise import Exercise, module_of_chapter
from raftkit.course.proving.mutants.mutation import (
    Mutant,
    first_order,
    second_order,
    without_docstrings,
)
from raftkit.workers import submit_all, workers

Outcome = Literal["caught", "equal", "reviewed", "escaped"]

# Solutions of so many lines are also mutated twice.
SHORT = 10
_AT_ONCE = 16
_SEEDS = (0, 1)


@dataclass(frozen=True)
class Solution:
    """The solution of an exercise: its code, and the imports of its notebook."""

    id: str
    source: str
    imports: str = ""

    @property
    def exercise(self) -> Exercise:
        """The exercise that it solves."""
        return exercise_of(self.id)

    @property
    def lines(self) -> int:
        """How many lines of code are in the body."""
        (function,) = (each for each in ast.parse(self.source).body if hasattr(each, "body"))
        code = ast.unparse(without_docstrings(ast.Module([function], [])))
        return len(code.splitlines()) - 1

    def answer(self, mutant: Mutant) -> Any:
        """The function or class of a mutant. Raises what its code raises."""
        names: dict[str, Any] = {"__name__": "__main__"}
        # As in the grading: annotations are not evaluated.
        for code in (self.imports, f"from __future__ import annotations\n{mutant.source}"):
            exec(compile(code, f"<{mutant}>", "exec"), names)
        return names[self.exercise.answer]


@dataclass(frozen=True)
class Verdict:
    """What came of a mutant, and the CPU seconds that it took."""

    mutant: Mutant
    outcome: Outcome
    seconds: float


@dataclass(frozen=True)
class Proof:
    """The verdicts on all mutants of one solution."""

    id: str
    verdicts: tuple[Verdict, ...]

    def count(self, outcome: Outcome) -> int:
        """How many mutants came out so."""
        return sum(each.outcome == outcome for each in self.verdicts)

    @property
    def escaped(self) -> list[Mutant]:
        """Mutants with full points that are neither equal to the solution nor reviewed."""
        return [each.mutant for each in self.verdicts if each.outcome == "escaped"]


Task = tuple[Solution, tuple[Mutant, ...]]


def mutants_of(solution: Solution, order: int = 1, share: int = 1) -> list[Mutant]:
    """Every `share`th mutant of a solution: with one change, or with two if `order` is 2."""
    made = first_order(solution.source) if order == 1 else second_order(solution.source)
    return list(made)[::share]


def judge_mutants(
    solutions: Sequence[Solution],
    order: int = 1,
    share: int = 1,
    jobs: int = 1,
    progress: Callable[[Iterable[Any], int], Iterable[Any]] = lambda parts, total: parts,
) -> list[Proof]:
    """A proof for each solution; `progress(iterable, total)` shows how far the work is."""
    tasks = [
        (solution, tuple(mutants[start : start + _AT_ONCE]))
        for solution in solutions
        for mutants in [mutants_of(solution, order, share)]
        for start in range(0, len(mutants), _AT_ONCE)
    ]
    found: dict[str, list[Verdict]] = {solution.id: [] for solution in solutions}
    with closing(_judged(tasks, jobs)) as judged:
        for id, verdicts in progress(judged, len(tasks)):
            found[id] += verdicts
    return [
        Proof(id, tuple(sorted(verdicts, key=lambda each: each.mutant.lines)))
        for id, verdicts in found.items()
    ]


def _judged(tasks: list[Task], jobs: int) -> Generator[tuple[str, list[Verdict]], None, None]:
    if jobs == 1:
        for task in tasks:
            yield judge_some(task)
        return
    with workers(jobs) as pool:
        for future in as_completed(submit_all(pool, judge_some, tasks)):
            yield future.result()


def judge_some(task: Task) -> tuple[str, list[Verdict]]:
    """The exercise's number, and the verdicts on some mutants of its solution."""
    solution, mutants = task
    verdicts = []
    for mutant in mutants:
        start = time.process_time()
        outcome = judged(solution, mutant)
        verdicts.append(Verdict(mutant, outcome, time.process_time() - start))
    return solution.id, verdicts


def judged(solution: Solution, mutant: Mutant) -> Outcome:
    """What becomes of one mutant."""
    try:
        answer = solution.answer(mutant)
    except Exception:
        return "caught"  # It cannot even be defined.
    checks = checks_of(solution.exercise)
    if isinstance(checks, Checks) and _fails_a_case(solution.exercise, checks, answer):
        return "caught"
    if isinstance(checks, Checks) and _is_equal(checks, answer):
        return "equal"
    if any(_loses_points(solution.exercise, answer, seed) for seed in _SEEDS):
        return "caught"
    return "reviewed" if "; ".join(mutant.changes) in reviewed(solution.exercise) else "escaped"


def _fails_a_case(exercise: Exercise, checks: Checks, answer: Callable[..., Any]) -> bool:
    """Whether a case fails; the same as the check says, without its slower rungs."""
    typed = TypedAnswers(guarded(answer), checks.returns)
    try:
        with time_limit():
            return any(
                run_case(exercise, case, typed, seed).outcome != "passed"
                for seed in _SEEDS
                for case in checks.cases
            )
    except StudentError:
        return True


def _is_equal(checks: Checks, answer: Callable[..., Any]) -> bool:
    """Whether an answer that passed all cases is as good as the reference on the whole small world.

    Where several answers are right, and the world lists them, it may give any of those. In an
    exercise without such a world nothing can show it.
    """
    typed = TypedAnswers(guarded(answer), checks.returns)
    calls = [
        call for case in checks.cases if isinstance(case, WorldCase) for call in case.small_calls
    ]
    return bool(calls) and all(call.is_listed(typed(*call.values)) for call in calls)


def _loses_points(exercise: Exercise, answer: Any, seed: int) -> bool:
    kind = answer_kind_of(exercise)
    with time_limit(kind.seconds):
        return examine(exercise, kind.guard(answer), seed).status != "full"


def reviewed(exercise: Exercise) -> Mapping[str, str]:
    """The changes that were reviewed and make no wrong answer, each with the reason."""
    with suppress(ModuleNotFoundError):
        module = module_of_chapter(exercise.chapter, "reviewed_mutants")
        found: Mapping[str, str] = module.REVIEWED.get(exercise.id, {})
        return found
    return {}
