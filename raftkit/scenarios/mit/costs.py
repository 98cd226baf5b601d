"""What agreement may cost: messages and bytes (§5.3), the two budgets of MIT 3B.

Only requests between servers are counted, when they are sent: neither scenario
cuts a link.
"""

from raftkit.protocol import AppendEntriesRequest, RequestVoteRequest
from raftkit.scenarios.scenario import Suite
from raftkit.scenarios.system_under_test import SystemUnderTest
from raftkit.scenarios.watched_cluster import WatchedCluster
from raftkit.simulator import Step

SUITE = Suite("MIT 3B")

# The numbers of MIT's tests; only the size of a request's other fields is an estimate.
COMMAND_BYTES = 5_000
SLACK_BYTES = 50_000
BYTES_WITHOUT_COMMANDS = 100  # about what the other fields of a request take
ELECTION_AT_MOST = 30
IDLE_SECOND_AT_MOST = 60

Request = RequestVoteRequest | AppendEntriesRequest


@SUITE.scenario("A long command is sent once to each peer", "RPCBytes")
def each_command_once(system: SystemUnderTest) -> None:
    """Ten long commands cross the network about once for each peer.

    Who sends a command again before it can have been answered exceeds the budget.
    """
    cluster = system.cluster(servers=3, seed=51)
    cluster.agree("x=99", retry=False)
    before = len(cluster.cluster.history.records)
    for number in range(10):
        index = cluster.agree(f"x={number}".ljust(COMMAND_BYTES, "."), retry=False)
        cluster.expect(
            index == number + 2, f"long command {number} is at {index}, expected {number + 2}."
        )
    sent = sum(_bytes_of(request) for request in requests_since(cluster, before))
    # As in the original, the leader itself is counted with its peers: that is part of the slack.
    allowed = 3 * 10 * COMMAND_BYTES + SLACK_BYTES
    cluster.expect(
        sent <= allowed,
        f"{sent:,} bytes were sent for ten commands of {COMMAND_BYTES:,} bytes; "
        f"{allowed:,} are plenty, so commands are sent more than once.",
    )


@SUITE.scenario("Few messages do for agreement", "Count")
def few_messages(system: SystemUnderTest) -> None:
    """An election, ten commands and a second of idleness each keep within a number of requests.

    Who answers every acknowledgement with a message, or beats too fast, is found out here.
    """
    cluster = system.cluster(servers=3, seed=52)
    leader = cluster.one_leader()
    asked = requests_since(cluster, 0)
    count = sum(isinstance(request, RequestVoteRequest) for request in asked)
    cluster.expect(
        1 <= count <= ELECTION_AT_MOST,
        f"{count} votes were asked for in a first election, expected 1 to {ELECTION_AT_MOST}.",
    )
    cluster.expect(len(asked) <= ELECTION_AT_MOST, _too_many(len(asked), "to elect a leader"))

    before = len(cluster.cluster.history.records)
    indexes = [cluster.propose_to_leader(leader, f"x={number}") for number in range(11)]
    for index in indexes:
        cluster.wait_until_committed(index, 3)
    # As in the original: eleven commands and three requests for nothing, to each of three
    # servers.
    count, most = len(requests_since(cluster, before)), (10 + 1 + 3) * 3
    cluster.expect(count <= most, _too_many(count, f"for eleven commands, at most {most} expected"))

    before = len(cluster.cluster.history.records)
    cluster.run(ms=1_000)
    count = len(requests_since(cluster, before))
    cluster.expect(count <= IDLE_SECOND_AT_MOST, _too_many(count, "in an idle second"))


def requests_since(cluster: WatchedCluster, position: int) -> list[Request]:
    """The requests between servers that were sent from a position in the history's records on."""
    return [
        message
        for record in cluster.cluster.history.records[position:]
        if type(record) is Step
        for message in (*record.effects.early_messages, *record.effects.messages)
        if isinstance(message, RequestVoteRequest | AppendEntriesRequest)
    ]


def _bytes_of(request: Request) -> int:
    """About how long a request would be on a wire: here it never is bytes."""
    entries = request.entries if isinstance(request, AppendEntriesRequest) else ()
    return BYTES_WITHOUT_COMMANDS + sum(len(entry.command.encode()) for entry in entries)


def _too_many(count: int, what_for: str) -> str:
    return f"{count} requests were sent {what_for}: too many."
