"""`draw_ballot`: one disc for each server, and the line that a majority must reach (§5.2).

It counts discs only. It does not know who may vote for whom; the protocol does.
"""

from raftkit.views.palette import ALARM, FAINT, INK, PAPER, QUIET
from raftkit.views.picture import Picture
from raftkit.views.svg import Point, circle, group, line, text
from raftkit.views.symbols import verdict
from raftkit.views.titled_picture import titled_picture

# In the picture's units (CSS pixels at full size), as everywhere in views.
_PITCH = 46.0
_LEFT = 40.0
_MIDDLE = 84.0
_IN_A_ROW = 20
_ROW = 82.0


def draw_ballot(granted: int, refused: int, silent: int, title: str | None = None) -> Picture:
    """Draw the votes for a candidate, those against it, and the servers that have not answered.

    Raises ValueError for negative numbers or no server at all.

    >>> print(draw_ballot(granted=2, refused=1, silent=2))
    A ballot of 5 servers: 2 for, 1 against, 2 silent; a majority is 3.
    ✓ ✓ ✗│· ·
    """
    servers = granted + refused + silent
    if min(granted, refused, silent) < 0 or servers == 0:
        raise ValueError("a ballot needs at least one server and no negative numbers")
    majority = servers // 2 + 1
    alt = (
        f"A ballot of {servers} {'server' if servers == 1 else 'servers'}: {granted} for, "
        f"{refused} against, {silent} silent; a majority is {majority}."
    )
    title = title or f"{granted} of {servers} votes; a majority is {majority}"
    width = max(2 * _LEFT + min(servers, _IN_A_ROW) * _PITCH, 300.0)
    height = 150 + _ROW * ((servers - 1) // _IN_A_ROW)
    # Sorted by answer, so that the ticks form a bar whose length is their number.
    signs = "✓" * granted + "✗" * refused + "·" * silent
    discs = [_disc(sign, number) for number, sign in enumerate(signs)]
    body = "".join(discs) + _line(majority)
    words = f"{' '.join(signs[:majority])}│{' '.join(signs[majority:])}".rstrip()
    return Picture(titled_picture(width, height, body, title, alt), alt, f"{alt}\n{words}")


def _at(number: int, part: float) -> Point:
    """The place of a disc's left end (0), middle (0.5) or right end (1)."""
    row, column = divmod(number, _IN_A_ROW)
    return _LEFT + _PITCH * (column + part), _MIDDLE + _ROW * row


def _disc(sign: str, number: int) -> str:
    """One server's answer: a tick, a cross, or a dashed ring if it has not answered."""
    at = _at(number, 0.5)
    if sign == "·":
        hollow = circle(at, 16, fill=PAPER, stroke=FAINT, stroke_width=1.8, stroke_dasharray="3 3")
        return group(hollow, title="silent")
    return group(verdict(at, sign == "✓", 16), title="yes" if sign == "✓" else "no")


def _line(majority: int) -> str:
    """The line after the last disc that a majority needs."""
    x, y = _at(majority - 1, 1.0)
    wall = line((x, y - 28), (x, y + 28), stroke=ALARM, stroke_width=3)
    foot = line((x, y + 28), (x, y + 34), stroke=INK, stroke_width=1.2)
    # Beside a line at the right edge there is room to the left only.
    label = text(
        (min(x, _LEFT + _PITCH * _IN_A_ROW - 30), y + 49),
        f"majority: {majority}",
        13,
        anchor="middle",
        fill=QUIET,
    )
    return group(wall, foot, label, title=f"a majority is {majority}")
