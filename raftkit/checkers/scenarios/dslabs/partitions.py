"""Clients before whole and divided clusters: DSLabs 3.1 to 3.7, 3.12 and 3.13.

A majority serves its clients, a minority tells nobody anything, and what one
majority has promised, the next one keeps. On their unreliable network one message
in five is lost.
"""

from raftkit.checkers.scenarios.dslabs.visitors import Visitors
from raftkit.checkers.scenarios.stage import Stage
from raftkit.simulator import Link

LOSSY = Link(loss=0.2)


def nobody_answers(stage: Stage) -> None:
    """A client asks while every server is down and gives up; later commands are not harmed.

    In the original a thread that waits for the answer is interrupted after half a second.
    """
    cluster = stage.cluster(servers=3, seed=81, clients=2)
    visitors = Visitors(cluster)
    cluster.crash(*cluster.servers)
    given_up = visitors.ask("C1", "foo")
    cluster.run(500)
    cluster.expect(not visitors.is_answered(given_up), "C1 was answered, and no server runs.")
    cluster.restart(*cluster.servers)
    visitors.expect_answer("C2", "foo=bar", "bar")


def simple_operations(stage: Stage) -> None:
    """One client sets, reads, appends, reads what was never set; all on a reliable network."""
    _simple_operations(stage, seed=82, link=None)


def simple_operations_on_a_lossy_network(stage: Stage) -> None:
    """One client sets, reads and appends, while one message in five is lost."""
    _simple_operations(stage, seed=92, link=LOSSY)


def _simple_operations(stage: Stage, seed: int, link: Link | None) -> None:
    cluster = stage.cluster(servers=3, seed=seed, link=link, clients=1)
    visitors = Visitors(cluster)
    steps = (
        ("foo=bar", "bar"), ("foo", "bar"), ("foo+=baz", "barbaz"), ("foo", "barbaz"),
        ("other", None), ("other+=new", "new"), ("foo=again", "again"), ("foo", "again"),
    )  # fmt: skip
    for command, expected in steps:
        visitors.expect_answer("C1", command, expected)
    # What was answered must be in the logs of a majority, not only in the leader's.
    full = [name for name in cluster.servers if cluster.state(name).log.last_index >= len(steps)]
    cluster.expect(
        2 * len(full) > len(cluster.servers),
        f"{len(steps)} commands are answered, but only {', '.join(full) or 'no server'} has them.",
    )


def no_partition(stage: Stage) -> None:
    """Three clients of five servers: what one sets, the next one overwrites, the third reads."""
    visitors = Visitors(stage.cluster(servers=5, seed=83, clients=3))
    visitors.expect_answer("C1", "foo=bar", "bar")
    visitors.expect_answer("C2", "foo=baz", "baz")
    visitors.expect_answer("C3", "foo", "baz")


def progress_in_a_majority(stage: Stage) -> None:
    """From the start only three of five servers hear each other and the client."""
    visitors = Visitors(stage.cluster(servers=5, seed=84, clients=1))
    visitors.partition("S1", "S2", "S3", "C1")
    visitors.expect_answer("C1", "foo=bar", "bar")


def no_progress_in_a_minority(stage: Stage) -> None:
    """A client that reaches two of five servers must not be told anything."""
    cluster = stage.cluster(servers=5, seed=85, clients=1)
    visitors = Visitors(cluster)
    visitors.partition("S1", "S2", "C1")
    key = visitors.ask("C1", "foo=bar")
    cluster.run(2_000)
    cluster.expect(
        not visitors.is_answered(key), "C1 was answered, although it reaches only two of five."
    )


def progress_after_healing(stage: Stage) -> None:
    """What a client asked of a minority is done when the partition ends."""
    cluster = stage.cluster(servers=5, seed=86, clients=2)
    visitors = Visitors(cluster)
    visitors.partition("S1", "S2", "C1")
    key = visitors.ask("C1", "foo=bar")
    cluster.run(2_000)
    visitors.heal()
    told = visitors.all_answers([key])[0]
    cluster.expect(told == "bar", f"C1 set foo to bar and was told {told!r}.")
    visitors.expect_answer("C2", "foo", "bar")


def one_server_changes_sides(stage: Stage) -> None:
    """One server alone is in both majorities, so only it can know what the first one promised."""
    visitors = Visitors(stage.cluster(servers=5, seed=87, clients=2))
    visitors.partition("S1", "S2", "S3", "C1")
    visitors.expect_answer("C1", "foo=bar", "bar")
    visitors.partition("S3", "S4", "S5", "C2")
    visitors.expect_answer("C2", "foo", "bar")


def one_client_after_the_other(stage: Stage) -> None:
    """What one client was told, the next one reads, while one message in five is lost."""
    visitors = Visitors(stage.cluster(servers=3, seed=93, link=LOSSY, clients=2))
    visitors.expect_answer("C1", "foo=bar", "bar")
    visitors.expect_answer("C2", "foo", "bar")


RUNS = (
    ("A client that nobody answers gives up", "ThrowsException", nobody_answers),
    ("One client sets, reads and appends", "Basic", simple_operations),
    ("Three clients see each other's work", "NoPartition", no_partition),
    ("A majority serves its client", "ProgressInMajority", progress_in_a_majority),
    ("A minority tells its client nothing", "NoProgressInMinority", no_progress_in_a_minority),
    ("A client is served when a partition ends", "ProgressAfterHeal", progress_after_healing),
    (
        "One server changes sides and brings the news",
        "ServerSwitchesPartitions",
        one_server_changes_sides,
    ),
    (
        "One client sets, reads and appends over a lossy network",
        "BasicUnreliable",
        simple_operations_on_a_lossy_network,
    ),
    (
        "One client reads what another set over a lossy network",
        "SimplePutGetUnreliable",
        one_client_after_the_other,
    ),
)
