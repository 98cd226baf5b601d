"""`Look`: what pictures need to know of a process, whatever protocol it runs.

A state that has a method `look()` is drawn with its role, its term's colour and its log; one
without is a plain line.
"""

from dataclasses import dataclass
from typing import Final, Literal

from raftkit.protocol.log import Log

Outline = Literal["thin", "double", "thick"]
OUTLINES: Final[tuple[Outline, ...]] = ("thin", "double", "thick")


@dataclass(frozen=True, slots=True)
class Look:
    """How a process is shown in a state.

    `role` is a word; `label` is what stands in its badge, the role if it is empty. `term` is a
    number that has a colour, from 1 on; 0 has none. Who leads, or decides, has a thick `outline`,
    who would like to a double one. `log` is there if the process has one.

    >>> Look("prepared").badge, Look("leader", 3, "L 3").in_words
    ('prepared', 'leader of term 3')
    """

    role: str
    term: int = 0
    label: str = ""
    outline: Outline = "thin"
    log: Log | None = None

    @property
    def badge(self) -> str:
        """What the badge says."""
        return self.label or self.role

    @property
    def in_words(self) -> str:
        """Role and term as a phrase."""
        return f"{self.role} of term {self.term}" if self.label else self.role
