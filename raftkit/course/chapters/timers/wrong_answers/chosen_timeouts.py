"""Answers to 1.6: timeouts for a network (§5.6, §9.3).

Wrong timeouts are too short, too long or too much alike for some network; odd ones are
computed in other ways and are right.
"""

from math import ceil, log

from raftkit.course.wrong_answer import (
    LEADER_ELECTED,
    WASTED_WORK,
    OddAnswers,
    WrongAnswers,
    breaks,
    thinking,
)
from raftkit.protocol import Settings

WRONG, ODD = WrongAnswers(), OddAnswers()
wrong, odd = WRONG.answer, ODD.answer


@wrong("T26a", "1.6", LEADER_ELECTED, case="the settings fit the network")
@thinking("150 to 300 ms, as the paper says.")
@breaks("The election timeout depends on the broadcast time (§5.6).")
def the_papers(latency_min: int, latency_max: int, loss: float) -> Settings:
    """Too short across an ocean, where no answer comes in time, and far too long in one room."""
    return Settings()


@wrong("T26b", "1.6", LEADER_ELECTED, case="the settings fit the network")
@thinking("Milliseconds, as everybody counts.")
@breaks("The broadcast time is far below the election timeout (§5.6).")
def in_milliseconds(latency_min: int, latency_max: int, loss: float) -> Settings:
    """A thousandth of what was meant."""
    ms = latency_max // 1_000
    return Settings(10 * ms + 10, 20 * ms + 20, 2 * ms + 2)


@wrong("T26c", "1.6", WASTED_WORK, case="the settings fit the network")
@thinking("Heartbeats are cheap: the more, the better.")
@breaks("Heartbeats only have to prevent elections (§5.2).")
def as_often_as_can_be(latency_min: int, latency_max: int, loss: float) -> Settings:
    """More heartbeats are under way than could arrive one after the other."""
    return Settings(10 * latency_max, 20 * latency_max, latency_max // 10)


@wrong("T26d", "1.6", WASTED_WORK, case="a leader that is well stays leader")
@thinking("The shorter the wait, the sooner there is a leader.")
@breaks("A follower outlasts several heartbeats, because some get lost (§5.2, §5.6).")
def as_short_as_can_be(latency_min: int, latency_max: int, loss: float) -> Settings:
    """Two heartbeats lost in a row depose a leader that is well."""
    return Settings(4 * latency_max, 8 * latency_max, 2 * latency_max)


@wrong("T26e", "1.6", WASTED_WORK, case="a leader that crashes is replaced soon")
@thinking("A needless election is bad, so I wait until I am sure.")
@breaks("Too long a timeout costs its own length each time a leader fails (§9.3).")
def until_it_is_certain(latency_min: int, latency_max: int, loss: float) -> Settings:
    """For the time of a hundred messages nobody serves the clients."""
    return Settings(100 * latency_max, 200 * latency_max, 10 * latency_max)


@wrong("T26f", "1.6", WASTED_WORK, case="votes are seldom split")
@thinking("Any difference breaks a tie, and a small one costs the least.")
@breaks("Too little randomness splits votes (§5.2, §9.3).")
def hardly_random(latency_min: int, latency_max: int, loss: float) -> Settings:
    """Several candidates ask before the first one is heard, again and again."""
    shortest = 12 * latency_max
    return Settings(shortest, shortest + latency_max // 2, 2 * latency_max)


# Odd but right ----------------------------------------------------------------------------


@odd("OT12", "1.6", style="fractions, which are cut to whole microseconds")
def in_fractions(latency_min: int, latency_max: int, loss: float) -> Settings:
    wait = 10.5 * latency_max
    return Settings(wait, wait * 1.9, wait / 6)  # type: ignore[arg-type]


@odd("OT13", "1.6", style="as many heartbeats as the loss asks for")
def counted_from_the_loss(latency_min: int, latency_max: int, loss: float) -> Settings:
    beats = max(4, ceil(log(1e-7) / log(loss))) if loss else 4
    heartbeat = 3 * latency_max
    shortest = beats * heartbeat
    return Settings(shortest, shortest + 10 * latency_max, heartbeat)


@odd("OT14", "1.6", style="a broadcast there and back, ten and twenty times")
def in_round_trips(latency_min: int, latency_max: int, loss: float) -> Settings:
    there_and_back = latency_min + latency_max
    return Settings(
        election_timeout_min=10 * there_and_back,
        election_timeout_max=20 * there_and_back,
        heartbeat_interval=2 * there_and_back,
    )
