"""Many clients at once, and what they cost: DSLabs 3.8 to 3.10, 3.14 and 3.15.

Clients that write and read in step must all read the same; appends to one key must
look as if they had happened one after the other.
"""

from collections.abc import Iterator

from raftkit.checkers.scenarios.dslabs.partitions import LOSSY
from raftkit.checkers.scenarios.dslabs.visitors import Key, Visitors
from raftkit.checkers.scenarios.stage import Stage
from raftkit.protocol import (
    AppendEntriesRequest,
    AppendEntriesResponse,
    ClientRequest,
    RequestVoteRequest,
    RequestVoteResponse,
)
from raftkit.simulator import Link, Step

READERS, TURNS = 15, 20
WRITERS, APPENDS = 25, 5
COUNTED = 500
# For each command and each server.
MESSAGES_AT_MOST = 15
# All clients at once need longer than one of them alone.
TOGETHER_MS = 20_000

_SENT = (
    AppendEntriesRequest,
    AppendEntriesResponse,
    RequestVoteRequest,
    RequestVoteResponse,
    ClientRequest,
)


def in_step(stage: Stage) -> None:
    """Fifteen clients write one key together, then all read it: all must read the same."""
    _in_step(stage, seed=88, link=None)


def in_step_on_a_lossy_network(stage: Stage) -> None:
    """Fifteen clients write together and read the same, while one message in five is lost."""
    _in_step(stage, seed=94, link=LOSSY)


def _in_step(stage: Stage, seed: int, link: Link | None) -> None:
    cluster = stage.cluster(servers=3, seed=seed, link=link, clients=READERS)
    visitors = Visitors(cluster)
    for turn in range(TURNS):
        written = [f"{client}-{turn}" for client in visitors.names]
        _all_answer(visitors, [f"foo={value}" for value in written])
        read = _all_answer(visitors, ["foo"] * READERS)
        cluster.expect(
            len(set(read)) == 1 and read[0] in written,
            f"in turn {turn} all had written foo before anybody read it, "
            f"yet they read {', '.join(sorted({str(value) for value in read}))}.",
        )


def _all_answer(visitors: Visitors, commands: list[str]) -> list[str | None]:
    """Each client asks for its own command at once; the answers, all waited for."""
    keys = [visitors.ask(*pair) for pair in zip(visitors.names, commands, strict=True)]
    return visitors.all_answers(keys, TOGETHER_MS)


def appends_at_once(stage: Stage) -> None:
    """Twenty-five clients append to one key, five times each."""
    _appends_at_once(stage, seed=89, link=None)


def appends_at_once_on_a_lossy_network(stage: Stage) -> None:
    """Twenty-five clients append to one key, while one message in five is lost."""
    _appends_at_once(stage, seed=95, link=LOSSY)


def _appends_at_once(stage: Stage, seed: int, link: Link | None) -> None:
    cluster = stage.cluster(servers=3, seed=seed, link=link, clients=WRITERS)
    visitors = Visitors(cluster)
    keys: list[Key] = []
    for turn in range(APPENDS):
        keys += [visitors.ask(client, f"foo+={client}.{turn},") for client in visitors.names]
    visitors.all_answers(keys, TOGETHER_MS)
    expect_appends_in_one_order(visitors)


def expect_appends_in_one_order(visitors: Visitors) -> None:
    """Fail unless the answers show every append, each once, in an order that keeps to real time.

    An append is told the text that it made, so the lengths of the answers are the order.
    """
    calls = sorted(visitors.calls(), key=lambda call: len(call.result or ""))
    cluster, text, latest_start = visitors.cluster, "", 0
    for call in calls:
        text += call.command.partition("+=")[2]
        cluster.expect(
            call.result == text,
            f"{call.client} was told …{(call.result or 'nothing')[-20:]} after {call.command}: "
            f"appends one after the other would have made …{text[-20:]}.",
        )
        returned = call.returned or 0
        cluster.expect(
            returned > latest_start,
            f"{call.client} had its answer to {call.command} before another append began that "
            "comes before it in the text.",
        )
        latest_start = max(latest_start, call.invoked)


def message_count(stage: Stage) -> None:
    """One client, five servers, five hundred appends: at most 75 messages to servers for each."""
    cluster = stage.cluster(servers=5, seed=90, clients=1)
    visitors = Visitors(cluster)
    tasks = visitors.all_work({"C1": _appends(COUNTED)})
    tasks.finish()
    sent = sum(
        isinstance(message, _SENT)
        for record in cluster.cluster.history.records
        if type(record) is Step
        for message in record.effects.messages
    )
    allowed = MESSAGES_AT_MOST * len(cluster.servers)
    cluster.expect(
        sent <= allowed * COUNTED,
        f"{sent / COUNTED:.0f} messages were sent to servers for each command, "
        f"{allowed} are plenty.",
    )


def _appends(count: int) -> Iterator[str]:
    """So many appends to one key."""
    return (f"foo+={number}," for number in range(count))


RUNS = (
    ("Fifteen clients write together and read the same", "SynchronousClients", in_step),
    ("Twenty-five clients append to one key", "ConcurrentAppends", appends_at_once),
    ("Five hundred commands take few messages", "MessageCount", message_count),
    (
        "Fifteen clients write and read over a lossy network",
        "SynchronousClientsUnreliable",
        in_step_on_a_lossy_network,
    ),
    (
        "Twenty-five clients append over a lossy network",
        "ConcurrentAppendsUnreliable",
        appends_at_once_on_a_lossy_network,
    ),
)
