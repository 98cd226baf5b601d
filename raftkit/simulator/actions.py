"""What is asked of a cluster from outside: a fault, a command for a server, a client's call.

Requests are data like faults, so that a run can be repeated. `check_action` refuses
what a cluster cannot do before it is recorded; it does not know what actions do.
"""

from collections.abc import Mapping
from typing import Any

from raftkit.protocol import ClientRequest, ServerState
from raftkit.protocol.json_form import to_json
from raftkit.protocol.record import record
from raftkit.protocol.roles import LEADER
from raftkit.simulator.clients import Call
from raftkit.simulator.faults import Cut, Fault, Mend, Timeout
from raftkit.simulator.host import Host
from raftkit.simulator.simulation import Simulation


@record
class Propose:
    """Hand a command to a server from outside; with server None to whoever leads then."""

    command: str
    server: str | None = None

    def apply(self, simulation: Simulation) -> None:
        """Hand the command over in this very instant; without a leader nobody takes it."""
        target = self.server or leader_of(simulation.hosts)
        if target is not None:
            # Without a source and with serial 0: no client, whose repetitions would have to be
            # recognised.
            simulation.hosts[target].receive(ClientRequest("", target, 0, self.command))


@record
class Ask:
    """Let a client ask for a command."""

    client: str
    command: str

    def apply(self, simulation: Simulation) -> None:
        """A call reaches a client at once: its user sits in front of it, not across the network."""
        simulation.hosts[self.client].receive(Call(self.command))


Action = Fault | Propose | Ask


def leader_of(hosts: Mapping[str, Host]) -> str | None:
    """The running leader with the highest term among `hosts`, or None."""
    # Two leaders of different terms may run at once; the lower term is out of date (§5.1).
    best, term = None, 0
    for name, host in hosts.items():
        state = host.state
        leads = isinstance(state, ServerState) and state.standing.role == LEADER
        if leads and state.standing.current_term > term:
            best, term = name, state.standing.current_term
    return best


def check_action(
    action: Any, servers: tuple[str, ...], clients: tuple[str, ...], simulation: Simulation
) -> None:
    """Raise ValueError unless `action` is one, and all that it names is there."""
    if not hasattr(action, "apply") or isinstance(action, type):
        raise ValueError(f'{action!r} is no action: give a fault such as Crash("S1")')
    if not isinstance(getattr(action, "command", ""), str):
        raise ValueError(f"a command is text, not {action.command!r}")
    # A client's patience runs out like any other timer.
    named = (*servers, *clients) if isinstance(action, Timeout) else servers
    _require_known(getattr(action, "server", None), named, "server")
    _require_known(getattr(action, "client", None), clients, "client")
    for name in (getattr(action, "source", None), getattr(action, "target", None)):
        _require_known(name, (*servers, *clients), "server or client")
    for group in getattr(action, "groups", ()):
        for name in group:
            _require_known(name, (*servers, *clients), "server or client")
    if isinstance(action, Cut | Mend):
        simulation.network.require_link(action.source, action.target)
    try:
        to_json(action)
    except TypeError as error:
        # It would run, but the history could never be saved.
        raise ValueError(f"an action consists of plain values: {error}") from None


def _require_known(name: str | None, known: tuple[str, ...], kind: str) -> None:
    """Raise ValueError for a name that is not there, and say which ones are; None names nobody."""
    if name is not None and name not in known:
        there = ", ".join(known) or "none"
        raise ValueError(f"there is no {kind} {name!r} in this cluster; it has {there}")
