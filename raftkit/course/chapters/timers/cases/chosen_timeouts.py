"""The cases of exercise 1.6: timeouts for a network, judged by an experiment (§5.6, §9.3).

Many settings are right. They must fit together on every network; then the outages after crashes,
and the elections without a crash, are measured in virtual time on three. The bounds are multiples
of the time that a message takes, and wide enough for bad luck and for different choices.
"""

from collections.abc import Callable
from functools import lru_cache
from random import Random

from raftkit.checkers import Outages, measure_outages, needless_elections
from raftkit.checkers.outages import first_needless_election
from raftkit.course.checking.cases import Case, Checks, Flaw, JudgedCall, wrong_value
from raftkit.course.checking.small_world import Arguments, Region, Regions, SmallWorld
from raftkit.course.errors import StudentError
from raftkit.protocol import Settings
from raftkit.simulator import Link
from raftkit.views import Picture, draw_outages, space_time

# The network in the notebook: one message in twenty is lost.
GIVEN = Link(latency_min=1_000, latency_max=10_000, loss=0.05)

CRASHES = 40
HEARTBEATS = 1_000
# In times of latency_max: the paper's 150 to 300 ms are 15 to 30 of them on its network.
MEDIAN_AT_MOST = 30
SPLIT_AT_MOST = 0.5
# So many may be bad luck on a network that loses one message in twenty.
NEEDLESS_AT_MOST = 2


def choose_timeouts(latency_min: int, latency_max: int, loss: float) -> Settings:
    """Timeouts for a network with these latencies, in µs, and this share of lost messages (§9.3).

    >>> choose_timeouts(1_000, 10_000, loss=0.05).election_timeout_min
    120000
    """
    heartbeat = 2 * latency_max
    # If one in twenty is lost, six in a row are lost once in sixty million times.
    shortest = 6 * heartbeat
    return Settings(
        election_timeout_min=shortest,
        election_timeout_max=2 * shortest,
        heartbeat_interval=heartbeat,
    )


def unfit(settings: Settings, link: Link) -> str | None:
    """Why these settings cannot work on this network; None if they may."""
    shortest, interval = settings.election_timeout_min, settings.heartbeat_interval
    if shortest < 2 * link.latency_max:
        return (
            f"A request and its answer take up to {2 * link.latency_max:,} µs, and a candidate may "
            f"wait only {shortest:,} µs: the broadcast time must be far below the election timeout "
            "(§5.6)."
        )
    if 2 * interval > shortest:
        return (
            f"With a heartbeat every {interval:,} µs and a shortest timeout of {shortest:,} µs, "
            "followers time out between two heartbeats, or when one is late (§5.2)."
        )
    # Both may have been cut to whole microseconds.
    if 20 * (interval + 1) <= shortest:
        return (
            f"With a heartbeat every {interval:,} µs, more than twenty of them fit into the "
            f"shortest timeout of {shortest:,} µs: a flood that prevents nothing (§5.2)."
        )
    return None


@lru_cache(maxsize=64)
def outages_of(settings: Settings, link: Link, seed: int) -> Outages:
    """The outages after forty crashes, cached because two cases look at them."""
    return measure_outages(settings, link, CRASHES, seed)


# The settings fit -------------------------------------------------------------------------


