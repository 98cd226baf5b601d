"""Labs 3A to 3C of MIT's course on distributed systems, told for this simulator.

Each scenario has the situation of one of the labs' tests, on whole clusters in virtual time;
`origin` is the name of that test.
"""

from raftkit.scenarios.mit import costs, elections, persistence, replication, unreliable_network

SCENARIOS = (
    *elections.SUITE,
    *replication.SUITE,
    *costs.SUITE,
    *persistence.SUITE,
    *unreliable_network.SUITE,
)
