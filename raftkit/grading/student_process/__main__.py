"""Start: `python -s -P PATH/student_process/__main__.py zygote FD | single`, by the sandbox alone.

`zygote` stays single-threaded and forks one child for each request on the control socket FD.
`single` is one child that communicates over its standard streams, for systems that cannot
fork. The first line from the judge is the kit's source text without the reference rules; the
kit's files are never read here.
"""

import contextlib
import gc
import json
import os
import signal
import socket
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

INSIDE = Path(__file__).resolve().parent
GRADING = "raftkit.grading"


def _without_the_kit() -> None:
    """Make `raftkit.grading.student_process` importable without executing `raftkit/__init__.py`."""
    for name, path in (("raftkit", INSIDE.parents[1]), (GRADING, INSIDE.parent)):
        module = ModuleType(name)
        module.__path__ = [str(path)]
        sys.modules[name] = module


if __name__ == "__main__":
    _without_the_kit()

from raftkit.grading.student_process import request_handler, stand_in  # noqa: E402
from raftkit.grading.student_process.limits import (  # noqa: E402
    CHANNEL_IS_BROKEN,
    limit_resources,
    not_enforced,
)
from raftkit.grading.student_process.namespaces import enter_own_namespaces  # noqa: E402
from raftkit.grading.student_process.readable_files import confine_files  # noqa: E402
from raftkit.grading.student_process.system_calls import (  # noqa: E402
    allow_only_what_answers_need,
    can_filter_calls,
)

KIT = INSIDE.parents[1]


class Zygote:
    """Forks children for the judge, ends them, and reports how they ended."""

    def __init__(self, control: socket.socket, cpu_seconds: int, memory: int) -> None:
        self.control = control
        self.bounds = (cpu_seconds, memory)
        with control.makefile("rb") as incoming:
            self.values = stand_in.install(json.loads(incoming.readline()))
        self.children: set[int] = set()
        self.filters_calls = False
        # The collector writes to objects, and a child would have to copy their memory. Frozen
        # objects are not collected.
        gc.collect()
        gc.freeze()

    def serve(self) -> None:
        """Carry out the judge's requests until the socket is closed, then end every child."""
        own_namespaces = enter_own_namespaces()
        self.filters_calls = _works_in_a_child(allow_only_what_answers_need)
        missing = not_enforced(self.filters_calls, confine_files(KIT), own_namespaces)
        self._say({"not_enforced": missing})
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
        """Send one line to the judge."""
        self.control.sendall(json.dumps(reply).encode() + b"\n")

    def _fork(self, channel: int) -> int:
        """Start a child on its end of a channel; returns its process id."""
        child = os.fork()
        if child == 0:
            self._run_child(channel)
        os.close(channel)
        self.children.add(child)
        return child

    def _run_child(self, channel: int) -> None:
        """Answer requests on `channel` under the limits; never return into the zygote's code."""
        try:
            os.setsid()
            self.control.close()
            limit_resources(*self.bounds, self.filters_calls)
            allow_only_what_answers_need()
            request_handler.RequestHandler(self.values).serve(
                *request_handler.private_channel(channel, channel)
            )
            os._exit(0)
        finally:
            os._exit(CHANNEL_IS_BROKEN)

    def _end(self, child: int) -> int:
        """Kill `child` and its group; returns its exit status, or minus a signal's number.

        One that has to be killed had not ended: if the judge saw it end, its channel was closed.
        """
        self.children.discard(child)
        ended, status = os.waitpid(child, os.WNOHANG)
        # The group may outlive its leader, so it is killed in any case.
        for kill in (os.killpg, os.kill):
            with contextlib.suppress(ProcessLookupError, PermissionError):
                kill(child, signal.SIGKILL)
            if ended:
                break
        if not ended:
            _, status = os.waitpid(child, 0)
        status = os.waitstatus_to_exitcode(status)
        return CHANNEL_IS_BROKEN if not ended and status == -signal.SIGKILL else status


def _works_in_a_child(limit: Callable[[], bool]) -> bool:
    """Whether a limit that holds for good can be set here."""
    child = os.fork()
    if child == 0:
        os._exit(0 if limit() else 1)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def single() -> None:
    """Run as the only child, over pipes."""
    number_in, number_out = os.dup(0), os.dup(1)
    request_handler.silence()
    channel = request_handler.private_channel(number_in, number_out)
    values = stand_in.install(json.loads(channel[0]()))
    if os.name == "posix":
        limit_resources(int(sys.argv[2]), int(sys.argv[3]), can_filter_calls())
    confined_files = confine_files(KIT)
    missing = not_enforced(allow_only_what_answers_need(), confined_files, own_namespaces=False)
    channel[1](json.dumps({"not_enforced": missing}).encode() + b"\n")
    try:
        request_handler.RequestHandler(values).serve(*channel)
        os._exit(0)
    finally:
        os._exit(CHANNEL_IS_BROKEN)


def main() -> None:
    """Run as the command line says, which the sandbox wrote."""
    if sys.argv[1] == "single":
        single()
    else:
        control = socket.socket(fileno=int(sys.argv[4]))
        request_handler.silence()
        Zygote(control, int(sys.argv[2]), int(sys.argv[3])).serve()


if __name__ == "__main__":
    main()
