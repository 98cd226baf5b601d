"""`try_timeouts`: a student's timeouts on a network of their choice, measured and drawn.

The play cell of exercise 1.6, whose answer is no rule that `try_out` could put into a
cluster. What is good enough stands in the exercise's cases.
"""

from collections.abc import Callable
from typing import Any

from raftkit.checkers import measure_outages, needless_elections
from raftkit.course.checking.answers import read_answer
from raftkit.course.checking.guard import guarded
from raftkit.course.tutor.guarded_drawing import attempt
from raftkit.course.tutor.page_note import Note
from raftkit.protocol import Settings
from raftkit.simulator import Link
from raftkit.views import Picture, draw_outages


def try_timeouts(
    choose_timeouts: Callable[..., Any],
    latency_min: int = 1_000,
    latency_max: int = 10_000,
    loss: float = 0.05,
    crashes: int = 100,
    seed: int = 0,
) -> Picture | Note:
    """Let leaders crash under the timeouts that your function chooses, beside the paper's.

    Times are in µs. Raises ValueError for a network that is none.

    >>> def choose_timeouts(latency_min, latency_max, loss):
    ...     return Settings(100_000, 200_000, 20_000)
    >>> print(try_timeouts(choose_timeouts, crashes=50).alt.partition(" Of ")[0])
    Yours: 0 needless elections in 1,000 heartbeats.
    """
    link = Link(latency_min, latency_max, loss=loss)
    choose = guarded(choose_timeouts)
    settings = attempt(
        "choose_timeouts", lambda: read_answer(choose(latency_min, latency_max, loss), Settings)
    )
    if isinstance(settings, Note):
        return settings
    # Only who plays with timeouts needs the chapter's cases.
    from raftkit.course.chapters.timers.cases import experiment

    why = experiment.unfit(settings, link)
    return Note(why) if why else _drawn(settings, link, crashes, seed)


def _drawn(settings: Settings, link: Link, crashes: int, seed: int) -> Picture:
    """Outages under these settings and under the paper's, where the paper's can work."""
    from raftkit.course.chapters.timers.cases.experiment import HEARTBEATS, unfit

    series = {"yours": settings}
    if unfit(Settings(), link) is None:
        series["the paper's 150-300 ms"] = Settings()
    needless = needless_elections(settings, link, HEARTBEATS, seed)
    elections = "election" if needless == 1 else "elections"
    return draw_outages(
        {label: measure_outages(each, link, crashes, seed).ms for label, each in series.items()},
        title=f"Yours: {needless} needless {elections} in {HEARTBEATS:,} heartbeats.",
    )
