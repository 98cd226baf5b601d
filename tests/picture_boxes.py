"""Reads an SVG back as boxes, and finds what cannot be read in it.

The width of a text is that in the widest usual font. A mark is any shape; a shape without a fill
is a mark along its line only. It reads only what the pictures write.
"""

import re
import xml.etree.ElementTree as ElementTree
from cmath import exp, pi
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from raftkit.views.svg import width_of

WIDEST = 1_000
_TRANSFORM = re.compile(r"(translate|rotate|scale)\(([^)]*)\)")
_WORD = re.compile(r"[A-Za-z]|-?[0-9.]+")
_CAPITALS = 0.72  # the height of capital letters, as a part of the font's size
_SLACK = 1.0  # less than this overlaps by rounding only


@dataclass(frozen=True, slots=True)
class Box:
    """What one element covers; `words` are those of a text, `lines` those of an unfilled shape."""

    left: float
    top: float
    right: float
    bottom: float
    words: str = ""
    lines: tuple[tuple[complex, complex], ...] = ()
    slanted: bool = False

    def meets(self, other: "Box") -> bool:
        """Whether this box and another one overlap by more than rounding."""
        return (
            min(self.right, other.right) - max(self.left, other.left) > _SLACK
            and min(self.bottom, other.bottom) - max(self.top, other.top) > _SLACK
        )

    def covers(self, text: "Box") -> bool:
        """Whether this mark, drawn over a text, hides a part of it."""
        if not self.lines:
            return self.meets(text)
        return any(text.crossed_by(start, end) for start, end in self.lines)

    def crossed_by(self, start: complex, end: complex) -> bool:
        """Whether a straight line goes through the box (Liang and Barsky, 1984)."""
        if max(start.real, end.real) < self.left or self.right < min(start.real, end.real):
            return False
        enter, leave, step = 0.0, 1.0, end - start
        for at, way, low, high in (
            (start.real, step.real, self.left + _SLACK, self.right - _SLACK),
            (start.imag, step.imag, self.top + _SLACK, self.bottom - _SLACK),
        ):
            if not way:
                if not low < at < high:
                    return False
                continue
            first, last = sorted(((low - at) / way, (high - at) / way))
            enter, leave = max(enter, first), min(leave, last)
        return enter < leave


def faults_of(svg: str, widest: float = WIDEST) -> list[str]:
    """What is wrong with a picture: too wide, over the edge, or a text that something covers."""
    root = ElementTree.fromstring(svg)
    _, _, width, height = map(float, root.get("viewBox", "").split())
    boxes = list(_boxes(root, ""))
    found = [f"{width:.0f} wide"] if width > widest else []
    found += [f"over the edge: {box}" for box in boxes if not _inside(box, width, height)]
    for place, text in enumerate(boxes):
        if text.words and not text.slanted:
            # The background is the first shape, and no text is before it.
            found += [
                f"{text.words!r} under {over.words or over}"
                for over in boxes[place + 1 :]
                # Most boxes are elsewhere.
                if over.left < text.right
                and text.left < over.right
                and over.top < text.bottom
                and text.top < over.bottom
                and (over.meets(text) if over.words else over.covers(text))
                and not over.slanted
            ]
    return found


def clipped_texts(svg: str) -> list[str]:
    """The texts of an SVG that reach over its edges."""
    root = ElementTree.fromstring(svg)
    _, _, width, height = map(float, root.get("viewBox", "").split())
    boxes = _boxes(root, "")
    return [box.words for box in boxes if box.words and not _inside(box, width, height)]


def _inside(box: Box, width: float, height: float) -> bool:
    return box.left >= -_SLACK and box.top >= -_SLACK and (
        box.right <= width + _SLACK and box.bottom <= height + _SLACK
    )  # fmt: skip


def _boxes(parent: ElementTree.Element, transforms: str) -> Iterator[Box]:
    """The boxes of all elements, in the order of drawing."""
    for element in parent:
        # The nearest transform is applied first.
        own = f"{transforms} {element.get('transform', '')}"
        tag = element.tag.partition("}")[2]
        if tag == "g":
            yield from _boxes(element, own)
        elif tag == "text":
            yield _text(element, own)
        elif tag in _OUTLINES:
            yield _mark(element, tag, own)


