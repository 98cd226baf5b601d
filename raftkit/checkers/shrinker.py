"""Finding a trial that breaks a property, and shrinking it to the fewest events.

The search is over seeds, the shrinking over what a trial contains: whole acts,
then servers, instants and the seed of the run, each kept out or changed only if
the same property still breaks. Both are deterministic.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from raftkit.checkers.schedules import skirmish
from raftkit.checkers.trials import Timed, Trial, first_violation, run_trial
from raftkit.protocol import Rules

# A student waits for them in a notebook, and more seeds rarely find anything shorter.
SEEDS_TO_TRY = 24


def search(
    rules: Rules, seeds: Iterable[int], draw: Callable[[int], Trial] = skirmish
) -> Trial | None:
    """The first trial among `seeds` that breaks a property, or None.

    >>> search(Rules(), range(20)) is None
    True
    """
    for seed in seeds:
        trial = draw(seed)
        if first_violation(trial, rules) is not None:
            return trial
    return None


def shrink(trial: Trial, rules: Rules) -> Trial:
    """A trial that breaks the same property, and from which no act can be left out.

    Raises ValueError if `trial` breaks nothing.
    """
    broken = first_violation(trial, rules)
    if broken is None:
        raise ValueError("this trial breaks no property, so there is nothing to shrink")

    def still_breaks(smaller: Trial) -> bool:
        found = first_violation(smaller, rules)
        return found is not None and found.property == broken.property

    trial = _without_needless_acts(trial, still_breaks)
    trial = _at_earlier_instants(trial, still_breaks)
    trial = _with_the_calmest_seed(trial, rules, still_breaks)
    return _without_needless_acts(trial, still_breaks)


def _without_needless_acts(trial: Trial, still_breaks: Callable[[Trial], bool]) -> Trial:
    """Leave out half of the acts at a time, then a quarter, and so on down to single ones.

    After a success the same size is tried again from the end, because a smaller schedule may
    have set free what was needed before. It ends at a schedule in which each act is needed.
    """
    size = len(trial.schedule) // 2
    while size:
        for smaller in _left_out(trial, size):
            if still_breaks(smaller):
                trial = smaller
                break
        else:
            size //= 2
    return trial


def _left_out(trial: Trial, size: int) -> Iterator[Trial]:
    """The trials that lack `size` acts in a row, the late ones first."""
    for start in range(len(trial.schedule) - size, -1, -1):
        rest = trial.schedule[:start] + trial.schedule[start + size :]
        yield replace(trial, schedule=rest)


def _at_earlier_instants(trial: Trial, still_breaks: Callable[[Trial], bool]) -> Trial:
    """Close the gaps before acts, as far as each still matters."""
    for position in range(len(trial.schedule)):
        before = trial.schedule[position - 1].at if position else 0
        gap = trial.schedule[position].at - before
        # All that follows moves along, so the distances behind the gap stay as they are.
        for shift in (gap, gap // 2):
            moved = tuple(
                Timed(timed.at - shift, timed.action) if number >= position else timed
                for number, timed in enumerate(trial.schedule)
            )
            earlier = replace(trial, schedule=moved, end=trial.end - shift)
            if shift and still_breaks(earlier):
                trial = earlier
                break
    return trial


def _with_the_calmest_seed(
    trial: Trial, rules: Rules, still_breaks: Callable[[Trial], bool]
) -> Trial:
    """The seed under which the violation comes after the fewest events."""
    # The seed draws latencies and timeouts, so under another one the same acts may need less.
    candidates = [trial] + [replace(trial, seed=seed) for seed in range(SEEDS_TO_TRY)]
    broken = [candidate for candidate in candidates if still_breaks(candidate)]
    return min(broken, key=lambda candidate: len(run_trial(candidate, rules).history.records))
