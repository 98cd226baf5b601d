"""`Printed`: catches what a student's function prints, and keeps only the beginning.

A rule is called thousands of times; a forgotten print must not flood the page.
"""

import io

KEPT_LINES = 8
KEPT_CHARACTERS = 600


class Printed(io.TextIOBase):
    """A stream that remembers its first lines.

    >>> stream = Printed()
    >>> for turn in range(10_000):
    ...     print("turn", turn, file=stream)
    >>> stream.text.splitlines()[-1]
    '... and more'
    """

    def __init__(self) -> None:
        self._kept = ""
        self._more = False

    def writable(self) -> bool:
        """Whether it can be written to: yes."""
        return True

    def write(self, text: str) -> int:
        """Keep `text` as long as there is room."""
        room = KEPT_CHARACTERS - len(self._kept)
        if room <= 0 or self._kept.count("\n") >= KEPT_LINES:
            self._more = self._more or bool(text)
            return len(text)
        self._kept += text[:room]
        self._more = self._more or len(text) > room
        return len(text)

    @property
    def text(self) -> str:
        """What was kept."""
        kept = self._kept.rstrip("\n")
        return f"{kept}\n... and more" if self._more else kept
