"""Writes SVG: elements as strings; the same picture always gives the same text.

It owns escaping, the format of numbers, and the frame of every picture: a title, a description
and a background, which is dark where the page around it is. It does not know Raft.
"""

import hashlib
import re
from html import escape
from itertools import chain
from math import fsum

from raftkit.views.palette import BORDER, IN_THE_DARK, INK, PAPER

Number = float
Point = tuple[float, float]

FONT = "system-ui, 'Segoe UI', Helvetica, Arial, sans-serif"

_BOLDER = 1.15  # how much wider bold letters are
# XML 1.0 does not allow these characters, even escaped.
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def number(value: float) -> str:
    """`value` with at most one decimal.

    >>> number(2.0), number(-0.01), number(3.14159)
    ('2', '0', '3.1')
    """
    text = f"{value:.1f}".removesuffix(".0")
    return "0" if text == "-0" else text


def escaped(text: str) -> str:
    """`text` escaped for content and attributes of elements.

    >>> escaped('<b>"x"</b>')
    '&lt;b&gt;&quot;x&quot;&lt;/b&gt;'
    """
    return escape(_NOT_XML.sub("\ufffd", text), quote=True)


def element(tag: str, *children: str, **attributes: str | float | None) -> str:
    """One element; `stroke_width=2` becomes `stroke-width="2"`, and None is left out.

    Attributes are escaped; children must be markup.
    """
    written = "".join(
        f' {name.rstrip("_").replace("_", "-")}="{_attribute(value)}"'
        for name, value in attributes.items()
        if value is not None
    )
    content = "".join(children)
    return f"<{tag}{written}>{content}</{tag}>" if content else f"<{tag}{written}/>"


def group(*children: str, title: str | None = None, **attributes: str | float | None) -> str:
    """A group of elements; `title` describes them in words."""
    words = (element("title", escaped(title)),) if title else ()
    return element("g", *words, *children, **attributes)


def line(start: Point, end: Point, **style: str | float | None) -> str:
    """A straight line."""
    return element("line", x1=start[0], y1=start[1], x2=end[0], y2=end[1], **style)


def rect(x: float, y: float, width: float, height: float, **style: str | float | None) -> str:
    """A rectangle; `rx` rounds its corners."""
    return element("rect", x=x, y=y, width=width, height=height, **style)


def circle(centre: Point, r: float, **style: str | float | None) -> str:
    """A circle."""
    return element("circle", cx=centre[0], cy=centre[1], r=r, **style)


def ellipse(centre: Point, rx: float, ry: float, **style: str | float | None) -> str:
    """An ellipse."""
    return element("ellipse", cx=centre[0], cy=centre[1], rx=rx, ry=ry, **style)


def polygon(corners: tuple[Point, ...], **style: str | float | None) -> str:
    """A closed shape."""
    points = " ".join(f"{number(x)},{number(y)}" for x, y in corners)
    return element("polygon", points=points, **style)


def path(*parts: str | float, **style: str | float | None) -> str:
    """A path from commands and coordinates."""
    words = (part if isinstance(part, str) else number(part) for part in parts)
    return element("path", d=" ".join(words), **style)


def text(
    at: Point,
    words: str,
    size: float = 12,
    *,
    anchor: str = "start",
    bold: bool = False,
    fill: str = INK,
    halo: bool = False,
    **style: str | float | None,
) -> str:
    """One line of text with its baseline at `at`; a halo keeps it legible over lines."""
    around: dict[str, str | float | None] = {}
    if halo:
        around = {
            "stroke": PAPER, "stroke_width": 3, "stroke_linejoin": "round", "paint_order": "stroke"
        }  # fmt: skip
    return element(
        "text", escaped(words), x=at[0], y=at[1], font_size=size, fill=fill,
        text_anchor=None if anchor == "start" else anchor,
        font_weight="bold" if bold else None, **around, **style,
    )  # fmt: skip


def width_of(words: str, size: float, bold: bool = False) -> float:
    """The approximate width of `words` in the widest of the usual fonts."""
    # Not sum(), which adds floats differently from Python 3.12 on.
    return fsum(_width(character) for character in words) * size * (_BOLDER if bold else 1.0)


def wrapped(words: str, size: float, width: float) -> list[str]:
    """`words` in lines of at most about `width`; a word that is longer is broken.

    >>> wrapped("one two three", size=10, width=50)
    ['one two', 'three']
    >>> wrapped("a abcdefghijkl", size=10, width=50)
    ['a', 'abcdefgh', 'ijkl']
    """
    lines: list[str] = []
    for word in chain.from_iterable(_pieces(word, size, width) for word in words.split()):
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and width_of(longer, size) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def _pieces(word: str, size: float, width: float) -> list[str]:
    """A word in pieces of at most about `width`; mostly one."""
    pieces = [""]
    for character in word:
        if pieces[-1] and width_of(pieces[-1] + character, size) > width:
            pieces.append("")
        pieces[-1] += character
    return pieces


def shortened(words: str, length: int) -> str:
    """`words` on one line, shortened to `length` characters with an ellipsis if it is longer.

    >>> shortened("a long command", 8)
    'a long …'
    """
    flat = " ".join(words.split())
    return flat if len(flat) <= length else flat[: length - 1] + "…"


def document(width: float, height: float, body: str, title: str, description: str) -> str:
    """A whole picture: accessible name and description, background, `body`, dark colours."""
    # Several pictures may be inline on one page, where ids must differ.
    mark = hashlib.sha256(f"{title}\0{description}\0{body}".encode("utf-8", "replace"))
    name = f"raftkit-{mark.hexdigest()[:12]}"
    paper = rect(0.5, 0.5, width - 1, height - 1, rx=10, fill=PAPER, stroke=BORDER, stroke_width=1)
    return element(
        "svg",
        element("title", escaped(title), id=f"{name}-title"),
        element("desc", escaped(description), id=f"{name}-desc"),
        paper,
        body,
        element("style", _dark_colours(name, paper + body)),
        id=name,
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {number(width)} {number(height)}",
        width=width,
        height=height,
        role="img",
        aria_labelledby=f"{name}-title {name}-desc",
        font_family=FONT,
    )


def _dark_colours(name: str, drawn: str) -> str:
    """The rules of style that give each colour of a picture its counterpart on a dark page.

    An image follows the element that shows it, a file of its own the reader's system, and a
    picture inside a page of JupyterLab its theme. What does not know `light-dark` draws light.
    """
    used = sorted(set(re.findall(' (fill|stroke)="(#[0-9A-F]{6})"', drawn)))
    rules = [
        f'#{name} [{what}="{light}"]{{{what}:light-dark({light},{IN_THE_DARK[light]})}}'
        for what, light in used
        if light in IN_THE_DARK
    ]
    return (
        f"#{name}{{color-scheme:light dark}}"
        f"[data-jp-theme-light=true] #{name}{{color-scheme:light}}"
        f"[data-jp-theme-light=false] #{name}{{color-scheme:dark}}" + "".join(rules)
    )


def _attribute(value: str | float) -> str:
    """A number in its one form, or an escaped string."""
    return escaped(value) if isinstance(value, str) else number(value)


def _width(character: str) -> float:
    """The approximate width of a character, as a part of the font's size; rather too large."""
    if character in "iljtf.,:;|'!()[] ":
        return 0.36
    # Ideographs and emoji have the same width and height.
    return 1.0 if ord(character) >= 0x1100 else 0.62
