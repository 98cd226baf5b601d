"""`draw_outages`: the share of outages that are over after a time (§9.3, Figure 16).

It draws one line for each series, with its own dash, marker and label. The axis of time is
logarithmic, because split votes multiply the length of an outage. It does not know how outages
are measured.
"""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from math import log10
from statistics import mean, median
from typing import Final

from raftkit.views.palette import (
    BLUE,
    BLUISH_GREEN,
    BORDER,
    DEEP_ORANGE,
    DEEP_PURPLE,
    DEEP_SKY_BLUE,
    INK,
    PAPER,
    QUIET,
    VERMILLION,
)
from raftkit.views.picture import Picture
from raftkit.views.svg import (
    Point,
    circle,
    group,
    line,
    path,
    polygon,
    rect,
    shortened,
    text,
    width_of,
)
from raftkit.views.titled_picture import titled_picture

_LEFT: Final = 58.0
_TOP: Final = 56.0
_WIDTH: Final = 520.0
_HEIGHT: Final = 240.0
_SIZE: Final = 12.0
# The ticks in each power of ten of the logarithmic axis.
_STEPS: Final = (1, 2, 5)
# The colour and dash of each series; all differ.
STYLES: Final = (
    (BLUE, None), (VERMILLION, "7 4"), (BLUISH_GREEN, "2 3"), (DEEP_PURPLE, "10 3 2 3"),
    (DEEP_ORANGE, "14 4"), (DEEP_SKY_BLUE, "4 2"),
)  # fmt: skip
SERIES_AT_MOST: Final = len(STYLES)


def draw_outages(
    series: Mapping[str, Sequence[float]], title: str = "How long without a leader?"
) -> Picture:
    """Draw series of outages in milliseconds, by their labels, as cumulative shares.

    Raises ValueError for no series, more than six, an empty one, or an outage that is not above 0.

    >>> print(draw_outages({"wide": [120, 180, 240], "narrow": [150, 420, 900]}, title="Six."))
    Six. Of each series half the outages are shorter than: wide 180 ms, narrow 420 ms.
    series         outages  shortest  median  mean  longest
    wide                 3       120     180   180      240
    narrow               3       150     420   490      900
    """
    if not 1 <= len(series) <= SERIES_AT_MOST:
        raise ValueError(f"one to {SERIES_AT_MOST} series can be told apart, not {len(series)}")
    for label, outages in series.items():
        if not outages or min(outages) <= 0:
            raise ValueError(f"{label!r} has no outages, or one that takes no time")
    halves = ", ".join(f"{label} {median(each):.0f} ms" for label, each in series.items())
    ending = "" if title.endswith((".", "!", "?")) else "."
    alt = f"{title}{ending} Of each series half the outages are shorter than: {halves}."
    drawing = _Drawing({label: sorted(each) for label, each in series.items()})
    svg = titled_picture(drawing.width, drawing.height, drawing.body(), title, alt)
    return Picture(svg, alt, f"{alt}\n{_table(series)}")


def _table(series: Mapping[str, Sequence[float]]) -> str:
    """The figures of the series, a line for each."""
    wide = max(14, *(len(label) for label in series))
    rows = [f"{'series':<{wide}} outages  shortest  median  mean  longest"]
    rows += [
        f"{label:<{wide}}{len(each):>8}{min(each):>10.0f}{median(each):>8.0f}"
        f"{mean(each):>6.0f}{max(each):>9.0f}"
        for label, each in series.items()
    ]
    return "\n".join(rows)