def _text(element: ElementTree.Element, transforms: str) -> Box:
    words, size = "".join(element.itertext()), float(element.get("font-size", ""))
    at = complex(float(element.get("x", "")), float(element.get("y", "")))
    width = width_of(words, size, bold=element.get("font-weight") == "bold")
    at -= {"start": 0.0, "middle": 0.5, "end": 1.0}[element.get("text-anchor", "start")] * width
    top = at - _CAPITALS * 1j * size
    corners = [_placed(corner, transforms) for corner in (top, at, top + width, at + width)]
    across = corners[3] - corners[1]
    return _around(corners, words=words, slanted=min(abs(across.real), abs(across.imag)) > 1)


def _mark(element: ElementTree.Element, tag: str, transforms: str) -> Box:
    points = [_placed(point, transforms) for point in _OUTLINES[tag](element)]
    filled = tag != "line" and element.get("fill") != "none"
    strokes = () if filled else tuple(pairwise(points))
    return _around(points, lines=strokes)


def _around(points: list[complex], **more: object) -> Box:
    xs, ys = [point.real for point in points], [point.imag for point in points]
    return Box(min(xs), min(ys), max(xs), max(ys), **more)  # type: ignore[arg-type]


def _numbers(element: ElementTree.Element, *names: str) -> list[float]:
    return [float(element.get(name, 0)) for name in names]


def _rect(element: ElementTree.Element) -> list[complex]:
    x, y, width, height = _numbers(element, "x", "y", "width", "height")
    at = complex(x, y)
    return [at, at + width, at + width + 1j * height, at + 1j * height, at]


def _round(element: ElementTree.Element) -> list[complex]:
    x, y, r, rx, ry = _numbers(element, "cx", "cy", "r", "rx", "ry")
    rx, ry = rx or r, ry or r
    turns = [exp(1j * pi * part / 8) for part in range(17)]
    return [complex(x + rx * turn.real, y + ry * turn.imag) for turn in turns]


def _line(element: ElementTree.Element) -> list[complex]:
    x1, y1, x2, y2 = _numbers(element, "x1", "y1", "x2", "y2")
    return [complex(x1, y1), complex(x2, y2)]


def _polygon(element: ElementTree.Element) -> list[complex]:
    return [complex(*map(float, pair.split(","))) for pair in element.get("points", "").split()]


def _path(element: ElementTree.Element) -> list[complex]:
    """The points of a path; a curve has nine of its own."""
    words = iter(_WORD.findall(element.get("d", "")))
    points: list[complex] = []
    for word in words:
        at = points[-1] if points else 0j
        if word == "Z" or word == "z":
            points.append(points[0])
        elif word in "Hh":
            points.append(complex(float(next(words)) + (at.real if word == "h" else 0), at.imag))
        elif word in "Vv":
            points.append(complex(at.real, float(next(words)) + (at.imag if word == "v" else 0)))
        else:
            count = {"C": 3, "Q": 2}.get(word.upper(), 1)
            ends = [complex(float(next(words)), float(next(words))) for _ in range(count)]
            points += _curve([at, *((at if word.islower() else 0) + end for end in ends)])
    return points


def _curve(controls: list[complex]) -> list[complex]:
    """Points on a Bézier curve by de Casteljau's construction, without the first."""
    found = []
    for part in (0.125 * step for step in range(1, 9)) if len(controls) > 2 else (1.0,):
        level = controls
        while len(level) > 1:
            level = [a + (b - a) * part for a, b in pairwise(level)]
        found.append(level[0])
    return found


_OUTLINES = {
    "rect": _rect, "circle": _round, "ellipse": _round, "line": _line, "polygon": _polygon,
    "path": _path,
}  # fmt: skip


def _placed(at: complex, transforms: str) -> complex:
    """A point after the transforms, of which the last is applied first."""
    for name, written in reversed(_TRANSFORM.findall(transforms)):
        numbers = [float(part) for part in re.split(r"[ ,]+", written.strip())]
        if name == "translate":
            at += complex(*numbers)
        elif name == "rotate":
            centre = complex(*numbers[1:])
            at = centre + (at - centre) * exp(1j * pi * numbers[0] / 180)
        else:
            at *= numbers[0]
    return at
