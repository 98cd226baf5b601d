"""Timers as decisions (§5.2, §5.6): how long to wait, and what starts the wait anew.

The core never reads a clock and never draws a number: its driver hands in the
draw and measures the time. Units are microseconds of that driver's time.
"""

from typing import Final, Literal

from raftkit.protocol.effects import KEEP, RESTART, STOP, TimerChange
from raftkit.protocol.messages import ELECTION, HEARTBEAT
from raftkit.protocol.record import record
from raftkit.protocol.roles import LEADER, Role


@record
class Settings:
    """A cluster's timing and options; times in microseconds.

    The election timeout is drawn from `election_timeout_min` to `election_timeout_max` (§9.3
    suggests 150 to 300 ms). `batch` is the most entries that one message carries. With `no_op`
    a new leader appends a blank entry at once (§8); Figure 2 alone has none.
    """

    election_timeout_min: int = 150_000
    election_timeout_max: int = 300_000
    heartbeat_interval: int = 50_000
    batch: int = 100
    no_op: bool = False


# What may happen to a server's election timer.
TimerOccasion = Literal[
    "started up",
    "heard from the current leader",
    "heard from an old leader",
    "granted a vote",
    "refused a vote",
    "started an election",
    "won an election",
    "stepped down from leader",
    "adopted a higher term",
]

STARTED_UP: Final = "started up"
HEARD_FROM_LEADER: Final = "heard from the current leader"
HEARD_FROM_OLD_LEADER: Final = "heard from an old leader"
GRANTED_VOTE: Final = "granted a vote"
REFUSED_VOTE: Final = "refused a vote"
STARTED_ELECTION: Final = "started an election"
WON_ELECTION: Final = "won an election"
STEPPED_DOWN: Final = "stepped down from leader"
ADOPTED_TERM: Final = "adopted a higher term"

HeartbeatOccasion = Literal["won an election", "heartbeat is due"]

HEARTBEAT_DUE: Final = "heartbeat is due"

# What steps mostly ask for, made once.
RESTART_ELECTION: Final = ((ELECTION, RESTART),)
RESTART_HEARTBEAT: Final = ((HEARTBEAT, RESTART),)
STOP_HEARTBEAT: Final = ((HEARTBEAT, STOP),)


def election_timeout(settings: Settings, draw: float) -> int:
    """How long to wait for a leader, in microseconds; `draw` is random, 0 <= draw < 1 (§5.2).

    >>> election_timeout(Settings(), draw=0.5)
    225000
    """
    span = settings.election_timeout_max - settings.election_timeout_min
    return settings.election_timeout_min + int(draw * span)


def heartbeat_interval(settings: Settings) -> int:
    """How long a leader may stay silent, in microseconds: well below every election timeout.

    >>> heartbeat_interval(Settings())
    50000
    """
    return settings.heartbeat_interval


def election_timer_change(role: Role, occasion: TimerOccasion) -> TimerChange:
    """What `occasion` does to the election timer of a server now in `role` (§5.2; Figure 2, Rules).

    >>> election_timer_change("follower", "granted a vote")
    'restart'
    >>> election_timer_change("follower", "refused a vote")
    'keep'
    """
    if role == LEADER:
        return STOP
    starts_anew = (
        "started up",
        "heard from the current leader",
        "granted a vote",
        "started an election",
        "stepped down from leader",
    )
    return RESTART if occasion in starts_anew else KEEP


def heartbeat_targets(
    occasion: HeartbeatOccasion, peers: tuple[str, ...], unanswered: tuple[str, ...]
) -> tuple[str, ...]:
    """Whom a leader sends AppendEntries to (Figure 2, Leaders: "upon election", "idle periods").

    `unanswered` names the peers that still owe an answer; they are no reason to wait.

    >>> heartbeat_targets("won an election", ("S2", "S3"), unanswered=())
    ('S2', 'S3')
    """
    return peers
