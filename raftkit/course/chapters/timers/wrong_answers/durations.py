"""Answers about how long timers run (§5.2, §5.6).

A rule is given the draw and returns microseconds. Wrong durations split votes, or cause
needless elections; odd ones differ from the reference's and are right.
"""

from math import sqrt
from random import Random, randint
from typing import Any

from raftkit.course.wrong_answer import (
    CONTRACT,
    LEADER_ELECTED,
    WASTED_WORK,
    OddAnswers,
    WrongAnswers,
    breaks,
    thinking,
)
from raftkit.protocol import Server, Settings, TimerFired

WRONG, ODD = WrongAnswers(), OddAnswers()
wrong, odd = WRONG.answer, ODD.answer


# Not random enough ------------------------------------------------------------------------


@wrong("T4a", "1.2", LEADER_ELECTED, case="waits differently for different draws")
@thinking("The shortest timeout finds a new leader soonest, so everybody takes it.")
@breaks("Election timeouts are chosen randomly from a fixed interval (§5.2).")
def everybody_waits_equally(settings: Settings, draw: float) -> int:
    """All time out in the same instant, vote for themselves, and do so for ever."""
    return settings.election_timeout_min


@wrong("T4b", "raftkit timers", LEADER_ELECTED, case="Servers wait for different times")
@thinking("I seed my random numbers, so that I can repeat a run.")
@breaks("Random timeouts make split votes rare only if servers draw differently (§5.2).")
class SameSeedEverywhere(Server):
    """Each timeout of a server differs from its last one, but equals the other servers'."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self._own_draw = Random(42).random

    def timer_duration(self, timer: str, draw: float) -> int:
        return super().timer_duration(timer, self._own_draw())


@wrong("T4c", "1.2", WASTED_WORK, case="spreads its waits over the range")
@thinking("Any difference breaks a tie, so a little randomness will do.")
@breaks("The spread must outlast a request, or several ask before one is heard (§5.2, §9.3).")
def two_milliseconds_of_chance(settings: Settings, draw: float) -> int:
    """A message takes up to ten milliseconds: most of the time several candidates ask at once."""
    return settings.election_timeout_min + int(draw * 2_000)


@wrong("T4d", "raftkit timers", LEADER_ELECTED, case="Each wait is drawn anew")
@thinking("Each server gets its random timeout when it starts.")
@breaks("A candidate draws a new timeout for each election (§5.2).")
class DrawsOnce(Server):
    """Two servers that drew nearly the same split the vote, and do so again the next time."""

    _timeout: int | None = None

    def timer_duration(self, timer: str, draw: float) -> int:
        if timer == "heartbeat":
            return super().timer_duration(timer, draw)
        if self._timeout is None:
            self._timeout = super().timer_duration(timer, draw)
        return self._timeout


@wrong("T4e", "1.2", WASTED_WORK, case="waits differently for different draws")
@thinking("Random means heads or tails: the short wait or the long one.")
@breaks("Servers that draw differently wait for different times (§5.2).")
def heads_or_tails(settings: Settings, draw: float) -> int:
    """Of five servers at least two wait equally long."""
    return settings.election_timeout_min if draw < 0.5 else settings.election_timeout_max


@wrong("T4f", "1.2", CONTRACT, case="leaves the drawing to the draw")
@thinking("Random timeouts come from random.randint.")
@breaks("The random number is drawn outside and handed in, so that a run can be repeated.")
def dice_of_its_own(settings: Settings, draw: float) -> int:
    """It works, but no failure can be repeated."""
    return randint(settings.election_timeout_min, settings.election_timeout_max)


# Too long, too short ----------------------------------------------------------------------


@wrong("T7a", "1.3", WASTED_WORK, case="several heartbeats fit into the shortest timeout")
@thinking("Followers wait up to 300 ms, so a heartbeat every 300 ms keeps them quiet.")
@breaks("Heartbeats come well within every election timeout (§5.2, §5.6).")
def one_heartbeat_a_timeout(settings: Settings) -> int:
    """Nearly every follower times out before the next heartbeat, and unseats a healthy leader."""
    return settings.election_timeout_max


@wrong("T7b", "1.2", LEADER_ELECTED, case="waits no less than the shortest time")
@thinking("150 to 300, as the paper says.")
@breaks("The broadcast time is far below the election timeout (§5.6).")
def milliseconds(settings: Settings, draw: float) -> int:
    """In microseconds this is a thousandth: each election ends before its first answer."""
    return 150 + int(draw * 150)


@wrong("T7c", "1.3", WASTED_WORK, case="there is no flood of heartbeats")
@thinking("A heartbeat every 50 ms, so I return 50.")
@breaks("Heartbeats only have to prevent elections (§5.2).")
def fifty(settings: Settings) -> int:
    """Fifty microseconds: 20,000 heartbeats a second to each follower."""
    return 50


@wrong("T7d", "1.2", WASTED_WORK, case="waits no less than the shortest time")
@thinking("Random means anything between zero and the largest timeout.")
@breaks("A follower waits several heartbeats before it gives a leader up (§5.2, §5.6).")
def from_zero(settings: Settings, draw: float) -> int:
    """A sixth of all waits is shorter than the time between two heartbeats."""
    return int(draw * settings.election_timeout_max)


@wrong("T12", "raftkit timers", LEADER_ELECTED, case="Patience does not grow")
@thinking("After a failed election I wait twice as long, as one does after a collision.")
@breaks("Each timeout is drawn from the same fixed interval (§5.2).")
class DoublesItsPatience(Server):
    """After a partition of two seconds the cluster stays without a leader for many more."""

    _elections = 0

    def timer_duration(self, timer: str, draw: float) -> int:
        doubled = 1 if timer == "heartbeat" else 2**self._elections
        return super().timer_duration(timer, draw) * doubled

    def on_timer_fired(self, event: TimerFired) -> None:
        self._elections += event.timer == "election"
        super().on_timer_fired(event)


@wrong("T7e", "1.2", WASTED_WORK, case="waits no more than the longest time")
@thinking("The shortest wait, and up to the longest on top of it.")
@breaks("Timeouts are chosen from a fixed interval (§5.2).")
def on_top(settings: Settings, draw: float) -> int:
    """Up to 450 ms instead of 300."""
    return settings.election_timeout_min + int(draw * settings.election_timeout_max)


@wrong("T7f", "1.2", CONTRACT, case="waits no less than the shortest time")
@thinking("The paper says 150 to 300 ms, so that is what I return.")
@breaks("Timeouts come from the cluster's own interval: networks differ (§5.6).")
def the_papers_numbers(settings: Settings, draw: float) -> int:
    """Right for the paper's network and for no other."""
    return 150_000 + int(draw * 150_000)


