"""`PrintedOutput`: what a student's code prints in this process, the beginning of each call.

It is kept only for the calls of the latest request, of which the judge may ask for one. What is
printed between calls is discarded, so printing 100 MB costs next to nothing.
"""

import io
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

Json = Any

_KEPT = 1_500  # characters of each call, as many as the judge shows at most


class PrintedOutput(io.TextIOBase):
    """A stream that keeps the beginning of what each call prints, and counts all lines.

    >>> output = PrintedOutput()
    >>> with output.of_call("has_majority"):
    ...     print("votes:", 3, file=output)
    >>> print("between the calls", file=output)
    >>> output.report("has_majority", 0)
    {'text': 'votes: 3\\n', 'length': 9, 'lines': 1}
    """

    def __init__(self) -> None:
        self._texts: list[str] = []
        self._lengths: list[int] = []
        self._lines: Counter[str] = Counter()
        self._rule = ""  # the one that is being called
        self._class = ""  # the one whose output is kept

    def write(self, text: str) -> int:
        """Keep `text`, or as much of it as the limit allows, if a rule is being called."""
        if self._rule:
            self._texts[-1] += text[: _KEPT - len(self._texts[-1])]
            self._lengths[-1] += len(text)
            self._lines[self._rule] += text.count("\n")
        return len(text)

    @contextmanager
    def of_class(self, name: str) -> Iterator[None]:
        """Within this block, what is printed belongs to all calls of a class together."""
        if self._class != name:
            self._class, self._texts, self._lengths = name, [""], [0]
        self._rule = name
        try:
            yield
        finally:
            self._rule = ""

    def forget(self) -> None:
        """Forget what was printed before a request."""
        self._class, self._texts, self._lengths = "", [], []

    @contextmanager
    def of_call(self, rule: str) -> Iterator[None]:
        """Within this block, what is printed belongs to one call of a rule."""
        self._texts.append("")
        self._lengths.append(0)
        self._rule = rule
        try:
            yield
        finally:
            self._rule = ""

    def report(self, rule: str, place: int) -> Json:
        """What the call at this place of the latest request printed, and all lines of the rule."""
        known = place < len(self._texts)
        return {
            "text": self._texts[place] if known else "",
            "length": self._lengths[place] if known else 0,
            "lines": self._lines[rule],
        }


# The standard output and error of this process, whatever a student's code puts in their place.
OUTPUT = PrintedOutput()
