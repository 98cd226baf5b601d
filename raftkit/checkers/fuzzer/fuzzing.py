"""`fuzz`: run trial after trial until one breaks a property, and then shrink that trial.

Trial number n of a seed does not depend on the trials before it, so it can be run alone, and
several processes can share the work. A fuzzer that finds nothing has proved nothing, and its result
says so.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count

from raftkit.checkers.fuzzer.configuration import draw_configuration
from raftkit.checkers.fuzzer.trial_generator import TrialRun, generate_trial
from raftkit.checkers.schedules import Draw
from raftkit.checkers.shrinker import shrink
from raftkit.checkers.trials import AnyRules, Trial, run_trial
from raftkit.simulator import History, InvariantViolation
from raftkit.simulator.raft_system import MakeServer

TRIALS = 1_000  # about two seconds
_NUMBERS = 1 << 32  # the number of trials that each seed has


@dataclass(frozen=True)
class Fuzzing:
    """The result of fuzzing: the numbers of trials and of steps, and what broke, if anything.

    `found` is the trial as it was drawn, `trial` the shrunk trial, `violation` the property that it
    breaks, and `history` the shrunk trial's run.
    """

    trials: int
    steps: int
    found: Trial | None = None
    trial: Trial | None = None
    violation: InvariantViolation | None = None
    history: History | None = field(default=None, repr=False)

    @property
    def sentence(self) -> str:
        """The outcome in a sentence or two."""
        trials = f"{self.trials:,} trial{'' if self.trials == 1 else 's'}"
        if self.violation is None:
            return (
                f"Nothing broke in {trials} with {self.steps:,} steps. "
                "That is no proof: other seeds may find more."
            )
        broken = self.violation
        return (
            f"{broken.property} ({broken.section}) is broken after {trials}, "
            f"{self.steps:,} steps: {broken.detail}"
        )


def fuzz(
    rules: AnyRules = None,
    make_server: MakeServer | None = None,
    *,
    seed: int = 0,
    trials: int | None = None,
    steps: int | None = None,
    shrinks: bool = True,
    progress: Callable[[int, int], object] = lambda trials, steps: None,
) -> Fuzzing:
    """Run trials until one breaks a property, then shrink it.

    It ends after so many `trials`, or with the trial in which so many `steps` are reached; with
    neither, after a thousand trials. Without `shrinks`, `trial` is the trial as it was drawn. After
    each trial `progress` is called with the numbers of trials and of steps.

    >>> fuzz(trials=20).violation is None
    True
    >>> from raftkit.protocol import Rules
    >>> found = fuzz(Rules().with_rule("has_majority", lambda granted, refused, all: True))
    >>> found.violation.property
    'Election Safety'
    """
    if trials is None and steps is None:
        trials = TRIALS
    done = taken = 0
    for number in count():
        if done == trials or (steps is not None and taken >= steps):
            break
        run = run_trial_number(seed, number, rules, make_server)
        done += 1
        taken += len(run.cluster.history.steps())
        progress(done, taken)
        if run.cluster.violations:
            found = run.trial
            trial = shrink(found, rules, make_server) if shrinks else found
            cluster = run_trial(trial, rules, make_server)
            return Fuzzing(done, taken, found, trial, cluster.violations[0], cluster.history)
    return Fuzzing(done, taken)


def run_trial_number(
    seed: int, number: int, rules: AnyRules = None, make_server: MakeServer | None = None
) -> TrialRun:
    """Draw and run trial `number` of a seed."""
    draw = Draw(seed * _NUMBERS + number)
    return generate_trial(draw_configuration(draw), draw, rules, make_server)
