"""Finds the texts of a picture that its edges cut off."""

import re
import xml.etree.ElementTree as ElementTree
from cmath import exp, pi

from raftkit.views.svg import width_of

_TRANSFORM = re.compile(r"(translate|rotate|scale)\(([^)]*)\)")


def clipped_texts(svg: str) -> list[str]:
    """The texts of an SVG that reach over its edges, by the width of the widest usual font."""
    root = ElementTree.fromstring(svg)
    _, _, width, height = map(float, root.get("viewBox", "").split())
    found: list[str] = []

    def look(parent: ElementTree.Element, transforms: str) -> None:
        for element in parent:
            # The nearest transform is applied first.
            own = f"{transforms} {element.get('transform', '')}"
            if element.tag.endswith("}text"):
                corners = [_placed(corner, own) for corner in _corners(element)]
                if not all(0 <= at.real <= width and 0 <= at.imag <= height for at in corners):
                    found.append("".join(element.itertext()))
            look(element, own)

    look(root, "")
    return found


def _corners(element: ElementTree.Element) -> list[complex]:
    """The corners of a text, as complex numbers."""
    words, size = "".join(element.itertext()), float(element.get("font-size", ""))
    at = complex(float(element.get("x", "")), float(element.get("y", "")))
    width = width_of(words, size, bold=element.get("font-weight") == "bold")
    at -= {"start": 0.0, "middle": 0.5, "end": 1.0}[element.get("text-anchor", "start")] * width
    top, bottom = -0.75j * size, 0.2j * size
    return [at + top, at + bottom, at + width + top, at + width + bottom]


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
