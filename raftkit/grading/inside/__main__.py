"""Start: `python -s -P PATH/inside/__main__.py zygote FD | single`, by the sandbox alone.

`zygote` stays single-threaded and forks one child for each request on the
control socket FD; `single` is one child that talks over its standard streams,
for systems that cannot fork. The first line from the judge is the kit's cut
source text; the kit's own files are never read here.
"""

import contextlib
import gc
import json
import os
import signal
import socket
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

INSIDE = Path(__file__).resolve().parent
GRADING = "raftkit.grading"


def _without_the_kit() -> None:
    """Make `raftkit.grading.inside` importable without executing `raftkit/__init__.py`."""
    for name, path in (("raftkit", INSIDE.parents[1]), (GRADING, INSIDE.parent)):
        module = ModuleType(name)
        module.__path__ = [str(path)]
        sys.modules[name] = module


if __name__ == "__main__":
    _without_the_kit()

from raftkit.grading.inside import answering, limits, stand_in  # noqa: E402

KIT = INSIDE.parents[1]


class Zygote:
    """Forks children, tells how they ended, and outlives none of them."""

    def __init__(self, control: socket.socket, cpu_seconds: int, memory: int) -> None:
        self.control = control
        self.bounds = (cpu_seconds, memory)
        with control.makefile("rb") as incoming:
            self.values = stand_in.install(json.loads(incoming.readline()))
        self.children: set[int] = set()
        # Every child would otherwise pay for copying what the collector touches.
        gc.collect()
        gc.freeze()

    def serve(self) -> None:
        """Obey the judge until it is gone, then end every child."""
        self._say({"not_enforced": limits.not_enforced(limits.confine_files(KIT))})
        while True:
            text, descriptors, _, _ = socket.recv_fds(self.control, 100, 1)
            if not text:
                break
            if descriptors:
                self._say({"child": self._fork(descriptors[0])})
            else:
                self._say({"ended": self._end(int(text))})
        for child in list(self.children):
            self._end(child)

    def _say(self, reply: Any) -> None:
        """One line to the judge."""
        self.control.sendall(json.dumps(reply).encode() + b"\n")

    def _fork(self, channel: int) -> int:
        """Start a child on its end of a channel; its process id."""
        child = os.fork()
        if child == 0:
            self._be_a_child(channel)
        os.close(channel)
        self.children.add(child)
        return child

    def _be_a_child(self, channel: int) -> None:
        """Serve on `channel` under the limits, and never return into the zygote."""
        try:
            os.setsid()
            self.control.close()
            limits.limit_resources(*self.bounds)
            limits.forbid_calls()
            answering.Answering(self.values).serve(*answering.private_channel(channel, channel))
        finally:
            os._exit(0)

    def _end(self, child: int) -> int:
        """Kill `child` and what it started; its wait status (0 to 255 exit, negative: signal)."""
        self.children.discard(child)
        ended, status = os.waitpid(child, os.WNOHANG)
        # The group outlives its leader, so it is killed in any case.
        for kill in (os.killpg, os.kill):
            with contextlib.suppress(ProcessLookupError, PermissionError):
                kill(child, signal.SIGKILL)
            if ended:
                break
        if not ended:
            _, status = os.waitpid(child, 0)
        return os.waitstatus_to_exitcode(status)


def single() -> None:
    """Be the one child, over pipes."""
    number_in, number_out = os.dup(0), os.dup(1)
    answering.silence()
    channel = answering.private_channel(number_in, number_out)
    values = stand_in.install(json.loads(channel[0]()))
    if os.name == "posix":
        limits.limit_resources(int(sys.argv[2]), int(sys.argv[3]))
    confined = limits.confine_files(KIT)
    limits.forbid_calls()
    channel[1](json.dumps({"not_enforced": limits.not_enforced(confined)}).encode() + b"\n")
    answering.Answering(values).serve(*channel)
    os._exit(0)


def main() -> None:
    """Obey the command line that the sandbox wrote."""
    if sys.argv[1] == "single":
        single()
    else:
        control = socket.socket(fileno=int(sys.argv[4]))
        answering.silence()
        Zygote(control, int(sys.argv[2]), int(sys.argv[3])).serve()


if __name__ == "__main__":
    main()