def _drawn_network(random: Random) -> Arguments:
    latency_max = random.randint(200, 200_000)
    return random.randint(latency_max // 10, latency_max), latency_max, random.choice((0.0, 0.05))


FITTING = SmallWorld(
    rule=choose_timeouts,
    candidates=lambda: (
        (latency_max // part, latency_max, loss)
        for latency_max in (200, 500, 1_000, 10_000, 50_000, 200_000, 5_000_000)
        for part in (10, 2, 1)
        for loss in (0.0, 0.05)
    ),
    drawn=_drawn_network,
    can_happen=lambda latency_min, latency_max, loss: 0 < latency_min <= latency_max,
    judge=lambda settings, latency_min, latency_max, loss: unfit(
        settings, Link(latency_min, latency_max, loss=loss)
    ),
)


def _broadcast_time(latency_min: int, latency_max: int, loss: float) -> str:
    return (
        f"A message takes up to {latency_max:,} µs: the broadcast time must be far below the "
        "election timeout, and several heartbeats fit into that (§5.2, §5.6)."
    )


# Measurements -----------------------------------------------------------------------------

# The given network, one in a room, and one across an ocean. They are the same for everybody, so
# that a choice near a bound gets the same points everywhere.
NETWORKS = (GIVEN, Link(100, 500), Link(50_000, 100_000, loss=0.05))
_Judge = Callable[[Settings, Link, int], Flaw | None]


def _measured(judge: _Judge) -> Callable[[Random], list[JudgedCall]]:
    """A call for each network, whose result is judged by `judge` if it can work at all."""

    def judge_if_fit(settings: Settings, link: Link, seed: int) -> Flaw | None:
        why = unfit(settings, link)
        if why is None:
            return judge(settings, link, seed)
        return _flaw(settings, f"Not tried, because the settings do not fit. {why}")

    return lambda random: [_on(link, judge_if_fit, seed) for seed, link in enumerate(NETWORKS)]


def _on(link: Link, judge: _Judge, seed: int) -> JudgedCall:
    arguments = {
        "latency_min": link.latency_min,
        "latency_max": link.latency_max,
        "loss": link.loss,
    }
    return JudgedCall(arguments, lambda settings: judge(settings, link, seed))


def _calm(settings: Settings, link: Link, seed: int) -> Flaw | None:
    """No server crashes, so every election is needless."""
    found = needless_elections(settings, link, HEARTBEATS, seed)
    if found <= NEEDLESS_AT_MOST:
        return None
    beats = settings.election_timeout_min / settings.heartbeat_interval
    why = (
        f"In {HEARTBEATS:,} heartbeats of a leader that was well, {found} elections began. A "
        "follower must outlast the heartbeats that a network loses or delays (§5.2, §5.6): "
        f"{beats:.1f} fit into the shortest timeout, and {link.loss:.0%} of all messages are lost."
    )
    return _flaw(settings, why, lambda: _needless(settings, link, seed))


def _needless(settings: Settings, link: Link, seed: int) -> Picture:
    """The run just before the first needless election, drawn."""
    cluster = first_needless_election(settings, link, HEARTBEATS, seed)
    first = max(0.0, cluster.now_ms - 1.2 * settings.election_timeout_max / 1_000)
    return space_time(cluster.history, first_ms=first, title="An election that nobody needed")


def _soon(settings: Settings, link: Link, seed: int) -> Flaw | None:
    """Half of all outages must end within thirty times latency_max."""
    found = outages_of(settings, link, seed)
    bound = MEDIAN_AT_MOST * link.latency_max / 1_000
    if found.median <= bound:
        return None
    why = (
        f"Of {CRASHES} outages, half took longer than {found.median:,.0f} ms; on this network "
        f"{bound:,.0f} ms are enough ({MEDIAN_AT_MOST} times latency_max). While followers wait, "
        "nobody serves the clients (§9.3)."
    )
    return _flaw(settings, why, lambda: _against_the_kit(found, link, seed))


def _seldom_split(settings: Settings, link: Link, seed: int) -> Flaw | None:
    """After at least half of the crashes the first election must elect a leader."""
    found = outages_of(settings, link, seed)
    if found.split <= SPLIT_AT_MOST:
        return None
    span = settings.election_timeout_max - settings.election_timeout_min
    why = (
        f"After {found.split:.0%} of the crashes the first election elected nobody. The waits lie "
        f"within {span:,} µs of each other, and a message takes up to {link.latency_max:,} µs: "
        "several candidates ask before the first is heard, and split the vote (§5.2, §9.3)."
    )
    return _flaw(settings, why, lambda: _against_the_kit(found, link, seed))


def _flaw(settings: Settings, why: str, picture: Callable[[], Picture] | None = None) -> Flaw:
    return wrong_value(f"{settings!r}.", why, picture() if picture else None)


def _against_the_kit(found: Outages, link: Link, seed: int) -> Picture:
    """The student's outages and those of the kit's own answer, on the same network."""
    kits = choose_timeouts(link.latency_min, link.latency_max, link.loss)
    return draw_outages(
        {"your timeouts": found.ms, "what can be had": outages_of(kits, link, seed).ms}
    )


def _three_ranges() -> Picture:
    """The outages on the given network with three ranges of timeouts, none of them the answer."""
    ranges = {"25-50 ms": (25, 50), "150-155 ms": (150, 155), "150-300 ms": (150, 300)}
    series = {
        label: measure_outages(
            Settings(low * 1_000, high * 1_000, low * 1_000 // 5), GIVEN, CRASHES
        ).ms
        for label, (low, high) in ranges.items()
    }
    return draw_outages(series, title="40 crashes, with three ranges of timeouts")


def _on_a_network(
    choose_timeouts: Callable[..., Settings],
    latency_min: int = GIVEN.latency_min,
    latency_max: int = GIVEN.latency_max,
    loss: float = GIVEN.loss,
    crashes: int = 100,
    seed: int = 0,
) -> Picture:
    """The outages with a student's timeouts, and with the paper's if they fit the network.

    Raises ValueError if the arguments describe no network.
    """
    link = Link(latency_min, latency_max, loss=loss)
    settings = choose_timeouts(latency_min, latency_max, loss)
    why = unfit(settings, link)
    if why is not None:
        raise StudentError("unfit", why)
    series = {"yours": settings}
    if unfit(Settings(), link) is None:
        series["the paper's 150-300 ms"] = Settings()
    needless = needless_elections(settings, link, HEARTBEATS, seed)
    elections = "election" if needless == 1 else "elections"
    return draw_outages(
        {label: measure_outages(each, link, crashes, seed).ms for label, each in series.items()},
        title=f"Yours: {needless} needless {elections} in {HEARTBEATS:,} heartbeats.",
    )


CHECKS = {
    "1.6": Checks(
        returns=Settings,
        cases=(
            *Regions(FITTING, Region("the settings fit the network", 1, _broadcast_time)).cases,
            Case("a leader that is well stays leader", 1, _measured(_calm)),
            Case("a leader that crashes is replaced soon", 1, _measured(_soon)),
            Case("votes are seldom split", 1, _measured(_seldom_split)),
        ),
        picture=_three_ranges,
        reference=choose_timeouts,
        demonstration=_on_a_network,
    ),
}
