"""The stages of notebook 07: elections (A), replication (B), crashes (C), lint and searches (D).

A to C are made of the scenarios for whole servers (raftkit/scenarios), MIT's labs 3A to 3C
among them.
"""

from raftkit.checkers import Cluster
from raftkit.course.chapters.capstone.cases.crashes import CRASHES
from raftkit.course.chapters.capstone.cases.elections import ELECTIONS
from raftkit.course.chapters.capstone.cases.lint_and_searches import LINT_AND_SEARCHES
from raftkit.course.chapters.capstone.cases.replication import REPLICATION
from raftkit.course.checking.server_stages import ServerChecks
from raftkit.protocol import (
    Server,
    all_servers,
    candidates,
    followers,
    leaders,
    server,
)
from raftkit.simulator import Timeout
from raftkit.views import draw_contract


def a_crash_survived(cluster: Cluster) -> None:
    """A leader commits a command and crashes; the next leader goes on, and the old one restarts."""
    cluster.do(Timeout("S1"))
    cluster.run(ms=20)
    cluster.propose("x=1")
    cluster.run(ms=30)
    cluster.crash("S1")
    cluster.do(Timeout("S2"))
    cluster.run(ms=25)
    cluster.propose("y=2")
    cluster.run(ms=10)
    cluster.restart("S1")
    cluster.run(ms=60)


CHECKS = {
    "7.1": ServerChecks(
        stages=(ELECTIONS, REPLICATION, CRASHES, LINT_AND_SEARCHES),
        picture=draw_contract,
        story=a_crash_survived,
        reference=Server,
        parts=(server, all_servers, followers, candidates, leaders),
    )
}