@wrong("T7g", "1.3", WASTED_WORK, case="several heartbeats fit into the shortest timeout")
@thinking("A heartbeat every 50 ms, as in most Rafts.")
@breaks("Several heartbeats fit into the shortest timeout, whichever that is (§5.2, §5.6).")
def fifty_milliseconds(settings: Settings) -> int:
    """In a fast cluster everybody times out first."""
    return 50_000


@wrong("T7i", "1.3", WASTED_WORK, case="several heartbeats fit into the shortest timeout")
@thinking("The settings say how often, so I return what they say.")
@breaks("Several heartbeats fit into the shortest timeout, whatever was set (§5.2, §5.6).")
def as_somebody_guessed(settings: Settings) -> int:
    """Right only as long as somebody else chose well."""
    return settings.heartbeat_interval


@wrong("T7j", "1.3", WASTED_WORK, case="several heartbeats fit into the shortest timeout")
@thinking("A fifth of the timeout leaves room for some lost heartbeats.")
@breaks("The most impatient follower decides, and waits may lie far apart (§5.2).")
def a_fifth_of_the_longest(settings: Settings) -> int:
    """If waits lie far apart, the longest says nothing about the shortest."""
    return settings.election_timeout_max // 5


# Odd but right ----------------------------------------------------------------------------


@odd("OT1", "1.2", style="whole milliseconds, counted down from the top")
def whole_milliseconds(settings: Settings, draw: float) -> int:
    longest, shortest = (
        settings.election_timeout_max // 1_000,
        settings.election_timeout_min // 1_000,
    )
    return 1_000 * (longest - int(draw * (longest - shortest)))


@odd("OT2", "1.2", style="the upper two thirds of the interval")
def patient(settings: Settings, draw: float) -> int:
    low, high = settings.election_timeout_min, settings.election_timeout_max
    return round(low + (high - low) * (1 + 2 * draw) / 3)


@odd("OT3", "1.2", style="a draw that favours long waits")
def rarely_short(settings: Settings, draw: float) -> float:
    """Answers with a fraction, as `random.uniform` would."""
    low, high = settings.election_timeout_min, settings.election_timeout_max
    return low + (high - low) * sqrt(draw)


@odd("OT4", "1.3", style="a fifth of the shortest timeout")
def four_heartbeats_a_timeout(settings: Settings) -> int:
    return settings.election_timeout_min // 4


@odd("OT15", "1.3", style="half of the shortest timeout, rounded down")
def two_heartbeats_a_timeout(settings: Settings) -> float:
    return settings.election_timeout_min / 2


@odd("OT18", "1.3", style="what was set, brought within the bounds")
def as_set_within_bounds(settings: Settings) -> int:
    shortest = settings.election_timeout_min
    return min(max(settings.heartbeat_interval, shortest // 20), shortest // 2)
