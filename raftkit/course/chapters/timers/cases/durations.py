"""The cases of exercises 1.2 and 1.3: how long an election timeout and a heartbeat interval are.

Many durations are right, so they are held against bounds, the same for all settings: narrow and
wide intervals of quick and slow clusters. What several draws have to do with each other is asked
in cases of their own.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from random import Random
from typing import Any

from raftkit.checkers import Cluster
from raftkit.course.chapters.timers.cases.prompt_pictures import heartbeats, nearly_equal_waits
from raftkit.course.checking.cases import (
    AnswerPart,
    Case,
    Checks,
    Flaw,
    InWords,
    JudgedCall,
    wrong_value,
)
from raftkit.course.checking.small_world import Arguments, Region, Regions, SmallWorld
from raftkit.protocol import Settings, election_timeout
from raftkit.simulator import Timeout

# Ten draws as far apart as possible.
_DRAWS = tuple((2 * number + 1) / 20 for number in range(10))


def _settings(shortest_ms: int, longest_ms: float, heartbeat_ms: float) -> Settings:
    return Settings(shortest_ms * 1_000, round(longest_ms * 1_000), round(heartbeat_ms * 1_000))


# 1.2 How long to wait --------------------------------------------------------------------


def _intervals() -> Iterator[Settings]:
    """Intervals that begin early or late and are narrow or wide, the paper's among them."""
    for shortest in (20, 100, 150, 400):
        for width in (50, 100, 150, 600):
            for heartbeat in (shortest / 10, shortest // 3, shortest / 2):
                yield _settings(shortest, shortest + width, heartbeat)


def _drawn_interval(random: Random) -> Settings:
    """An interval that may begin very early or late, and may be very wide."""
    shortest = random.choice((1, random.randint(200, 600), 60_000))
    width = random.choice((random.randint(200, 400), 60_000))
    return _settings(shortest, shortest + width, shortest / 4)


WAITS = SmallWorld(
    rule=election_timeout,
    candidates=lambda: (
        (settings, draw)
        for settings in _intervals()
        for draw in (0.0, *(number / 20 for number in range(1, 20)), 0.999)
    ),
    drawn=lambda random: (_drawn_interval(random), random.random()),
    can_happen=lambda settings, draw: (
        settings.election_timeout_min < settings.election_timeout_max and 0 <= draw < 1
    ),
)


def _long_enough(wait: float, settings: Settings, draw: float) -> Any:
    shortest = settings.election_timeout_min
    return wait if wait < shortest else InWords(f"{shortest} or more")


def _short_enough(wait: float, settings: Settings, draw: float) -> Any:
    longest = settings.election_timeout_max
    return wait if wait > longest else InWords(f"{longest} or less")


_LONG_ENOUGH = AnswerPart("the wait in µs", _long_enough, sees_call=True)
_SHORT_ENOUGH = AnswerPart("the wait in µs", _short_enough, sees_call=True)


def _at_least(settings: Settings, draw: float) -> str:
    return (
        "Timeouts are chosen from a fixed interval (§5.2), and the shortest is "
        f"{settings.election_timeout_min:,} µs. A follower that waits less deposes a leader that "
        "is well. Times are in microseconds."
    )


def _at_most(settings: Settings, draw: float) -> str:
    return (
        "Timeouts are chosen from a fixed interval (§5.2), and the longest is "
        f"{settings.election_timeout_max:,} µs: for that long the cluster may be without a leader."
    )


def _listed(waits: Sequence[float]) -> str:
    return ", ".join(f"{wait:,.0f}" for wait in waits) + " µs"


_Judge = Callable[[Settings, Sequence[float]], Flaw | None]


def _on_all(draws: Sequence[float], judge: _Judge) -> Callable[[Random], Iterable[JudgedCall]]:
    """For all small settings, and for drawn ones, a call with each draw; then all are judged."""

    def calls(random: Random) -> Iterator[JudgedCall]:
        for settings in (*_intervals(), *(_drawn_interval(random) for _ in range(6))):
            yield from _waits(settings, draws, judge)

    return calls


def _waits(settings: Settings, draws: Sequence[float], judge: _Judge) -> list[JudgedCall]:
    """A call for each draw; after the last answer, `judge` looks at all the waits."""
    waits: list[float] = []

    def collect(wait: float) -> Flaw | None:
        waits.append(wait)
        return judge(settings, waits) if len(waits) == len(draws) else None

    return [JudgedCall({"settings": settings, "draw": draw}, collect) for draw in draws]


def _different(settings: Settings, waits: Sequence[float]) -> Flaw | None:
    """Ten draws over the whole range must give at least eight different waits."""
    found = len(set(waits))
    if found >= 8:
        return None
    return wrong_value(
        f"for the draws {', '.join(map(str, _DRAWS))}: {_listed(waits)}.",
        f"Ten servers that draw differently get only {found} different "
        f"{'wait' if found == 1 else 'waits'}. Timeouts are random so that mostly a single "
        "server times out; those that do so together split the vote (§5.2).",
    )


def _spread(settings: Settings, waits: Sequence[float]) -> Flaw | None:
    """The shortest and the longest wait differ by at least half of the interval."""
    width = settings.election_timeout_max - settings.election_timeout_min
    used = max(waits) - min(waits)
    if used >= width / 2:
        return None
    return wrong_value(
        f"for the draws {', '.join(map(str, _DRAWS))}: {_listed(waits)}.",
        f"All waits lie within {used:,.0f} µs of each other, and the settings have room for "
        f"{width:,} µs. The first server to time out must have won before the next one does: "
        "the wider the spread, the rarer split votes (§5.2, §9.3).",
    )


def _the_draw_decides(settings: Settings, waits: Sequence[float]) -> Flaw | None:
    """The same draw must give the same wait."""
    if len(set(waits)) == 1:
        return None
    return wrong_value(
        f"for one and the same draw, asked three times: {_listed(waits)}.",
        "The random number of §5.2 is drawn for you and handed in as `draw`. With dice of its "
        "own a rule makes every run another one, and no failure could be shown again.",
    )


# 1.3 How often to be heard ---------------------------------------------------------------


def heartbeat_interval(settings: Settings) -> int:
    """How long a leader may be silent, in µs: a part of the shortest election timeout (§5.2).

    >>> heartbeat_interval(Settings(election_timeout_min=150_000))
    37500
    """
    return settings.election_timeout_min // 4


def _clusters() -> Iterator[Arguments]:
    """Quick and slow clusters, with equal and with very different waits.

    The interval in the settings is somebody's guess: too long, good, or too short.
    """
    for shortest in (20, 50, 100, 150, 600, 3_000, 60_000):
        for longest in (shortest, 4 * shortest / 3, 2 * shortest, 4 * shortest, 30 * shortest):
            for heartbeat in (2 * shortest, shortest / 3, shortest / 100):
                yield (_settings(shortest, longest, heartbeat),)


def _drawn_cluster(random: Random) -> Arguments:
    shortest = random.choice((random.randint(15, 3_000), 1, 60_000))
    longest = shortest * random.uniform(1, 10)
    return (_settings(shortest, longest, shortest * random.uniform(0.01, 2)),)


INTERVALS = SmallWorld(
    rule=heartbeat_interval,
    candidates=_clusters,
    drawn=_drawn_cluster,
    can_happen=lambda settings: 0 < settings.election_timeout_min <= settings.election_timeout_max,
)


def _often_enough(interval: float, settings: Settings) -> Any:
    shortest = settings.election_timeout_min
    return interval if 2 * interval > shortest else InWords(f"{shortest // 2} or less")


def _seldom_enough(interval: float, settings: Settings) -> Any:
    shortest = settings.election_timeout_min
    return interval if 20 * interval < shortest else InWords(f"{shortest // 20} or more")


_OFTEN_ENOUGH = AnswerPart("the interval in µs", _often_enough, sees_call=True)
_SELDOM_ENOUGH = AnswerPart("the interval in µs", _seldom_enough, sees_call=True)


def _too_rare(settings: Settings) -> str:
    shortest = settings.election_timeout_min
    return (
        f"The most impatient follower waits {shortest:,} µs. Heartbeats prevent election timeouts "
        f"(Figure 2, Leaders; §5.2), so at least two must fit into that time, {shortest // 2:,} µs "
        "at most from one to the next: one of them may get lost."
    )


def _too_often(settings: Settings) -> str:
    shortest = settings.election_timeout_min
    return (
        f"No follower waits less than {shortest:,} µs, and more than twenty heartbeats in that "
        f"time, one in less than {shortest // 20:,} µs, are a flood that prevents nothing (§5.2). "
        "Times are in microseconds."
    )


# Stories -----------------------------------------------------------------------------------


def _first_election(cluster: Cluster) -> None:
    """No timeout is forced: the server with the shortest timeout stands first."""
    cluster.run_until(lambda cluster: cluster.leader, ms=900)
    cluster.run(ms=12)


def _led(cluster: Cluster) -> None:
    """A leader is elected and leads for a while."""
    cluster.do(Timeout("S1"))
    cluster.run(ms=175)


CHECKS = {
    "1.2": Checks(
        returns=float,
        cases=(
            *Regions(
                WAITS,
                Region("waits no less than the shortest time", 1, _at_least, _LONG_ENOUGH),
                Region("waits no more than the longest time", 1, _at_most, _SHORT_ENOUGH),
            ).cases,
            Case("waits differently for different draws", 1, _on_all(_DRAWS, _different)),
            Case("spreads its waits over the range", 1, _on_all(_DRAWS, _spread)),
            Case("leaves the drawing to the draw", 1, _on_all((0.45,) * 3, _the_draw_decides)),
        ),
        picture=nearly_equal_waits,
        story=_first_election,
        at_work="A first election",
    ),
    "1.3": Checks(
        returns=float,
        cases=Regions(
            INTERVALS,
            Region("several heartbeats fit into the shortest timeout", 2, _too_rare, _OFTEN_ENOUGH),
            Region("there is no flood of heartbeats", 1, _too_often, _SELDOM_ENOUGH),
        ).cases,
        picture=heartbeats,
        story=_led,
        at_work="A leader",
        reference=heartbeat_interval,
    ),
}
