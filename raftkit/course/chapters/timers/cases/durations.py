"""The cases of exercises 1.2 and 1.3: how long an election timeout and a heartbeat interval are.

Many durations are right, so they are judged by bounds, which are ratios of the settings. The
settings are drawn.
"""

from collections.abc import Callable, Sequence
from random import Random

from raftkit.checkers import Cluster
from raftkit.course.chapters.timers.cases.prompt_pictures import heartbeats, nearly_equal_waits
from raftkit.course.checking.cases import Case, Checks, Flaw, JudgedCall, wrong_value
from raftkit.protocol import Settings
from raftkit.simulator import Timeout

MILLISECOND = 1_000
# Ten draws as far apart as possible.
_DRAWS = tuple((2 * number + 1) / 20 for number in range(10))


# 1.2 How long to wait --------------------------------------------------------------------


def _settings(random: Random, at_least_ms: int = 200) -> Settings:
    """Settings other than the paper's, so that its numbers are wrong answers."""
    shortest = random.randint(at_least_ms, 3 * at_least_ms)
    longest = shortest + random.randint(at_least_ms, 2 * at_least_ms)
    return Settings(shortest * MILLISECOND, longest * MILLISECOND, shortest * MILLISECOND // 4)


def _waits(
    settings: Settings, draws: Sequence[float], judge: Callable[[list[float]], Flaw | None]
) -> list[JudgedCall]:
    """A call for each draw; after the last answer, `judge` looks at all the waits."""
    waits: list[float] = []

    def collect(wait: float) -> Flaw | None:
        waits.append(wait)
        return judge(waits) if len(waits) == len(draws) else None

    return [JudgedCall({"settings": settings, "draw": draw}, collect) for draw in draws]


def _listed(waits: Sequence[float]) -> str:
    return ", ".join(f"{wait:,.0f}" for wait in waits) + " µs"


def _not_too_short(random: Random) -> list[JudgedCall]:
    """The smallest draws belong to the shortest waits."""
    settings = _settings(random)
    shortest = settings.election_timeout_min

    def judge(wait: float) -> Flaw | None:
        if wait >= shortest:
            return None
        unit = " Times are in microseconds." if 0 < wait < shortest / 100 else ""
        return wrong_value(
            f"{wait:,.0f} µs, expected {shortest:,} µs or more.",
            "Timeouts are chosen from a fixed interval (§5.2), and this is below the shortest. A "
            f"follower that waits less deposes a leader that is well.{unit}",
        )

    draws = (0.0, random.random() / 10)
    return [JudgedCall({"settings": settings, "draw": draw}, judge) for draw in draws]


def _not_too_long(random: Random) -> list[JudgedCall]:
    """The largest draws belong to the longest waits."""
    settings = _settings(random)
    longest = settings.election_timeout_max

    def judge(wait: float) -> Flaw | None:
        if wait <= longest:
            return None
        return wrong_value(
            f"{wait:,.0f} µs, expected {longest:,} µs or less.",
            "Timeouts are chosen from a fixed interval (§5.2), and this is above the longest: "
            "for that long the cluster may be without a leader.",
        )

    draws = (0.999, 1 - random.random() / 10)
    return [JudgedCall({"settings": settings, "draw": draw}, judge) for draw in draws]


def _different(random: Random) -> list[JudgedCall]:
    """Ten draws over the whole range must give at least eight different waits."""

    def judge(waits: list[float]) -> Flaw | None:
        found = len(set(waits))
        if found >= 8:
            return None
        return wrong_value(
            f"for the draws {', '.join(map(str, _DRAWS))}: {_listed(waits)}.",
            f"Ten servers that draw differently get only {found} different "
            f"{'wait' if found == 1 else 'waits'}. Timeouts are random so that mostly a single "
            "server times out; those that do so together split the vote (§5.2).",
        )

    return _waits(_settings(random), _DRAWS, judge)


def _spread(random: Random) -> list[JudgedCall]:
    """The waits of the smallest and the largest draw differ by at least half of the range."""
    settings = _settings(random)
    span = settings.election_timeout_max - settings.election_timeout_min

    def judge(waits: list[float]) -> Flaw | None:
        used = max(waits) - min(waits)
        if used >= span / 2:
            return None
        return wrong_value(
            f"for the draws {', '.join(map(str, _DRAWS))}: {_listed(waits)}.",
            f"All waits lie within {used:,.0f} µs of each other, and the settings have room for "
            f"{span:,} µs. The first server to time out must have won before the next one does: "
            "the wider the spread, the rarer split votes (§5.2, §9.3).",
        )

    return _waits(settings, _DRAWS, judge)


def _the_draw_decides(random: Random) -> list[JudgedCall]:
    """The same draw must give the same wait."""
    draw = random.random()

    def judge(waits: list[float]) -> Flaw | None:
        if len(set(waits)) == 1:
            return None
        return wrong_value(
            f"for one and the same draw, asked three times: {_listed(waits)}.",
            "The random number of §5.2 is drawn for you and handed in as `draw`. With dice of its "
            "own a rule makes every run another one, and no failure could be shown again.",
        )

    return _waits(_settings(random), (draw, draw, draw), judge)


# 1.3 How often to be heard ---------------------------------------------------------------


def _too_rare(settings: Settings, interval: float) -> Flaw | None:
    shortest = settings.election_timeout_min
    if 2 * interval <= shortest:
        return None
    return wrong_value(
        f"{interval:,.0f} µs, expected {shortest // 2:,} µs or less.",
        f"The most impatient follower waits {shortest:,} µs. Heartbeats prevent election timeouts "
        "(Figure 2, Leaders; §5.2), so at least two must fit into the shortest one: one of them "
        "may get lost.",
    )


def _too_often(settings: Settings, interval: float) -> Flaw | None:
    shortest = settings.election_timeout_min
    if 20 * interval >= shortest:
        return None
    return wrong_value(
        f"{interval:,.0f} µs, expected {-(-shortest // 20):,} µs or more.",
        f"No follower waits less than {shortest:,} µs, so more than twenty heartbeats in that time "
        "are a flood that prevents nothing (§5.2). Times are in microseconds.",
    )


_Bound = Callable[[Settings, float], Flaw | None]


def _intervals(settings: Settings, *bounds: _Bound) -> JudgedCall:
    """A call of `heartbeat_interval`, whose result must keep these bounds."""

    def judge(interval: float) -> Flaw | None:
        if interval <= 0:
            return wrong_value(f"{interval:,.0f} µs.", "Time passes between two heartbeats (§5.2).")
        flaws = (bound(settings, interval) for bound in bounds)
        return next((flaw for flaw in flaws if flaw is not None), None)

    return JudgedCall({"settings": settings}, judge)


def _several_fit(random: Random) -> list[JudgedCall]:
    return [_intervals(_settings(random, at_least_ms=150), _too_rare)]


def _no_flood(random: Random) -> list[JudgedCall]:
    return [_intervals(_settings(random, at_least_ms=150), _too_often)]


def _other_clusters(random: Random) -> list[JudgedCall]:
    """Settings ten times faster than the paper's, and ten times slower: no constant fits both."""
    fast, slow = random.randint(15, 30), random.randint(1_500, 3_000)
    return [
        _intervals(_settings(random, at_least_ms=ms), _too_rare, _too_often) for ms in (fast, slow)
    ]


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
            Case("waits no less than the shortest time", 1, _not_too_short),
            Case("waits no more than the longest time", 1, _not_too_long),
            Case("waits differently for different draws", 1, _different),
            Case("spreads its waits over the range", 1, _spread),
            Case("leaves the drawing to the draw", 1, _the_draw_decides),
        ),
        picture=nearly_equal_waits,
        story=_first_election,
        at_work="A first election",
    ),
    "1.3": Checks(
        returns=float,
        cases=(
            Case("several heartbeats fit into the shortest timeout", 1, _several_fit),
            Case("there is no flood of heartbeats", 1, _no_flood),
            Case("a faster and a slower cluster are served too", 1, _other_clusters),
        ),
        picture=heartbeats,
        story=_led,
        at_work="A leader",
    ),
}
