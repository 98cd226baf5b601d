"""`draw_ballot`: one disc for each server, and the line that a majority must reach (§5.2).

It counts discs only. It does not know who may vote for whom; the protocol does.
"""

from raftkit.views.palette import ALARM, FAINT, INK, PAPER, QUIET
from raftkit.views.picture import Picture
from raftkit.views.svg import circle, document, group, line, text, width_of
from raftkit.views.symbols import verdict

# In the picture's units (CSS pixels at full size), as everywhere in views.
_PITCH = 46.0
_LEFT = 40.0
_MIDDLE = 84.0


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
    width = max(2 * _LEFT + servers * _PITCH, width_of(title, 17, bold=True) + 40, 300.0)
    # Sorted by answer, so that the ticks form a bar whose length is their number.
    signs = "✓" * granted + "✗" * refused + "·" * silent
    discs = [_disc(sign, number) for number, sign in enumerate(signs)]
    body = text((20, 32), title, 17, bold=True) + "".join(discs) + _line(majority)
    words = f"{' '.join(signs[:majority])}│{' '.join(signs[majority:])}".rstrip()
    return Picture(document(width, 150, body, title, alt), alt, f"{alt}\n{words}")


def _disc(sign: str, number: int) -> str:
    """One server's answer: a tick, a cross, or a dashed ring if it has not answered."""
    at = (_LEFT + _PITCH * (number + 0.5), _MIDDLE)
    if sign == "·":
        hollow = circle(at, 16, fill=PAPER, stroke=FAINT, stroke_width=1.8, stroke_dasharray="3 3")
        return group(hollow, title="silent")
    return group(verdict(at, sign == "✓", 16), title="yes" if sign == "✓" else "no")


def _line(majority: int) -> str:
    """The line after the last disc that a majority needs."""
    x = _LEFT + _PITCH * majority
    wall = line((x, _MIDDLE - 28), (x, _MIDDLE + 28), stroke=ALARM, stroke_width=3)
    foot = line((x, _MIDDLE + 28), (x, _MIDDLE + 34), stroke=INK, stroke_width=1.2)
    label = text((x, _MIDDLE + 49), f"majority: {majority}", 13, anchor="middle", fill=QUIET)
    return group(wall, foot, label, title=f"a majority is {majority}")
