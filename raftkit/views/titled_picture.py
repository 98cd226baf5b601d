"""The frame that all pictures share: a title line, and what a picture leaves out beside it.

A title that is longer than its picture is wide is broken into lines, and everything below moves
down. It does not know what is drawn.
"""

from typing import Final

from raftkit.views.palette import QUIET
from raftkit.views.svg import document, group, text, width_of, wrapped

WIDEST: Final = 1_000.0  # a wider picture would be too small to read in a notebook
_LEFT: Final = 18.0
_SIZE: Final = 17.0
_LINE: Final = 22.0
_NOTE: Final = 12.0
_BETWEEN: Final = 14.0  # a title and its note
# A picture is made wider for its title, but no wider than this.
_FOR_TITLES: Final = 640.0


def titled_picture(
    width: float, height: float, body: str, title: str, description: str, note: str = ""
) -> str:
    """A whole picture, with its title above `body`, and a `note` on what is left out.

    The first line of a title needs the first 38 units; `body` begins below them.
    """
    title_width = width_of(title, _SIZE, bold=True)
    width = max(width, min(title_width + 2 * _LEFT, _FOR_TITLES))
    room = width - 2 * _LEFT
    # Bold letters are wider than the others, for which lines are broken.
    lines = [title] if title_width <= room else wrapped(title, _SIZE * 1.16, room)
    parts = [
        text((_LEFT, 31 + _LINE * place), words, _SIZE, bold=True)
        for place, words in enumerate(lines)
    ]
    below = _LINE * (len(lines) - 1)
    beside = _LEFT + width_of(lines[-1], _SIZE, bold=True) + _BETWEEN
    if note and beside + width_of(note, _NOTE) <= width - _LEFT:
        parts.append(text((beside, 31 + below), note, _NOTE, fill=QUIET))
    elif note:
        for words in wrapped(note, _NOTE, room):
            below += 18
            parts.append(text((_LEFT, 31 + below), words, _NOTE, fill=QUIET))
    moved = group(body, transform=f"translate(0 {below:g})") if below else body
    return document(width, height + below, "".join(parts) + moved, title, description)


def left_out(first: int, last: int, longest: int) -> str:
    """What a picture of logs leaves out, as a note; nothing if it has all indexes.

    >>> left_out(5, 8, 9), left_out(1, 9, 9)
    ('indexes 5 to 8 of 9', '')
    """
    return "" if first <= 1 and last >= longest else f"indexes {first} to {last} of {longest}"
