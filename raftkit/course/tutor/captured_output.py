"""`Printed`: catches what a student's function prints, and keeps only the beginning.

A rule is called thousands of times; a forgotten print must not flood the page, wherever it
goes: to either stream, to a logger, or to the page itself as a picture is displayed.
"""

import io
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock, get_ident
from typing import Any

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

    @contextmanager
    def here(self) -> Iterator[None]:
        """Within this block, what this thread prints and displays comes here."""
        thread = get_ident()
        outer = _catching.get(thread)
        try:
            _catching[thread] = self
            with _changing:
                if len(_catching) == 1 and outer is None:
                    _put_in_place()
            yield
        finally:
            if outer is None:
                _catching.pop(thread, None)
            else:
                _catching[thread] = outer
            with _changing:
                if not _catching:
                    _put_back()


# Streams and what displays are the process's, so who catches what is told apart by the thread.
_catching: dict[int, Printed] = {}
_changing = Lock()


class _Shared:
    """What stands in the place of a stream: a thread's `Printed`, or else the stream itself.

    Loggers may keep it for good.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._stream: Any = None

    def put_in_place(self) -> None:
        """Stand in the stream's place."""
        now = getattr(sys, self._name)
        if now is not self:
            self._stream = now
            setattr(sys, self._name, self)

    def put_back(self) -> None:
        """Let the stream have its place again, whatever an answer has put there."""
        setattr(sys, self._name, self._stream)

    def write(self, text: str) -> int:
        """Write to whoever catches what this thread writes."""
        return int((_catching.get(get_ident()) or self._stream).write(text))

    def writelines(self, lines: Any) -> None:
        """Write all lines."""
        for line in lines:
            self.write(line)

    def flush(self) -> None:
        """Nothing is kept back."""
        if get_ident() not in _catching:
            self._stream.flush()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


_STREAMS = (_Shared("stdout"), _Shared("stderr"))


def _put_in_place() -> None:
    """Catch what is written and displayed."""
    for stream in _STREAMS:
        stream.put_in_place()
    publisher = _publisher()
    if publisher is not None:
        publisher.publish = _publish


def _put_back() -> None:
    """Let everything be shown as it was."""
    for stream in _STREAMS:
        stream.put_back()
    publisher = _publisher()
    if publisher is not None:
        vars(publisher).pop("publish", None)


def _publisher() -> Any:
    """What shows a notebook's pictures, if there is a notebook."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    return getattr(shell, "display_pub", None)


def _publish(data: Any, *arguments: Any, **options: Any) -> None:
    """Catch what is displayed, as text; what another thread displays is shown as it is."""
    printed = _catching.get(get_ident())
    if printed is not None:
        printed.write(f"{data.get('text/plain', '')}\n")
    else:
        publisher = _publisher()
        type(publisher).publish(publisher, data, *arguments, **options)
