"""Clients before whole and divided clusters: DSLabs 3.1 to 3.7, 3.12 and 3.13.

A majority serves its clients, a minority tells nobody anything, and what one
majority has promised, the next one keeps. On their unreliable network one message
in five is lost.
"""

from raftkit.scenarios.scenario import Suite
from raftkit.scenarios.system_under_test import SystemUnderTest
from raftkit.simulator import Link
from tests.evidence.dslabs.clients import Clients

SUITE = Suite("DSLabs")

LOSSY = Link(loss=0.2)


@SUITE.scenario("A client that nobody answers gives up", "ThrowsException")
def nobody_answers(system: SystemUnderTest) -> None:
    """A client asks while every server is down and gives up; later commands are not harmed.

    In the original a thread that waits for the answer is interrupted after half a second.
    """
    cluster = system.cluster(servers=3, seed=81, clients=2)
    clients = Clients(cluster)
    cluster.crash(*cluster.servers)
    given_up = clients.ask("C1", "foo")
    cluster.run(500)
    cluster.expect(not clients.is_answered(given_up), "C1 was answered, and no server runs.")
    cluster.restart(*cluster.servers)
    clients.expect_answer("C2", "foo=bar", "bar")


@SUITE.scenario("One client sets, reads and appends", "Basic")
def simple_operations(system: SystemUnderTest) -> None:
    """One client sets, reads, appends, reads what was never set; all on a reliable network."""
    _simple_operations(system, seed=82, link=None)


@SUITE.scenario("Three clients see each other's work", "NoPartition")
def no_partition(system: SystemUnderTest) -> None:
    """Three clients of five servers: what one sets, the next one overwrites, the third reads."""
    clients = Clients(system.cluster(servers=5, seed=83, clients=3))
    clients.expect_answer("C1", "foo=bar", "bar")
    clients.expect_answer("C2", "foo=baz", "baz")
    clients.expect_answer("C3", "foo", "baz")


def _simple_operations(system: SystemUnderTest, seed: int, link: Link | None) -> None:
    cluster = system.cluster(servers=3, seed=seed, link=link, clients=1)
    clients = Clients(cluster)
    steps = (
        ("foo=bar", "bar"), ("foo", "bar"), ("foo+=baz", "barbaz"), ("foo", "barbaz"),
        ("other", None), ("other+=new", "new"), ("foo=again", "again"), ("foo", "again"),
    )  # fmt: skip
    for command, expected in steps:
        clients.expect_answer("C1", command, expected)
    # What was answered must be in the logs of a majority, not only in the leader's.
    full = [name for name in cluster.servers if cluster.state(name).log.last_index >= len(steps)]
    cluster.expect(
        2 * len(full) > len(cluster.servers),
        f"{len(steps)} commands are answered, but only {', '.join(full) or 'no server'} has them.",
    )


@SUITE.scenario("A majority serves its client", "ProgressInMajority")
def progress_in_a_majority(system: SystemUnderTest) -> None:
    """From the start only three of five servers hear each other and the client."""
    clients = Clients(system.cluster(servers=5, seed=84, clients=1))
    clients.partition("S1", "S2", "S3", "C1")
    clients.expect_answer("C1", "foo=bar", "bar")


@SUITE.scenario("A minority tells its client nothing", "NoProgressInMinority")
def no_progress_in_a_minority(system: SystemUnderTest) -> None:
    """A client that reaches two of five servers must not be told anything."""
    cluster = system.cluster(servers=5, seed=85, clients=1)
    clients = Clients(cluster)
    clients.partition("S1", "S2", "C1")
    key = clients.ask("C1", "foo=bar")
    cluster.run(2_000)
    cluster.expect(
        not clients.is_answered(key), "C1 was answered, although it reaches only two of five."
    )


@SUITE.scenario("A client is served when a partition ends", "ProgressAfterHeal")
def progress_after_healing(system: SystemUnderTest) -> None:
    """What a client asked of a minority is done when the partition ends."""
    cluster = system.cluster(servers=5, seed=86, clients=2)
    clients = Clients(cluster)
    clients.partition("S1", "S2", "C1")
    key = clients.ask("C1", "foo=bar")
    cluster.run(2_000)
    clients.heal()
    told = clients.all_answers([key])[0]
    cluster.expect(told == "bar", f"C1 set foo to bar and was told {told!r}.")
    clients.expect_answer("C2", "foo", "bar")


@SUITE.scenario("One server changes sides and brings the news", "ServerSwitchesPartitions")
def one_server_changes_sides(system: SystemUnderTest) -> None:
    """One server alone is in both majorities, so only it can know what the first one promised."""
    clients = Clients(system.cluster(servers=5, seed=87, clients=2))
    clients.partition("S1", "S2", "S3", "C1")
    clients.expect_answer("C1", "foo=bar", "bar")
    clients.partition("S3", "S4", "S5", "C2")
    clients.expect_answer("C2", "foo", "bar")


@SUITE.scenario("One client sets, reads and appends over a lossy network", "BasicUnreliable")
def simple_operations_on_a_lossy_network(system: SystemUnderTest) -> None:
    """One client sets, reads and appends, while one message in five is lost."""
    _simple_operations(system, seed=92, link=LOSSY)


@SUITE.scenario("One client reads what another set over a lossy network", "SimplePutGetUnreliable")
def one_client_after_the_other(system: SystemUnderTest) -> None:
    """What one client was told, the next one reads, while one message in five is lost."""
    clients = Clients(system.cluster(servers=3, seed=93, link=LOSSY, clients=2))
    clients.expect_answer("C1", "foo=bar", "bar")
    clients.expect_answer("C2", "foo", "bar")
