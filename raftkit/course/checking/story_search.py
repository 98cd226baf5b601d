"""`look_for_story`: a run that shows what a wrong answer leads to, within a fixed budget.

First come the schedules that were written for such mistakes, then short random ones, then walks
that the answer itself guides, and at last the trials of the second rung, which also show a cluster
without a leader. Whether an answer is wrong is not decided here.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from raftkit.checkers import Trial, draw_short_trial, run_trial, shrink
from raftkit.checkers.walks import walk_until_broken
from raftkit.course.chapters import EXERCISES
from raftkit.course.checking.cases import Checks
from raftkit.course.checking.checks import checks_of, function_checks_of
from raftkit.course.checking.cluster_trials import cluster_trials, short_trial_seeds
from raftkit.course.errors import StudentError
from raftkit.course.exercise import Exercise
from raftkit.protocol import Rules

# The actions of all walks together: with what is explored after them, less than a second of CPU
# time.
_ACTIONS = 12_000


@dataclass(frozen=True)
class Story:
    """A trial that breaks a property, or None, and how far it was looked for.

    `runs` is how many runs were tried, `longest` the number of actions in the longest, and `states`
    how many states the explorer has seen after some of them.
    """

    trial: Trial | None
    runs: int
    longest: int
    states: int

    @property
    def how_far(self) -> str:
        """How far it was looked for without a finding."""
        return (
            f"{self.runs:,} runs of up to {self.longest} actions, and {self.states:,} states that "
            "can follow them, break no property."
        )


def look_for_story(exercise: Exercise, answer: Callable[..., Any], seed: int) -> Story:
    """Look for a run that breaks a property if servers obey `answer`.

    Raises `StudentError` if a call of the answer does not come to an end.

    >>> from raftkit.course import exercise
    >>> answer = lambda granted, refused, servers: granted > 0
    >>> look_for_story(exercise("2.1"), answer, seed=0).trial.servers
    2
    """
    return _Search(exercise, answer).until_found(seed)


class _Search:
    """The search for one answer, which counts its runs."""

    def __init__(self, exercise: Exercise, answer: Callable[..., Any]) -> None:
        self._exercise = exercise
        self._answer = answer
        self._rules = Rules().with_rule(exercise.answer, answer)
        self._runs = self._longest = self._states = 0

    def until_found(self, seed: int) -> Story:
        """The first story, in the order in which they are looked for."""
        own = function_checks_of(self._exercise).schedules
        short = map(draw_short_trial, short_trial_seeds(seed))
        trial = (
            self._first_of(own)  # Written to be read, so they are not shrunk.
            or self._shortest_of(self._schedules_of_the_chapter())
            or self._shortest_of(short)
            or self._shortest_walk(seed)
            or self._first_of(cluster_trials(seed))
        )
        return Story(trial, self._runs, self._longest, self._states)

    def _schedules_of_the_chapter(self) -> Iterable[Trial]:
        chapter = [each for each in EXERCISES if each.chapter == self._exercise.chapter]
        of_functions = (checks for each in chapter if isinstance(checks := checks_of(each), Checks))
        return dict.fromkeys(trial for checks in of_functions for trial in checks.schedules)

    def _first_of(self, trials: Iterable[Trial]) -> Trial | None:
        return next((trial for trial in trials if self._breaks(trial)), None)

    def _shortest_of(self, trials: Iterable[Trial]) -> Trial | None:
        found = self._first_of(trials)
        return None if found is None else self._shrunk(found)

    def _shrunk(self, trial: Trial) -> Trial:
        try:
            return shrink(trial, self._rules)
        except ValueError:
            return trial  # The answer is not the same each time, and this run did break something.

    def _breaks(self, trial: Trial) -> bool:
        """Whether a run breaks a property; one in which the answer raises an error does not."""
        self._count(1, len(trial.schedule))
        try:
            return bool(run_trial(trial, self._rules).violations)
        except StudentError as error:
            if error.kind in ("endless", "stopped"):
                raise
            return False

    def _shortest_walk(self, seed: int) -> Trial | None:
        walking = walk_until_broken(
            self._exercise.answer, self._answer, seed, _ACTIONS, ends_walk=_is_harmless
        )
        self._count(walking.walks, walking.longest)
        self._states = walking.states
        # A walk remembers the answers; only a run that asks anew is a proof.
        found = walking.found
        return self._shrunk(found) if found and self._breaks(found) else None

    def _count(self, runs: int, longest: int) -> None:
        self._runs += runs
        self._longest = max(self._longest, longest)


def _is_harmless(error: Exception) -> bool:
    """Whether an error in an answer ends only the walk in which it was raised."""
    return not (isinstance(error, StudentError) and error.kind in ("endless", "stopped"))
