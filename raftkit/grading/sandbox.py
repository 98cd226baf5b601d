"""`Sandbox`: starts, asks and ends the limited processes in which students' code runs.

If the system can fork, children are forked from one single-threaded process, the zygote (about
1 ms each); otherwise each is a new Python over pipes. A child that computes too long, is silent
or dead becomes an exception here. Nothing that a child sends is trusted.
"""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from raftkit.grading.channels import Channel, Gone, Net, PipeChannel, SocketChannel, TimedOut
from raftkit.grading.student_process.limits import CHANNEL_IS_BROKEN, CPU_TIME_IS_UP
from raftkit.grading.student_process.strip_reference import stripped_sources

Json = Any

PROGRAM = Path(__file__).resolve().parent / "student_process" / "__main__.py"

# In one reply. The judge takes many times the bytes for each that a forger does. The largest reply
# of a right answer has some 25,000.
_PARTS_AT_MOST = 1_000_000


@dataclass(frozen=True)
class Limits:
    """The limits of a student's code, in seconds of CPU time and bytes of memory.

    `net_seconds` alone is real time: that of the wide net for what waits instead of computing. A
    busy machine may drive anybody into it, so who falls into it is graded again, alone.
    """

    call_seconds: float = 2.0
    cell_seconds: float = 5.0
    exercise_seconds: float = 60.0
    net_seconds: float = 60.0
    memory: int = 1 << 30

    @property
    def cpu_seconds(self) -> int:
        """The CPU time of a whole child, far above the other limits, in case those fail."""
        return int(10 * (self.cell_seconds + self.exercise_seconds))

    @classmethod
    def for_calls(cls, seconds: float) -> Self:
        """Limits for calls of at most `seconds`, and in proportion for everything longer.

        >>> Limits.for_calls(2.0) == Limits()
        True
        """
        return cls(seconds, 2.5 * seconds, 30 * seconds, 30 * seconds)


class SandboxError(Exception):
    """The sandbox does not work on this machine; it is no error of the student's."""


class OutOfTime(Exception):
    """The child computed longer than it may."""


class Child:
    """One process with one student's code in it."""

    def __init__(self, channel: Channel, end: Callable[[], int], net_seconds: float) -> None:
        self._channel = channel
        self._end = end
        self._net_seconds = net_seconds
        self._number = 0
        self._status: int | None = None
        self.cpu_seconds = 0.0  # its CPU time so far, as it reports it itself
        self.waited = 0.0  # seconds of real time for which the judge has waited for it
        self.sent = 0  # bytes of its replies

    def ask(self, request: dict[str, Json], seconds: float) -> dict[str, Json]:
        """The child's reply, for which it may compute so many seconds.

        Raises `OutOfTime`, `TimedOut`, or `Gone` with a predicate such as "wrote too much".
        After each of them the child has ended.
        """
        try:
            return self._checked(self._exchanged({"seconds": seconds, **request}))
        except Gone as gone:
            status = self.end()
            if str(gone) != "ended":
                raise
            if status == CPU_TIME_IS_UP:
                raise OutOfTime from None
            raise Gone(ending(status)) from None
        except TimedOut:
            self.end()
            raise

    def _exchanged(self, request: dict[str, Json]) -> bytes:
        """The line that answers a request."""
        self._number += 1
        line = _encode({"number": self._number, **request}).encode() + b"\n"
        net = Net(self._net_seconds)
        try:
            self._channel.send(line, net)
            return self._channel.receive(net)
        except OSError:
            raise Gone("ended") from None
        finally:
            self.waited += self._net_seconds - net.left

    def _checked(self, line: bytes) -> dict[str, Json]:
        """The reply in a line. Raises `Gone` if it does not belong to the latest request."""
        self.sent += len(line)
        if line.count(b",") > _PARTS_AT_MOST:
            raise Gone("wrote too much to the judge")
        try:
            reply = _decode(line.decode())
        except (ValueError, RecursionError):
            raise Gone("wrote to the judge's channel") from None
        if not isinstance(reply, dict) or reply.get("number") != self._number:
            raise Gone("wrote to the judge's channel")
        cpu_seconds = reply.get("cpu")
        if isinstance(cpu_seconds, float):
            self.cpu_seconds = max(self.cpu_seconds, cpu_seconds)
        return reply

    def end(self) -> int:
        """End the process and all that it started; returns how it ended, if it had by itself."""
        if self._status is None:
            # The process first, because a thread that waits for its next line blocks the stream.
            self._status = self._end()
            self._channel.close()
        return self._status


