"""The situations of DSLabs' third lab, told for Raft instead of Paxos.

They run whole clusters with clients on the simulator, in virtual time.
Its searches are the explorer's business.
"""

from raftkit.checkers.scenarios.scenario import Scenario

SUITE = "DSLabs"

SCENARIOS: tuple[Scenario, ...] = ()
