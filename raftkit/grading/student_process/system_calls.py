"""The filter on a student's process that lets through only the system calls that answers need.

It is a list of what is allowed, so that what nobody has thought of is refused, too: other processes
and signals to them, sockets, shared memory, queues, keys, namespaces, changes of files. A refused
call fails, and the process lives on. Linux only (seccomp), on the processors in `_ARCHITECTURES`.
"""

import ctypes
import platform
import struct
import sys
from collections.abc import Iterator

_ARCHITECTURES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}

# Numbers on x86-64 and on aarch64, which leaves out calls that newer ones have replaced.
_ALLOWED: dict[str, tuple[int, int | None]] = {
    # Reading Python's files, and speaking to the judge over the channel that is open already.
    "read": (0, 63),
    "readv": (19, 65),
    "pread64": (17, 67),
    "write": (1, 64),
    "writev": (20, 66),
    "lseek": (8, 62),
    "open": (2, None),
    "openat": (257, 56),
    "close": (3, 57),
    "dup": (32, 23),
    "dup2": (33, None),
    "dup3": (292, 24),
    "stat": (4, None),
    "lstat": (6, None),
    "fstat": (5, 80),
    "newfstatat": (262, 79),
    "statx": (332, 291),
    "statfs": (137, 43),
    "fstatfs": (138, 44),
    "access": (21, None),
    "faccessat": (269, 48),
    "faccessat2": (439, 439),
    "readlink": (89, None),
    "readlinkat": (267, 78),
    "getdents64": (217, 61),
    "getcwd": (79, 17),
    "fadvise64": (221, 223),
    # Memory, and threads in it.
    "mmap": (9, 222),
    "mprotect": (10, 226),
    "munmap": (11, 215),
    "mremap": (25, 216),
    "madvise": (28, 233),
    "brk": (12, 214),
    "futex": (202, 98),
    "set_robust_list": (273, 99),
    "rseq": (334, 293),
    "set_tid_address": (218, 96),
    "sched_yield": (24, 124),
    "sched_getaffinity": (204, 123),
    "getcpu": (309, 168),
    "arch_prctl": (158, None),
    "exit": (60, 93),
    "exit_group": (231, 94),
    "restart_syscall": (219, 128),
    # Signals that the process sends itself by a timer, or that the system sends it.
    "rt_sigaction": (13, 134),
    "rt_sigprocmask": (14, 135),
    "rt_sigreturn": (15, 139),
    "sigaltstack": (131, 132),
    "setitimer": (38, 103),
    "getitimer": (36, 102),
    "alarm": (37, None),
    # Time, randomness, and who and where the process is.
    "clock_gettime": (228, 113),
    "clock_getres": (229, 114),
    "gettimeofday": (96, 169),
    "time": (201, None),
    "times": (100, 153),
    "getrusage": (98, 165),
    "getrlimit": (97, 163),
    "getrandom": (318, 278),
    "uname": (63, 160),
    "sysinfo": (99, 179),
    "getpid": (39, 172),
    "gettid": (186, 178),
    "getppid": (110, 173),
    "getuid": (102, 174),
    "geteuid": (107, 175),
    "getgid": (104, 176),
    "getegid": (108, 177),
    "getgroups": (115, 158),
    "getresuid": (118, 148),
    "getresgid": (120, 150),
}

# Calls that only wait. They return at once, as if the time were over: no answer needs the time to
# pass, and the judge does not wait for who only sleeps.
_RETURN_AT_ONCE: dict[str, tuple[int, int | None]] = {
    "clock_nanosleep": (230, 115),
    "nanosleep": (35, 101),
    "poll": (7, None),
    "ppoll": (271, 73),
    "select": (23, None),
    "pselect6": (270, 72),
}

# Calls that do many things, of which few are allowed: the number of the argument that says which,
# and its allowed values. Copying descriptors; asking a terminal; the name of a thread.
_ALLOWED_COMMANDS: dict[str, tuple[tuple[int, int], int, tuple[int, ...]]] = {
    "fcntl": ((72, 25), 1, (0, 1, 2, 3, 1030)),
    "ioctl": ((16, 29), 1, (0x5401, 0x5413, 0x5450, 0x5451, 0x802C542A)),
    "prctl": ((157, 167), 0, (15, 16)),
}
_CLONE = (56, 220)
_CLONE_THREAD = 0x10000
# Sharing memory, files and signals, and where a thread's number and storage are.
_OF_A_THREAD = 0x100 | 0x200 | 0x400 | 0x800 | _CLONE_THREAD | 0x40000 | 0x80000 | 0x1700000
_PRLIMIT = (302, 261)

# The newest call when this list was written. Of younger ones the C library knows older forms.
_NEWEST = 450
_CLONE3 = 435

