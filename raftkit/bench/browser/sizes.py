"""How much the browser's table measures, and how often, for the best of it to be taken.

Small sizes are for tests. It knows no browser.
"""

from dataclasses import dataclass

from raftkit.bench.browser.crowds import Crowd


@dataclass(frozen=True)
class Sizes:
    """In each of so many `rounds`: crowds are watched in `glances` of so many `seconds`, the
    recording of so many virtual `minutes` is played, a notebook opened and clicked at.
    """

    crowds: tuple[Crowd, ...] = (Crowd(5, 40), Crowd(9, 200))
    rounds: int = 4
    glances: int = 5
    seconds: float = 1.0
    minutes: float = 30.0
    clicks: int = 10
