"""Named situations that a whole server must master, for any rules and any server.

MIT's labs run whole clusters in virtual time; ours drive mostly single servers with messages.
`SCENARIOS` lists them all, `run_scenario` says why one fails.
"""

import gc

from raftkit.checkers.raised_errors import raised_in_words
from raftkit.protocol import ForbiddenTransition, Rules
from raftkit.scenarios import clients, commits, logs, mit, repeats, timers
from raftkit.scenarios.scenario import Scenario, ScenarioFailed
from raftkit.scenarios.system_under_test import SystemUnderTest
from raftkit.simulator.raft_system import MakeServer

SCENARIOS: tuple[Scenario, ...] = (
    *mit.SCENARIOS,
    *timers.SUITE,
    *logs.SUITE,
    *commits.SUITE,
    *clients.SUITE,
    *repeats.SUITE,
)

__all__ = [
    "SCENARIOS",
    "Scenario",
    "ScenarioFailed",
    "SystemUnderTest",
    "outcome_of",
    "run_scenario",
    "scenario",
]


def scenario(origin: str) -> Scenario:
    """The scenario with the short name `origin`. Raises KeyError if there is none.

    >>> scenario("Figure8").name
    'A thousand leaders crash as in Figure 8'
    """
    for found in SCENARIOS:
        if found.origin == origin:
            return found
    raise KeyError(f"there is no scenario {origin!r}; SCENARIOS lists them all")


def run_scenario(
    scenario: Scenario,
    rules: Rules | None = None,
    make_server: MakeServer | None = None,
    seed: int = 0,
) -> str | None:
    """Run a scenario: None if it passes, else the sentence why it failed.

    Whatever goes wrong in the rules or the server is such a sentence, exceptions too. `seed`
    moves every random choice.

    >>> run_scenario(SCENARIOS[0])
    """
    return outcome_of(scenario, SystemUnderTest(rules, make_server, seed))


def outcome_of(scenario: Scenario, system: SystemUnderTest) -> str | None:
    """Run a scenario on a system, which can be looked at afterwards; see `run_scenario`."""
    collecting = gc.isenabled()
    # A run makes many values and frees few, so looking for garbage within it only costs.
    gc.disable()
    try:
        scenario.run(system)
    except ScenarioFailed as failure:
        return str(failure)
    except ForbiddenTransition as refusal:
        return f"Figure 4 does not have this change of role: {refusal}."
    # Rules under test may raise anything: that is a verdict on them, not an error of ours.
    except Exception as error:
        return f"A server {raised_in_words(error)}"
    finally:
        if collecting:
            gc.enable()
    return None
