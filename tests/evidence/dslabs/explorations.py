"""What DSLabs' searches ask of the explorer: reach a goal, or look at all there is.

A goal that is out of reach is a failure, and so is a search that ran out of budget:
it has proved nothing. Servers that may not take part are kept out by pruning every
state in which one of them has moved. There are no clients; commands come from outside.
"""

from raftkit.checkers.explorer import Bounds, Exploration, Invariant, Predicate, explore, log_is
from raftkit.checkers.explorer.search_actions import SearchAction
from raftkit.checkers.invariants import States
from raftkit.scenarios.scenario import expect
from raftkit.scenarios.system_under_test import SystemUnderTest

# Ten times what the largest of these searches needs with the reference, or more.
BUDGET = 400_000
EVERYTHING = 1_000  # a term above all: what was sent before is forgotten

Start = Exploration | tuple[SearchAction, ...]


def reach(
    system: SystemUnderTest,
    bounds: Bounds,
    goal: Predicate,
    prune: Predicate | None = None,
    start: Start = (),
    forget: bool = False,
) -> Exploration:
    """The shortest way to a goal; fails if there is none. With `forget`, old messages are lost."""
    found = explore(
        bounds, rules=system.rules, make_server=system.make_server, goal=goal, prune=prune,
        start=start, forget_before=EVERYTHING if forget else 0, budget=BUDGET,
    )  # fmt: skip
    _expect_unbroken(found)
    expect(found.verdict == "goal reached", f"Never {goal.words}. {found.sentence}")
    return found


def exhaust(
    system: SystemUnderTest,
    bounds: Bounds,
    prune: Predicate | None = None,
    start: Start = (),
    invariants: tuple[Invariant, ...] = (),
) -> None:
    """Look at every state within `bounds`; fails if anything breaks, or if they are too many."""
    found = explore(
        bounds, rules=system.rules, make_server=system.make_server, prune=prune, start=start,
        forget_before=EVERYTHING, invariants=invariants, budget=BUDGET,
    )  # fmt: skip
    _expect_unbroken(found)
    expect(found.verdict == "exhausted", found.sentence)


def _expect_unbroken(found: Exploration) -> None:
    expect(found.violation is None, found.sentence)


# Who takes part ----------------------------------------------------------------------------


def moved(found: Exploration | None, *servers: str) -> Predicate:
    """One of `servers` is not as it was when `found` ended, or at the very start."""
    states = states_after(found) if found else {}

    def holds(now: States) -> bool:
        return any(
            now[server] != states[server] if states else now[server].standing.current_term > 0
            for server in servers
        )

    return Predicate(f"{' or '.join(servers)} has moved", holds)


def states_after(found: Exploration) -> States:
    """Every server's state at the end of what was found."""
    expect(found.history is not None, found.sentence)
    steps = found.history.steps() if found.history else []
    return {step.process: step.state for step in steps}


def holds_entries(*servers: str) -> Predicate:
    """One of `servers` has an entry in its log."""
    condition = ~log_is(servers[0])
    for server in servers[1:]:
        condition = condition | ~log_is(server)
    return condition


def anybody_committed(index: int) -> Predicate:
    """Some server holds the entry at `index` for committed."""
    return Predicate(
        f"has a server committed {index}",
        lambda states: any(state.commit_index >= index for state in states.values()),
        names_servers=False,
    )
