"""For everybody: `raftkit simulate`, a cluster in virtual time from one seed.

It builds what the options describe, runs it, and says how it went in a few lines.
Pictures and files are written on demand; rules are the reference's.
"""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from raftkit.cli.commands import FAILED, BadInput, command

if TYPE_CHECKING:
    from raftkit.checkers import Cluster

# By the names that people use; networkx has its own. A value is the name of its function.
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
@click.option("--faults", type=click.Path(path_type=Path), help="What goes wrong, and when.")
@click.option("--clients", default=0, show_default=True, type=click.IntRange(0, 99))
@click.option("--calls", default=1, show_default=True, type=click.IntRange(0, 10_000),
              help="Of each client, one after the other.")  # fmt: skip
@click.option("--topology", default="complete", show_default=True, type=click.Choice([*TOPOLOGIES]))
@click.option("--svg", type=click.Path(path_type=Path), help="Draw the history into this file.")
@click.option("--json", "json_file", type=click.Path(path_type=Path), help="Save the history.")
@click.option("--operations", type=click.Path(path_type=Path),
              help="Save what the clients saw, for raftkit linearizable.")  # fmt: skip
def simulate(
    servers: int,
    seed: int,
    ms: int,
    faults: Path | None,
    clients: int,
    calls: int,
    topology: str,
    svg: Path | None,
    json_file: Path | None,
    operations: Path | None,
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
        cluster.history.save(json_file)
    if operations:
        from raftkit.checkers.linearizability import operations_of, write_lines

        operations.write_text(write_lines(operations_of(cluster)), encoding="utf-8")
    if svg:
        from raftkit.views import space_time

        space_time(cluster.history).save(svg)
    click.echo(_how_it_went(cluster, ms))
    raise click.exceptions.Exit(FAILED if cluster.violations else 0)


def _cluster(servers: int, seed: int, clients: int, topology: str) -> "Cluster":
    """The cluster that was asked for, with every checker on."""
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
    """What a client asks for: to write, to append, and mostly to read, on two keys in turn.

    >>> _commands(2, 5)
    ['x=2', 'y', 'x+=2.3', 'y=2.4', 'x']
    """
    several = ("{key}={client}.{number}", "{key}", "{key}+={client}.{number}")
    return [f"x={client}"][:calls] + [
        several[(number + 2) % 3].format(key="xy"[number % 2 == 0], client=client, number=number)
        for number in range(2, calls + 1)
    ]


def _plan(cluster: "Cluster", path: Path) -> None:
    """Plan every fault in a file, each at its instant."""
    from raftkit.faults_file import FaultsError, read_faults

    try:
        planned = read_faults(path)
    except FaultsError as error:
        raise BadInput(str(error)) from None
    for at_ms, fault in planned:
        try:
            cluster.do(fault, at_ms=at_ms)
        except ValueError as error:
            raise BadInput(f"{path}: {error}") from None


def _how_it_went(cluster: "Cluster", ms: int) -> str:
    """The summary: who leads, what was committed, what was broken."""
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
