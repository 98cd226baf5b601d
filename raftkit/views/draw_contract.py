"""`draw_contract`: the contract of a server, with its events, its effects, and their order.

The names are those of the protocol's types. It decides only where they are drawn, and does
not know what they mean.
"""

from typing import Final

from raftkit.views.palette import ELECTION_BLUE, INK, PAPER, QUIET
from raftkit.views.picture import Picture
from raftkit.views.svg import group, line, rect, text
from raftkit.views.symbols import arrowhead
from raftkit.views.titled_picture import titled_picture

_WIDTH: Final = 860.0
_HEIGHT: Final = 356.0
_TOP: Final = 78.0
_PITCH: Final = 42.0
_BOX: Final = (296.0, 62.0, 236.0, 262.0)

_EVENTS: Final = (
    ("start()", "it starts, or starts again from its disk"),
    ("TimerFired", "a timer has run out"),
    ("a message", "of another server"),
    ("ClientRequest", "a client's command"),
)
_EFFECTS: Final = (
    ("timers", "restart or stop"),
    ("writes", "what the disk must hold"),
    ("messages", "leave when it is written"),
    ("replies", "to clients, then, too"),
    ("applied", "to the state machine"),
)
_INSIDE: Final = (
    "current_term, voted_for, log",
    "role, commit_index, last_applied",
    "next_index, match_index",
)


def draw_contract() -> Picture:
    """Draw the events that a server handles, and the effects that it returns.

    >>> print(draw_contract().text.splitlines()[1])
    in   start()        it starts, or starts again from its disk
    """
    title = "Events in, effects out"
    alt = (
        f"{title}: a server is handed one event at a time, {_listed(_EVENTS)}, and answers with "
        f"effects: {_listed(_EFFECTS)}. Messages and replies wait until the writes are durable."
    )
    rows = [f"in   {name:<14} {words}" for name, words in _EVENTS]
    rows += [f"out  {name:<14} {words}" for name, words in _EFFECTS]
    body = [_server()]
    body += [_arrow(place, 24.0, *event) for place, event in enumerate(_EVENTS)]
    body += [_arrow(place, 556.0, *effect) for place, effect in enumerate(_EFFECTS)]
    svg = titled_picture(_WIDTH, _HEIGHT, "".join(body), title, alt)
    return Picture(svg, alt, "\n".join([alt, *rows]))


def _server() -> str:
    """The box in the middle, with the state of Figure 2 in it."""
    x, y, width, height = _BOX
    middle = x + width / 2
    shapes = [rect(x, y, width, height, rx=12, fill=PAPER, stroke=INK, stroke_width=2)]
    shapes.append(text((middle, y + 40), "your Raft", 19, anchor="middle", bold=True))
    shapes.append(text((middle, y + 66), "handle(event) → Effects", 13, anchor="middle"))
    for place, words in enumerate(_INSIDE):
        at = (middle, y + 112 + 24 * place)
        shapes.append(text(at, words, 13, anchor="middle", fill=QUIET))
    for place, words in enumerate(("no clock, no dice, no network", "nothing outside itself")):
        shapes.append(text((middle, y + 212 + 20 * place), words, 13, anchor="middle", fill=QUIET))
    return group(*shapes, title="a server and its state")


def _arrow(place: int, x: float, name: str, words: str) -> str:
    """One event or effect: its name, its meaning, and an arrow below both."""
    y = _TOP + _PITCH * place * (1.25 if x < _BOX[0] else 1.0)
    end = x + (264.0 if x < _BOX[0] else 280.0)
    below = y + (22.0 if x < _BOX[0] else 9.0)
    return group(
        text((x, y), name, 14, bold=True, fill=INK),
        text((x + 106, y), words if x > _BOX[0] else "", 13, fill=QUIET),
        text((x, y + 15), words if x < _BOX[0] else "", 13, fill=QUIET),
        line((x, below), (end - 8, below), stroke=ELECTION_BLUE, stroke_width=1.6),
        arrowhead((x, below), (end, below), "triangle", ELECTION_BLUE),
        title=f"{name}: {words}",
    )


def _listed(rows: tuple[tuple[str, str], ...]) -> str:
    return ", ".join(f"{name} ({words})" for name, words in rows)