_PR_SET_NO_NEW_PRIVS = 38
_PR_SET_SECCOMP = 22
_SECCOMP_MODE_FILTER = 2
_ALLOW = 0x7FFF0000
_DONE = 0x00050000  # the call does nothing and returns 0
_REFUSE = 0x00050001  # the call fails with EPERM
_NO_SUCH_CALL = 0x00050026  # the call fails with ENOSYS, and the C library uses an older one

_LOAD, _EQUAL, _AT_LEAST, _HAS_BITS, _ANSWER = 0x20, 0x15, 0x35, 0x45, 0x06


def can_filter_calls() -> bool:
    """Whether the numbers of this system's calls are known."""
    return sys.platform == "linux" and platform.machine() in _ARCHITECTURES


def allowed_calls(machine: str) -> frozenset[int]:
    """The numbers of the calls that some arguments get through the filter, on a processor.

    >>> 59 in allowed_calls("x86_64")  # execve
    False
    """
    place = _place(machine)
    numbers = {call[place] for call in (*_ALLOWED.values(), _CLONE, _PRLIMIT)}
    numbers.update(call[place] for call in _RETURN_AT_ONCE.values())
    numbers.update(call[place] for call, _, _ in _ALLOWED_COMMANDS.values())
    return frozenset(number for number in numbers if number is not None)


def allow_only_what_answers_need() -> bool:
    """Refuse this process all other system calls, for good; returns whether that worked.

    It needs no privileges (seccomp(2)). Threads stay allowed, because they end with the process,
    and the memory limit bounds their number.
    """
    if not can_filter_calls():
        return False
    program = b"".join(_program(platform.machine()))
    code = ctypes.create_string_buffer(program, len(program))
    header = struct.pack("HL", len(program) // 8, ctypes.addressof(code))
    library = ctypes.CDLL(None, use_errno=True)
    library.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    filled = ctypes.create_string_buffer(header, len(header))
    done: int = library.prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, filled, 0, 0)
    return done == 0


def _place(machine: str) -> int:
    """Where a processor's number is in a pair of numbers."""
    return tuple(_ARCHITECTURES).index(machine)


# The program for the kernel's packet filter (BPF) ------------------------------------------


def _program(machine: str) -> Iterator[bytes]:
    """The instructions of the filter; each part either answers or goes on with the next."""
    place = _place(machine)
    yield _load(4)
    yield from _unless(_EQUAL, _ARCHITECTURES[machine], _REFUSE)
    yield _load(0)
    # Higher numbers belong to another calling convention of the same processor.
    yield from _if(_AT_LEAST, 0x40000000, _REFUSE)
    yield from _if(_AT_LEAST, _NEWEST + 1, _NO_SUCH_CALL)
    yield from _if(_EQUAL, _CLONE3, _NO_SUCH_CALL)
    for calls, answer in ((_ALLOWED, _ALLOW), (_RETURN_AT_ONCE, _DONE)):
        for call in calls.values():
            number = call[place]
            if number is not None:
                yield from _if(_EQUAL, number, answer)
    for call, argument, values in _ALLOWED_COMMANDS.values():
        tests = [part for value in values for part in _if(_EQUAL, value, _ALLOW)]
        yield from _only_for(call[place], [_load(_low(argument)), *tests])
    yield from _only_for(_CLONE[place], _new_thread())
    yield from _only_for(_PRLIMIT[place], _reading_own_limits())
    yield _answer(_REFUSE)


def _only_for(number: int, parts: list[bytes]) -> Iterator[bytes]:
    """Tests of the arguments of one call, which is refused if none of them allows it."""
    parts = [*parts, _answer(_REFUSE)]
    yield _instruction(_EQUAL, number, 0, len(parts))
    yield from parts


def _new_thread() -> list[bytes]:
    """Only a thread in this process, in the namespaces of this process."""
    return [
        _load(_low(0)),
        *_if(_HAS_BITS, 0xFFFFFFFF ^ _OF_A_THREAD, _REFUSE),
        *_if(_HAS_BITS, _CLONE_THREAD, _ALLOW),
    ]


def _reading_own_limits() -> list[bytes]:
    """Only of this process (0), and without new values (no address)."""
    words = (_low(0), _low(2), _low(2) + 4)
    tests = [part for word in words for part in (_load(word), *_unless(_EQUAL, 0, _REFUSE))]
    return [*tests, _answer(_ALLOW)]


def _if(test: int, value: int, answer: int) -> list[bytes]:
    return [_instruction(test, value, 0, 1), _answer(answer)]


def _unless(test: int, value: int, answer: int) -> list[bytes]:
    return [_instruction(test, value, 1, 0), _answer(answer)]


def _load(offset: int) -> bytes:
    return _instruction(_LOAD, offset)


def _low(argument: int) -> int:
    """Where the lower 32 bits of an argument are, on processors with the lower half first."""
    return 16 + 8 * argument


def _answer(answer: int) -> bytes:
    return _instruction(_ANSWER, answer)


def _instruction(code: int, value: int, then: int = 0, otherwise: int = 0) -> bytes:
    return struct.pack("HBBI", code, then, otherwise, value)