class _Drawing:
    """The geometry of one picture: time to the right, the share of outages upwards."""

    def __init__(self, series: Mapping[str, list[float]]) -> None:
        self._series = series
        self._ticks = _ticks(
            min(each[0] for each in series.values()), max(each[-1] for each in series.values())
        )
        self._low, self._high = log10(self._ticks[0]), log10(self._ticks[-1])
        labels = max(width_of(_short(label), _SIZE, bold=True) for label in series)
        self.width = max(_LEFT + _WIDTH + 24, 60 + labels + 260)
        self._key_top = _TOP + _HEIGHT + 62
        self.height = self._key_top + 22 * len(series) + 4

    def body(self) -> str:
        """Title, grid, curves and key."""
        curves = [
            self._curve(number, label, each)
            for number, (label, each) in enumerate(self._series.items())
        ]
        return "".join([self._grid(), *curves])

    def _x(self, ms: float) -> float:
        # What takes less than the first tick is at the left edge.
        return _LEFT + _WIDTH * max(log10(ms) - self._low, 0.0) / (self._high - self._low)

    def _y(self, share: float) -> float:
        return _TOP + _HEIGHT * (1 - share)

    def _grid(self) -> str:
        """The ticks of both axes, and a line that says what they measure."""
        parts = []
        for percent in (0, 25, 50, 75, 100):
            y = self._y(percent / 100)
            parts.append(line((_LEFT, y), (_LEFT + _WIDTH, y), stroke=BORDER, stroke_width=1))
            parts.append(text((_LEFT - 8, y + 4), f"{percent} %", 11, anchor="end", fill=QUIET))
        free = 0.0
        for tick in self._ticks:
            x, half = self._x(tick), width_of(f"{tick:,}", 11) / 2
            parts.append(line((x, _TOP), (x, self._y(0)), stroke=BORDER, stroke_width=0.7))
            if x - half >= free:
                parts.append(
                    text((x, self._y(0) + 17), f"{tick:,}", 11, anchor="middle", fill=QUIET)
                )
                free = x + half + 6
        said = "ms without a leader; the share of crashes after which one was back by then"
        parts.append(text((_LEFT, self._y(0) + 36), said, _SIZE, fill=QUIET))
        return "".join(parts)

    def _curve(self, number: int, label: str, outages: list[float]) -> str:
        """One series: steps on the grid, and its line in the key."""
        colour, dash = STYLES[number]
        parts: list[str | float] = ["M", self._x(outages[0]), self._y(0)]
        for ms in sorted(set(outages)):
            parts += ["H", self._x(ms), "V", self._y(self._share(outages, ms))]
        parts += ["H", _LEFT + _WIDTH]
        steps = path(*parts, stroke=colour, stroke_width=2.4, fill="none", stroke_dasharray=dash,
                     stroke_linejoin="round")  # fmt: skip
        middle = median(outages)
        half = _marker(number, (self._x(middle), self._y(self._share(outages, middle))), colour)
        words = f"median {middle:,.0f} ms, longest {outages[-1]:,.0f} ms"
        return group(steps, half, self._key(number, label, words), title=f"{label}: {words}",
                     class_="series")  # fmt: skip

    def _key(self, number: int, label: str, words: str) -> str:
        """A piece of the line, its marker, its label, and its figures."""
        colour, dash = STYLES[number]
        y = self._key_top + 22 * number
        sample = line((18, y), (52, y), stroke=colour, stroke_width=2.4, stroke_dasharray=dash)
        name = text((62, y + 4), _short(label), _SIZE, bold=True)
        right = 62 + max(width_of(_short(each), _SIZE, bold=True) for each in self._series) + 12
        return sample + _marker(number, (35, y), colour) + name + text(
            (right, y + 4), words, _SIZE, fill=QUIET
        )  # fmt: skip

    @staticmethod
    def _share(outages: list[float], ms: float) -> float:
        return bisect_right(outages, ms) / len(outages)


def _short(label: str) -> str:
    """A label as the key has it; the title of the line has all of it."""
    return shortened(label, 48)


def _ticks(shortest: float, longest: float) -> list[int]:
    """The ticks 1, 2, 5, 10, 20, ... that just enclose the shortest and the longest outage.

    >>> _ticks(30, 450)
    [20, 50, 100, 200, 500]
    """
    all_ticks = [step * 10**power for power in range(9) for step in _STEPS]
    low = max((tick for tick in all_ticks if tick <= shortest), default=1)
    high = min((tick for tick in all_ticks if tick >= longest and tick > low), default=10**9)
    return [tick for tick in all_ticks if low <= tick <= high]


def _marker(number: int, at: Point, colour: str) -> str:
    """The marker of a series, at the time when half of its outages are over."""
    x, y = at
    style: dict[str, str | float | None] = {
        "fill": colour if number % 2 == 0 else PAPER,
        "stroke": INK,
        "stroke_width": 1.3,
    }
    match number % 3:
        case 0:
            return circle(at, 5, **style)
        case 1:
            return rect(x - 4.5, y - 4.5, 9, 9, **style)
    return polygon(((x, y - 6), (x + 6, y + 4.5), (x - 6, y + 4.5)), **style)
