"""Channels: lines to and from a child process, with a bound on their length and on the waiting.

There is one over a socket, and one over pipes with two threads. A child that is slow or has
ended becomes an exception. They do not know what the lines mean, nor what a child computes.
"""

import contextlib
import queue
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from typing import Protocol

# Longer than any reply of a child: REPLY_LIMIT in student_process/request_handler.py is half of it.
LINE_LIMIT = 16 << 20
_TICK = 0.5  # seconds


class TimedOut(Exception):
    """There was no answer within the wide net: the process waits, or was stopped, or lost."""


class Gone(Exception):
    """The child ended or broke the protocol before it answered; the message says how."""


class Net:
    """The wide net: how much longer, by the real clock, this process waits for another one.

    The time for which this process was itself stopped, or the machine asleep, does not count.

    >>> net = Net(0.7)
    >>> next(net.ticks())
    0.5
    """

    def __init__(self, seconds: float) -> None:
        self.left = seconds

    def ticks(self) -> Iterator[float]:
        """Short times to wait, in turn, until none is left."""
        while self.left > 0:
            tick, start = min(_TICK, self.left), time.monotonic()
            try:
                yield tick
            finally:
                self.left -= min(tick, time.monotonic() - start)


class Channel(Protocol):
    """Lines to and from one process."""

    def send(self, line: bytes, net: Net) -> None:
        """Send a line. Raises OSError if the process has ended, or `TimedOut`."""

    def receive(self, net: Net) -> bytes:
        """The next line. Raises `TimedOut` or `Gone`."""

    def close(self) -> None:
        """Close our end."""


class SocketChannel:
    """Lines over one end of a socket pair.

    >>> ours, theirs = socket.socketpair()
    >>> theirs.sendall(b"one\\ntwo\\n")
    >>> channel = SocketChannel(ours)
    >>> [channel.receive(Net(1.0)) for _ in range(2)]
    [b'one', b'two']
    >>> theirs.close(), channel.close()
    (None, None)
    """

    def __init__(self, end: socket.socket) -> None:
        self._end = end
        self._rest = bytearray()

    def send(self, line: bytes, net: Net) -> None:
        # The buffer is finite, and a child that does not read must not block the judge.
        rest = memoryview(line)
        for tick in net.ticks():
            self._end.settimeout(tick)
            with contextlib.suppress(TimeoutError):
                rest = rest[self._end.send(rest) :]
            if not rest:
                return
        raise TimedOut

    def receive(self, net: Net) -> bytes:
        searched = 0
        for tick in net.ticks():
            end = self._rest.find(b"\n", searched)
            if end >= 0:
                line = bytes(self._rest[:end])
                del self._rest[: end + 1]
                return line
            searched = len(self._rest)
            if len(self._rest) > LINE_LIMIT:
                raise Gone("wrote too much to the judge")
            self._rest += self._more(tick)
        raise TimedOut

    def _more(self, tick: float) -> bytes:
        """The next bytes; none if there are none within one tick."""
        self._end.settimeout(tick)
        try:
            more = self._end.recv(1 << 16)
        except TimeoutError:
            return b""
        except OSError:
            more = b""
        if not more:
            raise Gone("ended")
        return more

    def close(self) -> None:
        self._end.close()


class PipeChannel:
    """Lines over a process's standard streams; threads read and write, so that nothing blocks."""

    def __init__(self, process: "subprocess.Popen[bytes]") -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        self._stdin, self._stdout = process.stdin, process.stdout
        self._lines: queue.Queue[bytes] = queue.Queue()
        self._to_send: queue.Queue[bytes] = queue.Queue()
        for work in (self._read, self._write):
            threading.Thread(target=work, daemon=True).start()

    def _read(self) -> None:
        line = b"start"
        while line:
            try:
                line = self._stdout.readline(LINE_LIMIT)
            except (OSError, ValueError):
                line = b""
            self._lines.put(line)

    def _write(self) -> None:
        with contextlib.suppress(OSError, ValueError):
            while line := self._to_send.get():
                self._stdin.write(line)
                self._stdin.flush()
        with contextlib.suppress(OSError):
            self._stdin.close()

    def send(self, line: bytes, net: Net) -> None:
        # A child that does not read it does not answer either.
        self._to_send.put(line)

    def receive(self, net: Net) -> bytes:
        for tick in net.ticks():
            with contextlib.suppress(queue.Empty):
                line = self._lines.get(timeout=tick)
                if not line.endswith(b"\n"):
                    raise Gone("wrote too much to the judge" if line else "ended")
                return line
        raise TimedOut

    def close(self) -> None:
        self._to_send.put(b"")
        with contextlib.suppress(OSError):
            self._stdout.close()
