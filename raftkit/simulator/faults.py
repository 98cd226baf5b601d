"""Faults as values, so that a schedule can be written, replayed, shrunk, drawn and handed in.

Their effects are in action_effects.py. Servers are named "S1", "S2", ...; times are microseconds;
`kind` is the name of a message's class, None for any. A fault with an impossible number
raises ValueError when it is made.
"""

from raftkit.protocol.record import RECORDS, record
from raftkit.simulator.by_hand import ByHand, Deliver, HandsOff, Lose
from raftkit.simulator.in_flight import Catch, SetTimer
from raftkit.simulator.network import Link
from raftkit.simulator.number_arguments import require_whole


@record
class Partition:
    """Cut every link between groups of servers; servers that no group names form one more."""

    groups: tuple[tuple[str, ...], ...]

    def __post_init__(self) -> None:
        named = [name for group in self.groups for name in group]
        for name in named:
            if named.count(name) > 1:
                raise ValueError(f"a partition has each server in one group, but {name} is in two")


@record
class Heal:
    """Mend every link, and forget drops, duplicates and delays that have not happened yet."""


@record
class Cut:
    """Cut the link between two servers, or with `one_way` only from `source` to `target`."""

    source: str
    target: str
    one_way: bool = False


@record
class Mend:
    """Mend the link between two servers, in both directions."""

    source: str
    target: str


@record
class NetworkConditions:
    """Give every link other probabilities of losing, repeating and delaying a message.

    `slow` is the probability that a message takes up to `latency_slow` microseconds longer.
    """

    loss: float = 0.0
    duplicate: float = 0.0
    slow: float = 0.0
    latency_slow: int = 0

    def __post_init__(self) -> None:
        # A link refuses a number that is no probability.
        Link(
            loss=self.loss, duplicate=self.duplicate, slow=self.slow, latency_slow=self.latency_slow
        )


# Saved histories and schedules of faults have it under its former name.
RECORDS["Weather"] = NetworkConditions


@record
class Crash:
    """Stop a server at once; it keeps only what is durable on its disk."""

    server: str


@record
class Restart:
    """Start a crashed server from its disk."""

    server: str


@record
class Pause:
    """Pause a server, as a long garbage collection does; messages to it wait."""

    server: str


@record
class Resume:
    """Let a paused server run again."""

    server: str


@record
class Timeout:
    """Let a running timer of a server run out now: "election" or "heartbeat"."""

    server: str
    timer: str = "election"


@record
class Drop:
    """Lose the next `count` matching messages."""

    source: str | None = None
    target: str | None = None
    kind: str | None = None
    count: int = 1

    def __post_init__(self) -> None:
        require_whole("count", self.count, 1)


@record
class Duplicate:
    """Deliver the next `count` matching messages twice."""

    source: str | None = None
    target: str | None = None
    kind: str | None = None
    count: int = 1

    def __post_init__(self) -> None:
        require_whole("count", self.count, 1)


@record
class Delay:
    """Delay the next `count` matching messages by `delay` microseconds."""

    delay: int
    source: str | None = None
    target: str | None = None
    kind: str | None = None
    count: int = 1

    def __post_init__(self) -> None:
        require_whole("delay", self.delay)
        require_whole("count", self.count, 1)


@record
class Drift:
    """Make a server's clock slower by `parts_per_million` (faster if negative).

    Timers that already run still run out when they would have.
    """

    server: str
    parts_per_million: int

    def __post_init__(self) -> None:
        require_whole("parts_per_million", self.parts_per_million, -999_999)


@record
class SlowDisk:
    """Let every sync of a server's disk take `sync_delay` microseconds."""

    server: str
    sync_delay: int

    def __post_init__(self) -> None:
        require_whole("sync_delay", self.sync_delay)


@record
class TornWrite:
    """Crash a server in its next step with writes: only the first `keep` writes become durable.

    No message of that step leaves. With `keep` at least the number of writes, the crash comes
    after the writes and before the messages. Another crash before that step cancels this fault.
    """

    server: str
    keep: int = 0

    def __post_init__(self) -> None:
        require_whole("keep", self.keep)


@record
class MendDisk:
    """End a server's slow disk, and cancel a torn write that has not happened yet."""

    server: str


Fault = (
    Partition
    | Heal
    | Cut
    | Mend
    | NetworkConditions
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
