"""Channels: lines to and from a child process, with a deadline and a bound on their length.

There is one over a socket, and one over pipes with a thread that reads. A child that is slow
or has ended becomes an exception. They do not know what the lines mean.
"""

import contextlib
import queue
import socket
import subprocess
import threading
import time
from typing import Protocol

# Longer than any reply of a child: REPLY_LIMIT in student_process/request_handler.py is half of it.
LINE_LIMIT = 2 << 20
SEND_SECONDS = 30.0


class TimedOut(Exception):
    """The child did not answer in time."""


class Gone(Exception):
    """The child ended or broke the protocol before it answered; the message says how."""


class Channel(Protocol):
    """Lines to and from one process."""

    def send(self, line: bytes) -> None:
        """Send a line. Raises OSError if the process has ended."""

    def receive(self, deadline: float) -> bytes:
        """The next line. Raises `TimedOut` or `Gone`."""

    def close(self) -> None:
        """Close our end."""


class SocketChannel:
    """Lines over one end of a socket pair.

    >>> ours, theirs = socket.socketpair()
    >>> theirs.sendall(b"one\\ntwo\\n")
    >>> channel = SocketChannel(ours)
    >>> [channel.receive(time.monotonic() + 1) for _ in range(2)]
    [b'one', b'two']
    >>> theirs.close(), channel.close()
    (None, None)
    """

    def __init__(self, end: socket.socket) -> None:
        self._end = end
        self._rest = bytearray()

    def send(self, line: bytes) -> None:
        # The buffer is finite, and a child that does not read must not block the judge.
        self._end.settimeout(SEND_SECONDS)
        self._end.sendall(line)

    def receive(self, deadline: float) -> bytes:
        while True:
            head, newline, rest = self._rest.partition(b"\n")
            if newline:
                self._rest = rest
                return bytes(head)
            if len(self._rest) > LINE_LIMIT:
                raise Gone("wrote too much to the judge")
            self._rest += self._more(deadline)

    def _more(self, deadline: float) -> bytes:
        """The next bytes, before the deadline."""
        left = deadline - time.monotonic()
        if left <= 0:
            raise TimedOut
        self._end.settimeout(left)
        try:
            more = self._end.recv(1 << 16)
        except TimeoutError:
            raise TimedOut from None
        except OSError:
            more = b""
        if not more:
            raise Gone("ended")
        return more

    def close(self) -> None:
        self._end.close()


class PipeChannel:
    """Lines over a process's standard streams; a thread reads, so that waiting has a limit."""

    def __init__(self, process: "subprocess.Popen[bytes]") -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        self._stdin, self._stdout = process.stdin, process.stdout
        self._lines: queue.Queue[bytes] = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        line = b"start"
        while line:
            try:
                line = self._stdout.readline(LINE_LIMIT)
            except (OSError, ValueError):
                line = b""
            self._lines.put(line)

    def send(self, line: bytes) -> None:
        self._stdin.write(line)
        self._stdin.flush()

    def receive(self, deadline: float) -> bytes:
        try:
            line = self._lines.get(timeout=max(0.0, deadline - time.monotonic()))
        except queue.Empty:
            raise TimedOut from None
        if not line.endswith(b"\n"):
            raise Gone("wrote too much to the judge" if line else "ended")
        return line

    def close(self) -> None:
        for stream in (self._stdin, self._stdout):
            with contextlib.suppress(OSError):
                stream.close()
