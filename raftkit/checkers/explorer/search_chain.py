"""Chains of searches: each search starts where the one before it reached its goal.

The number of states grows exponentially with the depth. One search cannot reach a run of twenty
actions, but four searches of five actions each are quick. A chain misses runs that do not pass
through its goals, so its last search is exhaustive only from its start.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial

from raftkit.checkers.explorer.bounds import Bounds
from raftkit.checkers.explorer.exploration import BUDGET, Exploration, explore
from raftkit.checkers.explorer.goals import Predicate
from raftkit.checkers.explorer.search import ignore
from raftkit.checkers.explorer.search_actions import SearchAction
from raftkit.checkers.trials import AnyRules
from raftkit.protocol import Server, Settings
from raftkit.simulator.raft_system import MakeServer


@dataclass(frozen=True)
class Leg:
    """One search of a chain, to a goal; without a goal, it searches for a broken property.

    Messages of earlier legs that have not arrived yet, and whose term is before `forget_before`,
    never arrive: old messages mostly multiply the states needlessly.
    """

    bounds: Bounds
    goal: Predicate | None = None
    prune: Predicate | None = None
    forget_before: int = 0


def chain(
    legs: Sequence[Leg],
    *,
    rules: AnyRules = None,
    make_server: MakeServer = Server,
    settings: Settings | None = None,
    budget: int = BUDGET,
    jobs: int = 1,
    progress: Callable[[int], None] = ignore,
) -> Exploration:
    """Search one leg after the other, until one of them does not end at its goal.

    The exploration's path begins at the first leg; its states and transitions are those of all legs
    together. The verdict is that of the last leg searched: if it is "exhausted" before the last leg
    of the chain, a goal cannot be reached. Raises ValueError without legs.

    >>> from raftkit.checkers.explorer import leads
    >>> elections = [Leg(Bounds(terms=term, log=0), leads(server, term))
    ...              for term, server in [(1, "S1"), (2, "S2")]]
    >>> chain(elections).sentence
    'After 6 actions, S2 leads term 2.'
    """
    if not legs:
        raise ValueError("a chain needs at least one leg")
    path: tuple[SearchAction, ...] = ()
    states = transitions = calls = 0
    for leg in legs:
        found = explore(
            leg.bounds,
            rules=rules,
            make_server=make_server,
            settings=settings,
            start=path,
            forget_before=leg.forget_before,
            goal=leg.goal,
            prune=leg.prune,
            budget=budget,
            jobs=jobs,
            progress=partial(_after, progress, states),
        )
        states, transitions = states + found.states, transitions + found.transitions
        calls += found.calls
        path = found.path
        if found.verdict != "goal reached":
            break
    return replace(found, states=states, transitions=transitions, calls=calls)


def _after(progress: Callable[[int], None], before: int, states: int) -> None:
    """Report how many states have been seen, those of earlier legs included."""
    progress(before + states)
