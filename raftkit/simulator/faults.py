"""Faults as data, so that a schedule can be written down, replayed, shrunk, drawn and handed in.

Each is a record with an `apply(simulation)`. Servers are named "S1", "S2", ...;
times are microseconds; `kind` is the name of a message's class, None for any.
A fault with an impossible number in it raises ValueError where it is written.
"""

from dataclasses import replace
from typing import TYPE_CHECKING

from raftkit.protocol.record import record
from raftkit.simulator.by_hand import ByHand, Deliver, HandsOff, Lose
from raftkit.simulator.in_flight import Catch, SetTimer
from raftkit.simulator.network import Interception, Link, Pattern, Verdict
from raftkit.simulator.number_arguments import require_whole

if TYPE_CHECKING:
    from raftkit.simulator.simulation import Simulation


@record
class Partition:
    """Cut every link between groups of servers; servers that no group names form one more."""

    groups: tuple[tuple[str, ...], ...]

    def __post_init__(self) -> None:
        named = [name for group in self.groups for name in group]
        for name in named:
            if named.count(name) > 1:
                raise ValueError(f"a partition has each server in one group, but {name} is in two")

    def apply(self, simulation: "Simulation") -> None:
        simulation.network.partition(self.groups)


@record
class Heal:
    """Mend every link; drops, duplicates and delays that still wait are forgotten."""

    def apply(self, simulation: "Simulation") -> None:
        simulation.network.heal()


@record
class Cut:
    """Cut the link between two servers, or with `one_way` only from `source` to `target`."""

    source: str
    target: str
    one_way: bool = False

    def apply(self, simulation: "Simulation") -> None:
        simulation.network.set_up(self.source, self.target, False)
        if not self.one_way:
            simulation.network.set_up(self.target, self.source, False)


@record
class Mend:
    """Mend the link between two servers, in both directions."""

    source: str
    target: str

    def apply(self, simulation: "Simulation") -> None:
        simulation.network.set_up(self.source, self.target, True)
        simulation.network.set_up(self.target, self.source, True)


@record
class Weather:
    """Give every link other odds: of losing a message, repeating it, or holding it up.

    `slow` is the probability that a message takes up to `latency_slow` microseconds longer.
    """

    loss: float = 0.0
    duplicate: float = 0.0
    slow: float = 0.0
    latency_slow: int = 0

    def __post_init__(self) -> None:
        # A link with these odds refuses what is no probability.
        Link(
            loss=self.loss, duplicate=self.duplicate, slow=self.slow, latency_slow=self.latency_slow
        )

    def apply(self, simulation: "Simulation") -> None:
        for source, target, _, link in simulation.network.links():
            # Latency and bandwidth stay: weather comes and goes, the cable is the same.
            changed = replace(
                link,
                loss=self.loss,
                duplicate=self.duplicate,
                slow=self.slow,
                latency_slow=self.latency_slow,
            )
            simulation.network.change_link(source, target, changed)


@record
class Crash:
    """Stop a server at once; it keeps only what is durable on its disk."""

    server: str

    def apply(self, simulation: "Simulation") -> None:
        simulation.hosts[self.server].crash()


@record
class Restart:
    """Start a crashed server from its disk."""

    server: str

    def apply(self, simulation: "Simulation") -> None:
        simulation.hosts[self.server].start()


@record
class Pause:
    """Make a server stand still, as a long garbage collection does; messages to it wait."""

    server: str

    def apply(self, simulation: "Simulation") -> None:
        simulation.hosts[self.server].pause()


@record
class Resume:
    """Let a paused server go on."""

    server: str

    def apply(self, simulation: "Simulation") -> None:
        simulation.hosts[self.server].resume()


@record
class Timeout:
    """Let a running server's timer run out now, its election timer or that for heartbeats."""

    server: str
    timer: str = "election"

    def apply(self, simulation: "Simulation") -> None:
        host = simulation.hosts[self.server]
        # Only a timer that runs can run out; a leader's election timer does not, so a forced
        # election spares it.
        if host.process is not None and not host.paused and host.deadline(self.timer) is not None:
            host.fire(self.timer)


@record
class Drop:
    """Lose the next `count` matching messages."""

    source: str | None = None
    target: str | None = None
    kind: str | None = None
    count: int = 1

    def __post_init__(self) -> None:
        require_whole("count", self.count, 1)

    def apply(self, simulation: "Simulation") -> None:
        _intercept(simulation, self, "drop")


@record
class Duplicate:
    """Deliver the next `count` matching messages twice."""

    source: str | None = None
    target: str | None = None
    kind: str | None = None
    count: int = 1

    def __post_init__(self) -> None:
        require_whole("count", self.count, 1)

    def apply(self, simulation: "Simulation") -> None:
        _intercept(simulation, self, "duplicate")


@record
class Delay:
    """Hold up the next `count` matching messages by `delay` microseconds."""

    delay: int
    source: str | None = None
    target: str | None = None
    kind: str | None = None
    count: int = 1

    def __post_init__(self) -> None:
        require_whole("delay", self.delay)
        require_whole("count", self.count, 1)

    def apply(self, simulation: "Simulation") -> None:
        _intercept(simulation, self, "delay", self.delay)


def _intercept(
    simulation: "Simulation", fault: Drop | Duplicate | Delay, verdict: Verdict, delay: int = 0
) -> None:
    """Lay a trap for the next messages that match; it is gone when `count` have passed."""
    pattern = Pattern(fault.source, fault.target, fault.kind)
    simulation.network.intercept(Interception(pattern, verdict, fault.count, delay))


@record
class Drift:
    """Make a server's clock slow by `parts_per_million` (fast if negative).

    Timers that already run keep their instant.
    """

    server: str
    parts_per_million: int

    def __post_init__(self) -> None:
        require_whole("parts_per_million", self.parts_per_million, -999_999)

    def apply(self, simulation: "Simulation") -> None:
        simulation.hosts[self.server].clock_drift = self.parts_per_million


@record
class SlowDisk:
    """Make every sync of a server's disk take `sync_delay` microseconds; 0 is instantaneous."""

    server: str
    sync_delay: int

    def __post_init__(self) -> None:
        require_whole("sync_delay", self.sync_delay)

    def apply(self, simulation: "Simulation") -> None:
        simulation.hosts[self.server].disk.sync_delay = self.sync_delay


@record
class TornWrite:
    """Crash a server in its next write: the first `keep` parts are durable, no message leaves.

    With `keep` at least the number of parts, it dies between the write and the message that
    follows it. A crash before that write disarms it.
    """

    server: str
    keep: int = 0

    def __post_init__(self) -> None:
        require_whole("keep", self.keep)

    def apply(self, simulation: "Simulation") -> None:
        simulation.hosts[self.server].disk.tear_after = self.keep


@record
class MendDisk:
    """Make a server's disk whole and quick again: no delay, and no torn write to come."""

    server: str

    def apply(self, simulation: "Simulation") -> None:
        disk = simulation.hosts[self.server].disk
        disk.sync_delay, disk.tear_after = 0, None


Fault = (
    Partition
    | Heal
    | Cut
    | Mend
    | Weather
    | Crash
    | Restart
    | Pause
    | Resume
    | Timeout
    | Drop
    | Duplicate
    | Delay
    | Drift
    | SlowDisk
    | TornWrite
    | MendDisk
    | ByHand
    | HandsOff
    | Deliver
    | Lose
    | Catch
    | SetTimer
)
