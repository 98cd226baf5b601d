"""Answers about how long timers run (§5.2, §5.6).

A rule gets the draw and answers in microseconds. Wrong ones split votes, or call elections
that nobody needs; odd ones wait differently and are right.
"""

from math import sqrt
from random import Random
from typing import Any

from raftkit.course.wrong_answers.wrong_answer import (
    LEADER_ELECTED,
    WASTED_WORK,
    OddAnswer,
    WrongAnswer,
    odd_in,
    wrong_in,
)
from raftkit.protocol import Server, Settings, TimerFired

WRONG: list[WrongAnswer] = []
ODD: list[OddAnswer] = []

wrong = wrong_in(WRONG)
odd = odd_in(ODD)

SUITE = "raftkit timers"


# Not random enough ------------------------------------------------------------------------


@wrong(
    "T4a",
    SUITE,
    rule="election_timeout",
    thinking="The shortest timeout finds a new leader soonest, so everybody takes it.",
    breaks="Election timeouts are chosen randomly from a fixed interval (§5.2).",
    violates=LEADER_ELECTED,
    case="Servers wait for different times",
)
def everybody_waits_equally(settings: Settings, draw: float) -> int:
    """All time out in the same instant, vote for themselves, and do so for ever."""
    return settings.election_timeout_min


@wrong(
    "T4b",
    SUITE,
    thinking="I seed my random numbers, so that I can repeat a run.",
    breaks="Random timeouts make split votes rare only if servers draw differently (§5.2).",
    violates=LEADER_ELECTED,
    case="Servers wait for different times",
)
class SameSeedEverywhere(Server):
    """Each timeout of a server differs from its last one, and none from the other servers'."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self._own_draw = Random(42).random

    def timer_duration(self, timer: str, draw: float) -> int:
        """As the reference, with a draw of its own."""
        return super().timer_duration(timer, self._own_draw())


@wrong(
    "T4c",
    SUITE,
    rule="election_timeout",
    thinking="Any difference breaks a tie, so a little randomness will do.",
    breaks="The spread must outlast a request, or several ask before one is heard (§5.2, §9.3).",
    violates=WASTED_WORK,
    case="Servers wait for different times",
)
def two_milliseconds_of_chance(settings: Settings, draw: float) -> int:
    """A message takes up to ten milliseconds: most of the time several candidates ask at once."""
    return settings.election_timeout_min + int(draw * 2_000)


@wrong(
    "T4d",
    SUITE,
    thinking="Each server gets its random timeout when it starts.",
    breaks="A candidate draws a new timeout for each election (§5.2).",
    violates=LEADER_ELECTED,
    case="Each wait is drawn anew",
)
class DrawsOnce(Server):
    """Two servers that drew nearly the same split the vote, and do so again the next time."""

    _timeout: int | None = None

    def timer_duration(self, timer: str, draw: float) -> int:
        """As the reference the first time; later the same again."""
        if timer == "heartbeat":
            return super().timer_duration(timer, draw)
        if self._timeout is None:
            self._timeout = super().timer_duration(timer, draw)
        return self._timeout


# Too long, too short ----------------------------------------------------------------------


@wrong(
    "T7a",
    SUITE,
    rule="heartbeat_interval",
    thinking="Followers wait up to 300 ms, so a heartbeat every 300 ms keeps them quiet.",
    breaks="Heartbeats come well within every election timeout (§5.2, §5.6).",
    violates=WASTED_WORK,
    case="A follower outwaits several heartbeats",
)
def one_heartbeat_a_timeout(settings: Settings) -> int:
    """Nearly every follower times out before the next heartbeat, and unseats a healthy leader."""
    return settings.election_timeout_max


@wrong(
    "T7b",
    SUITE,
    rule="election_timeout",
    thinking="150 to 300, as the paper says.",
    breaks="The broadcast time is far below the election timeout (§5.6).",
    violates=LEADER_ELECTED,
    case="A candidate waits for its answers",
)
def milliseconds(settings: Settings, draw: float) -> int:
    """In microseconds this is a thousandth: each election ends before its first answer."""
    return 150 + int(draw * 150)


@wrong(
    "T7c",
    SUITE,
    rule="heartbeat_interval",
    thinking="A heartbeat every 50 ms, so I return 50.",
    breaks="Heartbeats only have to prevent elections (§5.2).",
    violates=WASTED_WORK,
    case="Heartbeats leave the network some peace",
)
def fifty(settings: Settings) -> int:
    """Fifty microseconds: 20,000 heartbeats a second to each follower."""
    return 50


@wrong(
    "T7d",
    SUITE,
    rule="election_timeout",
    thinking="Random means anything between zero and the largest timeout.",
    breaks="A follower waits several heartbeats before it gives a leader up (§5.2, §5.6).",
    violates=WASTED_WORK,
    case="A follower outwaits several heartbeats",
)
def from_zero(settings: Settings, draw: float) -> int:
    """A sixth of all waits is shorter than the time between two heartbeats."""
    return int(draw * settings.election_timeout_max)


@wrong(
    "T12",
    SUITE,
    thinking="After a failed election I wait twice as long, as one does after a collision.",
    breaks="Each timeout is drawn from the same fixed interval (§5.2).",
    violates=LEADER_ELECTED,
    case="Patience does not grow",
)
class DoublesItsPatience(Server):
    """After a partition of two seconds the cluster stays without a leader for many more."""

    _elections = 0

    def timer_duration(self, timer: str, draw: float) -> int:
        """As the reference, doubled for each election so far."""
        doubled = 1 if timer == "heartbeat" else 2**self._elections
        return super().timer_duration(timer, draw) * doubled

    def _on_timer_fired(self, event: TimerFired) -> None:
        self._elections += event.timer == "election"
        super()._on_timer_fired(event)


# Odd but right ----------------------------------------------------------------------------


@odd("OT1", SUITE, rule="election_timeout", style="whole milliseconds, counted down from the top")
def whole_milliseconds(settings: Settings, draw: float) -> int:
    longest, shortest = (
        settings.election_timeout_max // 1_000,
        settings.election_timeout_min // 1_000,
    )
    return 1_000 * (longest - int(draw * (longest - shortest)))


@odd("OT2", SUITE, rule="election_timeout", style="the upper two thirds of the interval")
def patient(settings: Settings, draw: float) -> int:
    low, high = settings.election_timeout_min, settings.election_timeout_max
    return round(low + (high - low) * (1 + 2 * draw) / 3)


@odd("OT3", SUITE, rule="election_timeout", style="a draw that favours long waits")
def rarely_short(settings: Settings, draw: float) -> float:
    """Answers with a fraction, as `random.uniform` would."""
    low, high = settings.election_timeout_min, settings.election_timeout_max
    return low + (high - low) * sqrt(draw)


@odd("OT4", SUITE, rule="heartbeat_interval", style="a fifth of the shortest timeout")
def four_heartbeats_a_timeout(settings: Settings) -> int:
    return settings.election_timeout_min // 4
