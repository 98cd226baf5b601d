"""Named scenarios that public courses and libraries test, for any rules and any server.

MIT's run on the simulator in virtual time; TinyKV's drive single servers with
messages. `SCENARIOS` lists them all, `run_scenario` says why one fails.
"""

import gc

from raftkit.checkers.scenarios import (
    bad_weather,
    costs,
    dslabs,
    elections,
    messages_commits,
    messages_logs,
    messages_terms,
    messages_votes,
    own_clients,
    own_commits,
    own_logs,
    own_storage,
    own_timers,
    own_votes,
    persistence,
    replication,
)
from raftkit.checkers.scenarios.scenario import Scenario, ScenarioFailed
from raftkit.checkers.scenarios.stage import Stage
from raftkit.protocol import ForbiddenTransition, Rules
from raftkit.simulator.cluster import MakeServer

SCENARIOS: tuple[Scenario, ...] = (
    *elections.SCENARIOS,
    *replication.SCENARIOS,
    *costs.SCENARIOS,
    *persistence.SCENARIOS,
    *bad_weather.SCENARIOS,
    *messages_terms.SCENARIOS,
    *messages_votes.SCENARIOS,
    *messages_logs.SCENARIOS,
    *messages_commits.SCENARIOS,
    *dslabs.SCENARIOS,
    *own_timers.SCENARIOS,
    *own_votes.SCENARIOS,
    *own_logs.SCENARIOS,
    *own_commits.SCENARIOS,
    *own_storage.SCENARIOS,
    *own_clients.SCENARIOS,
)

__all__ = [
    "SCENARIOS",
    "Scenario",
    "ScenarioFailed",
    "Stage",
    "outcome_of",
    "run_scenario",
    "scenario",
]


def scenario(origin: str) -> Scenario:
    """The scenario that stands for the public test `origin`. Raises KeyError if there is none.

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
    return outcome_of(scenario, Stage(rules, make_server, seed, scenario.limit_ms))


def outcome_of(scenario: Scenario, stage: Stage) -> str | None:
    """Run a scenario on a stage, which can be looked at afterwards; see `run_scenario`."""
    collecting = gc.isenabled()
    # A run makes many values and frees few, so looking for garbage within it only costs.
    gc.disable()
    try:
        scenario.run(stage)
    except ScenarioFailed as failure:
        return str(failure)
    except ForbiddenTransition as refusal:
        return f"Figure 4 does not have this change of role: {refusal}."
    # Rules under test are anybody's code: whatever they raise is a verdict, not our crash.
    except Exception as error:
        return f"A server raised {type(error).__name__}: {error}"
    finally:
        if collecting:
            gc.enable()
    return None
