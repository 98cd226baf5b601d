"""Shrinks a schedule of faults: fewer actions, fewer servers, earlier instants, another seed.

This is for runs that cannot be repeated by hand, mainly those that break a bound on time. Each part
of a trial is left out, or set to its default, if the same property still breaks first.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from raftkit.checkers.shrinker.fewest import fewest
from raftkit.checkers.trials import AnyRules, Timed, Trial, first_violation, run_trial
from raftkit.protocol import Settings
from raftkit.simulator import Link
from raftkit.simulator.raft_system import MakeServer

# More seeds rarely find anything shorter.
SEEDS_TO_TRY = 8

_Breaks = Callable[[Trial], bool]


def shrink_schedule(
    trial: Trial, rules: AnyRules = None, make_server: MakeServer | None = None
) -> Trial:
    """Return a trial that breaks the same property, without any action that it does not need."""
    broken = first_violation(trial, rules, make_server)

    def still_breaks(smaller: Trial) -> bool:
        found = first_violation(smaller, rules, make_server)
        return found is not None and broken is not None and found.property == broken.property

    trial = _without_needless_actions(trial, still_breaks)
    for plainer in (_plain_parts, _fewer_servers):
        trial = _first_of_each(trial, plainer, still_breaks)
    trial = _at_earlier_instants(trial, still_breaks)

    def ending(longer: Trial) -> Iterator[Trial]:
        """The trial that ends when the property breaks; a bound on time breaks only at its end."""
        found = first_violation(longer, rules, make_server)
        if found is not None and found.time < longer.end:
            yield replace(longer, end=found.time, heals=False)

    def events(candidate: Trial) -> int:
        return len(run_trial(candidate, rules, make_server).history.records)

    trial = _with_the_calmest_seed(trial, still_breaks, events)
    trial = _without_needless_actions(trial, still_breaks)
    return _first_of_each(trial, ending, still_breaks)


def _without_needless_actions(trial: Trial, still_breaks: _Breaks) -> Trial:
    """Leave out every action that is not needed."""
    needed = fewest(trial.schedule, lambda some: still_breaks(replace(trial, schedule=some)))
    return replace(trial, schedule=needed)


def _first_of_each(
    trial: Trial, smaller: Callable[[Trial], Iterator[Trial]], still_breaks: _Breaks
) -> Trial:
    """Replace the trial by a smaller one that still breaks, as long as there is one."""
    while True:
        found = next(
            (each for each in smaller(trial) if each != trial and still_breaks(each)), None
        )
        if found is None:
            return trial
        trial = found


def _plain_parts(trial: Trial) -> Iterator[Trial]:
    """The trial with one of its parts set to the default."""
    yield replace(trial, heals=False)
    yield _with_processes(trial, trial.servers, clients=0)
    yield replace(trial, topology="complete")
    yield replace(trial, link=Link())
    yield replace(trial, settings=Settings())


def _fewer_servers(trial: Trial) -> Iterator[Trial]:
    """The trial in smaller clusters, without the actions that name a server that is gone."""
    for servers in range(1, trial.servers):
        yield _with_processes(trial, servers, trial.clients)


def _with_processes(trial: Trial, servers: int, clients: int) -> Trial:
    """Return the trial with so many servers and clients, without actions that name others."""
    there = {f"S{number}" for number in range(1, servers + 1)}
    there |= {f"C{number}" for number in range(1, clients + 1)}
    kept = tuple(timed for timed in trial.schedule if _named(timed.action) <= there)
    return replace(trial, servers=servers, clients=clients, schedule=kept)


def _named(action: Any) -> set[str]:
    """Return the processes that an action names."""
    parts = {
        field: getattr(action, field, None) for field in ("server", "client", "source", "target")
    }
    names = {name for name in parts.values() if name is not None}
    return names.union(*getattr(action, "groups", ()))


def _at_earlier_instants(trial: Trial, still_breaks: _Breaks) -> Trial:
    """Shorten the time before each action, as far as the property still breaks."""
    for position in range(len(trial.schedule)):
        before = trial.schedule[position - 1].at if position else 0
        gap = trial.schedule[position].at - before
        # All later actions move with it, so the times between them do not change.
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
    trial: Trial, still_breaks: _Breaks, events: Callable[[Trial], int]
) -> Trial:
    """Return the trial with the seed under which it takes the fewest events."""
    # Latencies and timeouts depend on the seed, so another one may need fewer events.
    candidates = [trial] + [replace(trial, seed=seed) for seed in range(SEEDS_TO_TRY)]
    return min((each for each in candidates if still_breaks(each)), key=events)
