"""A run as lines of Python that repeat it, for a notebook or an answer to hand in.

Arguments with their default values are left out. It runs nothing.
"""

from collections.abc import Sequence
from typing import Any

from raftkit.checkers.trial_program import as_python
from raftkit.protocol import Settings
from raftkit.protocol.json_form import from_json
from raftkit.simulator import History, Link

Json = dict[str, Any]


def program_of(history: History, time: int) -> str:
    """The program that repeats `history` up to an instant, in microseconds.

    >>> from raftkit import Cluster
    >>> cluster = Cluster(servers=3, seed=7)
    >>> cluster.run(ms=5)
    >>> cluster.crash("S1")
    >>> print(program_of(cluster.history, 9_000))
    from raftkit import Cluster
    from raftkit.simulator import *
    <BLANKLINE>
    cluster = Cluster(servers=3, seed=7)
    cluster.run(ms=5)
    cluster.do(Crash("S1"))
    cluster.run(ms=4)
    """
    setup = history.setup
    lines = ["from raftkit import Cluster", "from raftkit.simulator import *"]
    if setup.get("rules"):
        lines.insert(1, "from raftkit import rules_with")
    made = _topology(setup)
    if made:
        lines.insert(0, "import networkx")
    lines += ["", *made, f"cluster = Cluster({', '.join(_arguments(setup, bool(made)))})"]
    return "\n".join(lines + _actions(history, time))


def program_by_hand(schedule: Sequence[Any]) -> str:
    """A schedule of actions by hand as a return statement, to be pasted into a function.

    >>> from raftkit.simulator import Deliver, Timeout
    >>> print(program_by_hand([Timeout("S1"), Deliver("S1", "S2")]))
        return (
            Timeout("S1"),
            Deliver("S1", "S2"),
        )
    """
    lines = [f"        {as_python(action)}," for action in schedule]
    return "\n".join(["    return (", *lines, "    )"])


def _actions(history: History, time: int) -> list[str]:
    """The actions from outside, and the times that pass between them."""
    lines = []
    now = 0
    for asked in history.inputs:
        if asked.at > time:
            continue
        if asked.now > now:
            lines.append(f"cluster.run(ms={_ms(asked.now - now)})")
            now = asked.now
        later = "" if asked.at == asked.now else f", at_ms={_ms(asked.at)}"
        lines.append(f"cluster.do({as_python(asked.action)}{later})")
    if time > now:
        lines.append(f"cluster.run(ms={_ms(time - now)})")
    return lines


def _arguments(setup: Json, has_topology: bool) -> list[str]:
    """The arguments of the cluster that do not have their default values."""
    size = "topology=topology" if has_topology else f"servers={len(setup['servers'])}"
    parts = [size, f"seed={setup['seed']}"]
    for name, usual in (("settings", Settings()), ("link", Link())):
        given = from_json(setup[name])
        if given != usual:
            parts.append(f"{name}={given!r}")
    if setup.get("clients"):
        parts.append(f"clients={len(setup['clients'])}")
    if setup.get("forwards") is not None:
        parts.append(f"forwards={setup['forwards']}")
    if setup.get("rules"):
        parts.append(f"rules=rules_with({', '.join(setup['rules'])})")
    if setup.get("own_server"):
        parts.append("make_server=MyServer")
    return parts


def _topology(setup: Json) -> list[str]:
    """The lines that make the graph; [] for a complete one whose links are equal."""
    servers, usual = setup["servers"], setup["link"]
    edges = setup["edges"]
    if len(edges) == len(servers) * (len(servers) - 1) // 2 and all(
        link == usual for *_, link in edges
    ):
        return []
    lines = ["topology = networkx.Graph()", f"topology.add_nodes_from({servers!r})"]
    for a, b, link in edges:
        own = {name: value for name, value in link.items() if name != "is" and value != usual[name]}
        given = "".join(f", {name}={value!r}" for name, value in own.items())
        lines.append(f"topology.add_edge({a!r}, {b!r}{given})")
    return lines


def _ms(microseconds: int) -> str:
    """A time in milliseconds as a number in Python.

    >>> _ms(5_000), _ms(1_500)
    ('5', '1.5')
    """
    return f"{microseconds / 1_000:.3f}".rstrip("0").rstrip(".")