def _refuse(constant: str) -> None:
    """Refuse NaN and Infinity, which Python reads although JSON does not have them."""
    raise ValueError(f"{constant} is not a number")


# Made once, because json.loads with these options would make a decoder for each call.
_encode = json.JSONEncoder(separators=(",", ":")).encode
_decode = json.JSONDecoder(parse_constant=_refuse).decode


def ending(status: int) -> str:
    """An exit status in words; a negative one is minus the signal that ended the process.

    >>> ending(3), ending(-11)
    ('ended the Python process with exit status 3', 'crashed the Python process (SIGSEGV)')
    """
    if status == CHANNEL_IS_BROKEN:
        return "broke off the connection to the judge"
    if status >= 0:
        return f"ended the Python process with exit status {status}"
    try:
        name = signal.Signals(-status).name
    except ValueError:
        name = f"signal {-status}"
    if name == "SIGXCPU":
        return "used up the processor time"
    return f"crashed the Python process ({name})"


class Sandbox:
    """Starts processes for students' code; use it in a `with` statement.

    `forks` says whether children are forked from a zygote; by default they are if the system can.
    The children's empty folder is made in `place`, by default among the temporary files.
    """

    def __init__(
        self, limits: Limits | None = None, forks: bool | None = None, place: str | None = None
    ) -> None:
        self.limits = limits or Limits()
        self.not_enforced: tuple[str, ...] = ()
        # How often something fell into the wide net: who is graded meanwhile must be so again.
        self.timeouts = 0
        self._forks = hasattr(os, "fork") if forks is None else forks
        self._place = tempfile.TemporaryDirectory(
            prefix="raftkit-", dir=place, ignore_cleanup_errors=True
        )
        self._zygote: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None
        self._replies: SocketChannel | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def child(self) -> Child:
        """A new child. Raises `SandboxError`."""
        return self._forked() if self._forks else self._spawned()

    def close(self) -> None:
        """End everything that was started here."""
        self._stop_zygote()
        self._place.cleanup()

    # Forked ----------------------------------------------------------------------------

    def _forked(self) -> Child:
        """A new child of the zygote, which is started if it is not running."""
        ours, theirs = socket.socketpair()
        with theirs:
            try:
                number = self._child_from_zygote(theirs)
            except (OSError, ValueError, TimedOut):
                # The zygote has ended, for any reason; a new one takes 100 ms.
                self._stop_zygote()
                number = self._child_from_zygote(theirs)
        net_seconds = self.limits.net_seconds
        return Child(SocketChannel(ours), lambda: self._end_forked(number), net_seconds)

    def _child_from_zygote(self, channel: socket.socket) -> int:
        """The process id of a new child; it has the other end of `channel`."""
        control = self._control or self._start_zygote()
        socket.send_fds(control, [b"fork"], [channel.fileno()])
        return int(self._reply_of_zygote()["child"])

    def _end_forked(self, number: int) -> int:
        """Let the zygote end a child; returns the exit status."""
        try:
            assert self._control is not None
            self._control.sendall(str(number).encode())
            return int(self._reply_of_zygote()["ended"])
        except (OSError, ValueError, AssertionError, TimedOut):
            self._stop_zygote()
            return -signal.SIGKILL

    def _start_zygote(self) -> socket.socket:
        """Start the zygote, and read from it which limits it cannot enforce."""
        ours, theirs = socket.socketpair()
        with theirs:
            self._zygote = self._popen(
                ["zygote", *self._bounds(), str(theirs.fileno())], pass_fds=[theirs.fileno()]
            )
        self._control, self._replies = ours, SocketChannel(ours)
        try:
            self._replies.send(_first_line(), Net(self.limits.net_seconds))
            self.not_enforced = tuple(self._reply_of_zygote()["not_enforced"])
        except (OSError, ValueError, TimedOut):
            raise SandboxError("the process that runs students' code does not start") from None
        return ours

    def _reply_of_zygote(self) -> dict[str, Json]:
        """The zygote's next line. Raises OSError, ValueError or `TimedOut` if there is none."""
        assert self._replies is not None
        try:
            reply: dict[str, Json] = json.loads(self._replies.receive(Net(self.limits.net_seconds)))
        except Gone:
            raise ConnectionError("the zygote is gone") from None
        except TimedOut:
            self.timeouts += 1
            raise
        return reply

    def _stop_zygote(self) -> None:
        """Close the zygote's socket, so that it ends itself and all its children."""
        if self._control is not None:
            self._control.close()
        if self._zygote is not None:
            try:
                self._zygote.wait(timeout=2)
            except subprocess.TimeoutExpired:
                self._zygote.kill()
                self._zygote.wait()
        self._control = self._replies = self._zygote = None

    # Spawned ---------------------------------------------------------------------------

    def _spawned(self) -> Child:
        """A new child that is a new Python, for systems that cannot fork."""
        process = self._popen(["single", *self._bounds()], pipes=True)
        channel = PipeChannel(process)
        try:
            net = Net(self.limits.net_seconds)
            channel.send(_first_line(), net)
            ready = json.loads(channel.receive(net))
        except (TimedOut, Gone, OSError, ValueError) as problem:
            self.timeouts += isinstance(problem, TimedOut)
            process.kill()
            raise SandboxError("the process that runs students' code does not start") from None
        self.not_enforced = tuple(ready["not_enforced"])
        return Child(channel, lambda: _end_spawned(process), self.limits.net_seconds)

    # Both ------------------------------------------------------------------------------

    def _bounds(self) -> list[str]:
        """The limits that the child puts on itself, as arguments of its program."""
        return [str(self.limits.cpu_seconds), str(self.limits.memory)]

    def _popen(
        self, arguments: list[str], pipes: bool = False, pass_fds: tuple[int, ...] | list[int] = ()
    ) -> "subprocess.Popen[bytes]":
        """Start the program in an empty folder, with few environment variables."""
        stream = subprocess.PIPE if pipes else subprocess.DEVNULL
        group: dict[str, Any] = {"start_new_session": True} if os.name == "posix" else {}
        if pass_fds:
            group["pass_fds"] = pass_fds
        return subprocess.Popen(
            [sys.executable, "-s", "-P", "-X", "utf8", str(PROGRAM), *arguments],
            stdin=stream,
            stdout=stream,
            stderr=subprocess.DEVNULL,
            cwd=self._place.name,
            env=_environment(),
            **group,
        )


def _first_line() -> bytes:
    """The first line for a new program: the value types, without the reference."""
    return _encode(stripped_sources()).encode() + b"\n"


def _environment() -> dict[str, str]:
    """The environment variables that Python needs, and no others of the teacher's."""
    needed = ("PATH", "SYSTEMROOT", "TEMP", "TMP", "LANG", "LC_ALL")
    # With it, sets of texts have one order everywhere, so that grading again gives the same points.
    own = {"PYTHONHASHSEED": "0"}
    return own | {name: os.environ[name] for name in needed if name in os.environ}


def _end_spawned(process: "subprocess.Popen[bytes]") -> int:
    """End a child and its group; returns the exit status."""
    ended = process.poll()
    if os.name == "posix":
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
    else:
        process.kill()
    status = process.wait()
    if ended is not None:
        return ended
    killed = -signal.SIGKILL if os.name == "posix" else 1
    return CHANNEL_IS_BROKEN if status == killed else status
