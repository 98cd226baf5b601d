"""`CapturedOutput`: captures what a student's function prints, and keeps only the beginning.

A check calls a rule thousands of times, so a forgotten print would flood the page. Everything that
one thread writes to a stream or a logger, or displays as a picture, is captured; other threads
print as usual. `CapturedCalls` keeps the output of one call until the next.
"""

import io
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock, get_ident
from typing import Any

from raftkit.course.checking.printed_output import KEPT_CHARACTERS, shortened_output


class CapturedOutput(io.TextIOBase):
    """A stream that keeps the beginning of what is written to it.

    >>> stream = CapturedOutput()
    >>> for turn in range(10_000):
    ...     print("turn", turn, file=stream)
    >>> stream.text.splitlines()[-1], stream.lines
    ('... and 98,740 more characters', 10000)
    """

    def __init__(self) -> None:
        self.lines = 0  # of everything that was written
        self.restart()

    def restart(self) -> None:
        """Forget the text that was kept; the lines are still counted."""
        self._kept = ""
        self._length = 0

    def writable(self) -> bool:
        """Return True: text can always be written."""
        return True

    def write(self, text: str) -> int:
        """Keep `text`, or as much of it as the limit allows."""
        self._kept += text[: KEPT_CHARACTERS - len(self._kept)]
        self._length += len(text)
        self.lines += text.count("\n")
        return len(text)

    @property
    def text(self) -> str:
        """The kept text, with a last line that says how much more was written."""
        return shortened_output(self._kept, self._length)

    @contextmanager
    def capture(self) -> Iterator[None]:
        """Within this block, capture what this thread prints and displays."""
        thread = get_ident()
        outer = _capture_of_thread.get(thread)
        try:
            _capture_of_thread[thread] = self
            with _replacing:
                if len(_capture_of_thread) == 1 and outer is None:
                    _replace_streams()
            yield
        finally:
            if outer is None:
                _capture_of_thread.pop(thread, None)
            else:
                _capture_of_thread[thread] = outer
            with _replacing:
                if not _capture_of_thread:
                    _restore_streams()


class CapturedCalls:
    """A function whose calls are captured by `output`, of which the text is that of the last."""

    def __init__(self, function: Callable[..., Any], output: CapturedOutput) -> None:
        self._function, self._output = function, output

    def __call__(self, *arguments: Any) -> Any:
        self._output.restart()
        return self._function(*arguments)

    def printed(self) -> str:
        """What the last call printed, shortened."""
        return self._output.text

    def lines_printed(self) -> int:
        """How many lines all calls printed."""
        return self._output.lines


# All threads share the streams and the notebook's publisher, so each thread's capture is kept here.
_capture_of_thread: dict[int, CapturedOutput] = {}
_replacing = Lock()


class _StreamOfThreads:
    """Replaces a stream: writes to the capture of the thread, or to the stream if it has none.

    A logger may keep it after the stream has been restored.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._stream: Any = None

    def replace(self) -> None:
        """Replace the stream in `sys`."""
        present = getattr(sys, self._name)
        if present is not self:
            self._stream = present
            setattr(sys, self._name, self)

    def restore(self) -> None:
        """Put the stream back into `sys`, also if an answer has replaced it."""
        setattr(sys, self._name, self._stream)

    def write(self, text: str) -> int:
        """Write to the capture of this thread, or to the stream."""
        return int((_capture_of_thread.get(get_ident()) or self._stream).write(text))

    def writelines(self, lines: Any) -> None:
        """Write each of `lines`."""
        for line in lines:
            self.write(line)

    def flush(self) -> None:
        """Flush the stream, unless this thread is captured."""
        if get_ident() not in _capture_of_thread:
            self._stream.flush()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


_STREAMS = (_StreamOfThreads("stdout"), _StreamOfThreads("stderr"))


def _replace_streams() -> None:
    """Replace both streams and the notebook's publisher by those that capture."""
    for stream in _STREAMS:
        stream.replace()
    publisher = _publisher()
    if publisher is not None:
        publisher.publish = _publish


def _restore_streams() -> None:
    """Restore both streams and the notebook's publisher."""
    for stream in _STREAMS:
        stream.restore()
    publisher = _publisher()
    if publisher is not None:
        vars(publisher).pop("publish", None)


def notebook_shell() -> Any:
    """IPython's shell, in which a notebook's cells run; None outside a notebook."""
    ipython = sys.modules.get("IPython")
    return ipython.get_ipython() if ipython else None


def _publisher() -> Any:
    """IPython's publisher, which displays pictures in a notebook; None outside a notebook."""
    return getattr(notebook_shell(), "display_pub", None)


def _publish(data: Any, *arguments: Any, **options: Any) -> None:
    """Capture what this thread displays, as text; display it as usual if it is not captured."""
    captured = _capture_of_thread.get(get_ident())
    if captured is not None:
        captured.write(f"{data.get('text/plain', '')}\n")
    else:
        publisher = _publisher()
        type(publisher).publish(publisher, data, *arguments, **options)
