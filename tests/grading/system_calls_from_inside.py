"""Started by test_walls.py: makes system calls behind the filter, prints which get through.

Each call is made by a child of its own, since some of them end whoever makes them.
"""

import ctypes
import errno
import json
import os
import signal
import sys
from collections.abc import Iterable

from raftkit.grading.student_process.system_calls import allow_only_what_answers_need

FCNTL, IOCTL, PRCTL = {"x86_64": (72, 16, 157), "aarch64": (25, 29, 167)}[os.uname().machine]
CLONE, PRLIMIT, FUTEX = {"x86_64": (56, 302, 202), "aarch64": (220, 261, 98)}[os.uname().machine]
NO_FILE = -1
TCGETS2, TIOCSTI = 0x802C542A, 0x5412
OF_A_THREAD = 0x3D0F00
NEW_NAMESPACES = (0x20000, 0x2000000, 0x4000000, 0x8000000, 0x10000000, 0x20000000, 0x40000000)

library = ctypes.CDLL(None, use_errno=True)
library.syscall.restype = ctypes.c_long


def is_refused(number: int, *arguments: int) -> bool:
    """Whether the filter refuses a call. Wrong arguments that get through have other errors."""
    ctypes.set_errno(0)
    words = [ctypes.c_ulong(each & (1 << 64) - 1) for each in arguments]
    returned = library.syscall(ctypes.c_long(number), *words)
    return returned == -1 and ctypes.get_errno() in (errno.EPERM, errno.ENOSYS)


def gets_through(number: int, *arguments: int) -> bool:
    """Whether a call gets through, if a new process makes it; one that dies of it has made it."""
    child = os.fork()
    if child == 0:
        signal.alarm(20)
        allow_only_what_answers_need()
        os._exit(3 if is_refused(number, *arguments) else 0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) != 3


def commands_that_get_through(calls: Iterable[tuple[int, ...]]) -> list[tuple[int, ...]]:
    """Those of many calls, none of which ends its process, that get through."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        allow_only_what_answers_need()
        found = [call for call in calls if not is_refused(*call)]
        os.write(writing, json.dumps(found).encode())
        os._exit(0)
    os.close(writing)
    with open(reading) as text:
        found = json.load(text)
    os.waitpid(child, 0)
    return [tuple(call) for call in found]


def main() -> None:
    """Print what gets through, in JSON."""
    wrong = (-1,) * 6
    numbers = [n for n in range(1000) if n != FUTEX and gets_through(n, *wrong)]
    other = [n for n in (0x40000000, 0x40000001, 0x4000003B, -1) if gets_through(n, *wrong)]
    fcntl = commands_that_get_through((FCNTL, NO_FILE, command, 0) for command in range(5000))
    requests = (*range(1 << 16), TCGETS2, TIOCSTI | 1 << 31)
    ioctl = commands_that_get_through((IOCTL, NO_FILE, request, 0) for request in requests)
    prctl = commands_that_get_through((PRCTL, option, 0, 0, 0, 0) for option in range(5000))
    print(
        json.dumps(
            {
                "numbers": numbers,
                "other": other,
                "fcntl": [command for _, _, command, _ in fcntl],
                "ioctl": [command for _, _, command, _ in ioctl],
                "prctl": [option for _, option, *_ in prctl],
                "thread and own limits": [
                    gets_through(CLONE, OF_A_THREAD, 0, 0, 0, 0),
                    gets_through(PRLIMIT, 0, 7, 0, 0),
                ],
                "process and limits of others": [
                    gets_through(CLONE, signal.SIGCHLD, 0, 0, 0, 0),
                    gets_through(PRLIMIT, 0, 7, 1 << 32, 0),
                    gets_through(PRLIMIT, os.getppid(), 7, 0, 0),
                ],
                "namespaces": [
                    bit for bit in NEW_NAMESPACES if gets_through(CLONE, OF_A_THREAD | bit, 0, 0, 0)
                ],
            }
        )
    )
    sys.stdout.flush()


if __name__ == "__main__":
    main()
