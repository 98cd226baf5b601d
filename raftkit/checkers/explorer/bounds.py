"""`Bounds`: the limits within which a search looks at every state.

Raft has no largest term and no longest log, so a search that is to end needs limits. Each number
here limits one thing that could grow without end; within all limits, every state is looked at.
"""

from raftkit.protocol.record import record
from raftkit.simulator.number_arguments import require_whole


@record
class Bounds:
    """The limits of a search; raises ValueError for a number that cannot be a limit.

    No step is taken into a term above `terms` or to a log longer than `log`. Commands "x=1", "x=2",
    ... are handed to any server, up to `commands`. `losses` and `duplicates` limit how often a
    message is lost, or is delivered and also kept. `crashes` limits how often a server crashes and
    starts again from its disk, also between two writes of a step. `in_flight` is the most messages
    on the network at once, `timeouts` the most election timeouts; None is no limit.

    Two equal messages on the network count as one. A message that is never delivered is the same as
    a lost one, so `losses` matters only together with `in_flight`.
    """

    servers: int = 3
    terms: int = 1
    log: int = 1
    commands: int = 1
    losses: int = 0
    duplicates: int = 0
    crashes: int = 0
    in_flight: int | None = None
    timeouts: int | None = None

    def __post_init__(self) -> None:
        require_whole("servers", self.servers, 1)
        for name in ("terms", "log", "commands", "losses", "duplicates", "crashes"):
            require_whole(name, getattr(self, name))
        for name in ("in_flight", "timeouts"):
            if getattr(self, name) is not None:
                require_whole(name, getattr(self, name))

    @property
    def names(self) -> tuple[str, ...]:
        """The servers' names."""
        return tuple(f"S{number}" for number in range(1, self.servers + 1))

    def __str__(self) -> str:
        """The bounds as a phrase.

        >>> str(Bounds(terms=2, crashes=1))
        '3 servers, terms up to 2, logs up to 1, 1 command, 1 crash'
        """
        parts = [_counted(self.servers, "server"), f"terms up to {self.terms}"]
        parts += [f"logs up to {self.log}", _counted(self.commands, "command")]
        for name, one in (("losses", "loss"), ("duplicates", "duplicate"), ("crashes", "crash")):
            if getattr(self, name):
                parts.append(_counted(getattr(self, name), one, name))
        if self.in_flight is not None:
            parts.append(f"{_counted(self.in_flight, 'message')} in flight")
        if self.timeouts is not None:
            parts.append(_counted(self.timeouts, "election timeout"))
        return ", ".join(parts)


def _counted(number: int, one: str, many: str = "") -> str:
    """Return a number with its noun."""
    return f"{number} {one if number == 1 else many or one + 's'}"
