"""For everybody: `raftkit simulate`, a cluster in virtual time from one seed.

It builds the cluster that the options describe, runs it, and prints a summary. Pictures and
files are written on demand. The rules are those of the reference.
"""

from typing import TYPE_CHECKING

import click

from raftkit.cli.commands import FAILED, BadInput, command, say
from raftkit.cli.files import SOURCE, Source, Target, output_option

if TYPE_CHECKING:
    from raftkit.checkers import Cluster

# The common name of each topology, and the name of networkx's function that makes it.
TOPOLOGIES = {
    "ring": "cycle_graph",
    "complete": "complete_graph",
    "star": "star_graph",
    "tree": "full_rary_tree",
}
MS_LIMIT = 10_000_000  # nearly three hours of virtual time; a history is kept in memory


@command(
    "simulate",
    "raftkit simulate --servers 5 --seed 7 --ms 5000 --faults faults.json --svg run.svg",
    "",
    "where faults.json holds",
    '  [{"at_ms": 500, "is": "Crash", "server": "S1"},',
    '   {"at_ms": 900, "is": "Partition", "groups": [["S2", "S3"], ["S4", "S5"]]},',
    '   {"at_ms": 1500, "is": "Heal"}]',
)
@click.option("--servers", default=5, show_default=True, type=click.IntRange(1, 99))
@click.option(
    "--seed", default=0, show_default=True, type=click.IntRange(0), help="Of this history."
)
@click.option(
    "--ms", default=5000, show_default=True, type=click.IntRange(0, MS_LIMIT), help="How long."
)
@click.option("--faults", type=SOURCE, metavar="FILE", help="What goes wrong, and when.")
@click.option("--clients", default=0, show_default=True, type=click.IntRange(0, 99))
@click.option("--calls", default=1, show_default=True, type=click.IntRange(0, 10_000),
              help="Of each client, one after the other.")  # fmt: skip
@click.option("--topology", default="complete", show_default=True, type=click.Choice([*TOPOLOGIES]))
@output_option("--svg", "svg", "The history as a picture.")
@output_option("--moving", "moving", "The history as a picture that moves, for a page or slides.")
@output_option("--json", "json_file", "The history for another program.")
@output_option("--operations", "operations", "What the clients saw, for raftkit linearizable.")
def simulate(
    servers: int,
    seed: int,
    ms: int,
    faults: Source | None,
    clients: int,
    calls: int,
    topology: str,
    svg: Target | None,
    moving: Target | None,
    json_file: Target | None,
    operations: Target | None,
) -> None:
    """Run a cluster for some virtual time and say how it went.

    The same seed gives the same history.
    The times in a file of faults are milliseconds (at_ms); each fault is a record
    of raftkit.simulator.faults, with its name under "is".
    """
    cluster = _cluster(servers, seed, clients, topology)
    if faults:
        _plan(cluster, faults)
    for number, client in enumerate(cluster.clients, start=1):
        for asked in _commands(number, calls):
            cluster.ask(client, asked)
    cluster.run(ms=ms)
    if json_file:
        json_file.write(f"{cluster.history.to_json()}\n")
    if operations:
        from raftkit.checkers.linearizability import operations_of, write_lines

        operations.write(write_lines(operations_of(cluster)))
    if svg:
        from raftkit.views import space_time

        svg.write(f"{space_time(cluster.history).svg}\n")
    if moving:
        from raftkit.views.player.moving_picture import moving_picture

        moving.write(f"{moving_picture(cluster.history).svg}\n")
    say(_how_it_went(cluster, ms))
    raise click.exceptions.Exit(FAILED if cluster.violations else 0)


def _cluster(servers: int, seed: int, clients: int, topology: str) -> "Cluster":
    """The cluster that the options describe, with every checker on."""
    import networkx

    from raftkit.checkers import Cluster

    if topology == "complete":
        return Cluster(servers=servers, seed=seed, clients=clients)
    if servers == 1:  # networkx would link the only server of a ring to itself
        return Cluster(topology=networkx.path_graph(1), seed=seed, clients=clients)
    make = getattr(networkx, TOPOLOGIES[topology])
    # A star of n is a centre and n more; a tree here has two branches at each server.
    graph = {"star": lambda: make(servers - 1), "tree": lambda: make(2, servers)}
    wired = graph.get(topology, lambda: make(servers))()
    return Cluster(topology=wired, seed=seed, clients=clients)


def _commands(client: int, calls: int) -> list[str]:
    """A client's commands: a write, and then appends, reads and writes of two keys in turn.

    >>> _commands(2, 5)
    ['x=2', 'y', 'x+=2.3', 'y=2.4', 'x']
    """
    several = ("{key}={client}.{number}", "{key}", "{key}+={client}.{number}")
    return [f"x={client}"][:calls] + [
        several[(number + 2) % 3].format(key="xy"[number % 2 == 0], client=client, number=number)
        for number in range(2, calls + 1)
    ]


def _plan(cluster: "Cluster", source: Source) -> None:
    """Plan every fault in a file, each at its instant."""
    from raftkit.faults_file import FaultsError, read_faults

    try:
        planned = read_faults(source.read_text(), str(source))
    except FaultsError as error:
        raise BadInput(str(error)) from None
    for at_ms, fault in planned:
        try:
            cluster.do(fault, at_ms=at_ms)
        except ValueError as error:
            raise BadInput(f"{source}: {error}") from None


def _how_it_went(cluster: "Cluster", ms: int) -> str:
    """The summary: the leader, the number of committed entries, the broken properties."""
    states = [state for server in cluster.servers if (state := cluster.state(server))]
    committed = max((state.commit_index for state in states), default=0)
    term = max((state.standing.current_term for state in states), default=0)
    lines = [
        f"{len(cluster.servers)} servers, {ms} ms: leader {cluster.leader or 'none'}, "
        f"term {term}, {committed} entries committed"
    ]
    if cluster.clients:
        answered = sum(call.returned is not None for call in cluster.calls)
        lines.append(f"{answered} of {len(cluster.calls)} client calls answered")
    lines += [f"broken: {violation}" for violation in cluster.violations]
    lines += [] if cluster.violations else ["no property was broken"]
    return "\n".join(lines)
