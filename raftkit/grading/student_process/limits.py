"""The limits that the operating system puts on a student's process.

There are resource limits on every POSIX system, and on Linux also a filter on system calls (no
new process, no network, no signal to others) and Landlock (it may read only Python's files,
and write none). `not_enforced` says which limits this system does not have.
"""

import contextlib
import ctypes
import os
import platform
import struct
import sys
import sysconfig
from pathlib import Path

MEGABYTE = 1 << 20

_ARCHITECTURE = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}

# Forbidden system calls by number: new programs, sockets, signals to other processes and their
# limits, the system's settings, and those changes of files that Landlock does not control.
_FORBIDDEN = {
    "x86_64": (
        *(57, 58, 59, 322, 41, 42, 49, 50, 62, 200, 234, 129, 297, 424, 434, 101, 310, 311),
        *(302, 160, 425, 272, 308, 321, 298, 165, 166, 161, 155, 169, 170, 164, 227, 141, 250),
        *(90, 91, 268, 452, 92, 93, 94, 260, 132, 235, 280, 188, 189, 190, 175, 313, 246),
    ),
    "aarch64": (
        *(221, 281, 198, 203, 200, 201, 129, 130, 131, 138, 240, 424, 434, 117, 270, 271),
        *(261, 164, 425, 97, 268, 280, 241, 40, 39, 51, 41, 142, 161, 170, 112, 140, 219),
        *(52, 53, 452, 54, 55, 88, 5, 6, 7, 105, 273, 104),
    ),
}
_CLONE = {"x86_64": 56, "aarch64": 220}
_CLONE3 = 435
_CLONE_THREAD = 0x10000

_PR_SET_NO_NEW_PRIVS = 38
_PR_SET_SECCOMP = 22
_SECCOMP_MODE_FILTER = 2
_ALLOW = 0x7FFF0000
_REFUSE = 0x00050001  # the call fails with EPERM
_NO_SUCH_CALL = 0x00050026  # the call fails with ENOSYS, and the C library uses an older one

_LANDLOCK_CREATE, _LANDLOCK_ADD, _LANDLOCK_RESTRICT = 444, 445, 446
_READ = 0b1101  # execute, read a file, list a directory
_READ_FILE, _WRITE_FILE = 0b100, 0b10


def limit_resources(cpu_seconds: int, memory: int) -> None:
    """Limit this process's processor time, memory in bytes, files and processes, for good."""
    import resource

    wanted = {
        "RLIMIT_CPU": cpu_seconds,
        "RLIMIT_AS": memory,
        "RLIMIT_FSIZE": 0,
        "RLIMIT_NOFILE": 64,
        "RLIMIT_CORE": 0,
    }
    if not _filters_calls():
        # This limit counts all processes of the user, so 0 forbids every new one.
        wanted["RLIMIT_NPROC"] = 0
    for name, value in wanted.items():
        number = getattr(resource, name, None)
        if number is not None:
            _lower(number, value)


def _lower(number: int, value: int) -> None:
    """Set both bounds of a limit, so that the process cannot raise it again."""
    import resource

    _, hard = resource.getrlimit(number)
    bound = value if hard == resource.RLIM_INFINITY else min(value, hard)
    # Some systems have a limit and refuse to set it.
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(number, (bound, bound))


def not_enforced(confined_files: bool) -> list[str]:
    """The limits that this system does not enforce, each in words.

    The teacher reads them, and decides whether a container or a spare machine is needed.
    """
    missing = []
    if not _filters_calls():
        missing.append("no network isolation")
    if not confined_files:
        missing.append("files that you can read are readable for submissions too")
    if sys.platform != "linux":
        missing.append("no memory limit")
    if os.name != "posix":
        missing.append("no limit on processes and files")
    return missing


def _filters_calls() -> bool:
    """Whether system calls can be filtered here; the numbers differ by processor."""
    return sys.platform == "linux" and platform.machine() in _FORBIDDEN


# System calls ----------------------------------------------------------------------------


def forbid_calls() -> bool:
    """Forbid this process new processes, sockets and signals; returns whether that worked.

    The filter cannot be removed again, and needs no privileges (seccomp(2)). Threads stay
    allowed, because they end with the process, and the memory limit bounds their number.
    """
    if not _filters_calls():
        return False
    program = _program(platform.machine())
    code = ctypes.create_string_buffer(program, len(program))
    header = struct.pack("HL", len(program) // 8, ctypes.addressof(code))
    library = ctypes.CDLL(None, use_errno=True)
    library.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    filled = ctypes.create_string_buffer(header, len(header))
    done: int = library.prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, filled, 0, 0)
    return done == 0


def _program(machine: str) -> bytes:
    """The filter as a program of the kernel's packet filter (BPF)."""
    load, equal, at_least, has_bits, answer = 0x20, 0x15, 0x35, 0x45, 0x06

    def instruction(code: int, value: int, then: int = 0, otherwise: int = 0) -> bytes:
        return struct.pack("HBBI", code, then, otherwise, value)

    parts = [
        instruction(load, 4),
        instruction(equal, _ARCHITECTURE[machine], 1, 0),
        instruction(answer, _REFUSE),
        instruction(load, 0),
        # Higher numbers belong to another calling convention of the same processor.
        instruction(at_least, 0x40000000, 0, 1),
        instruction(answer, _REFUSE),
        instruction(equal, _CLONE3, 0, 1),
        instruction(answer, _NO_SUCH_CALL),
    ]
    for number in _FORBIDDEN[machine]:
        parts += [instruction(equal, number, 0, 1), instruction(answer, _REFUSE)]
    parts += [
        instruction(equal, _CLONE[machine], 1, 0),
        instruction(answer, _ALLOW),
        instruction(load, 16),
        instruction(has_bits, _CLONE_THREAD, 1, 0),
        instruction(answer, _REFUSE),
        instruction(answer, _ALLOW),
    ]
    return b"".join(parts)


# Files -----------------------------------------------------------------------------------


def confine_files(kit: Path) -> bool:
    """Let this process read only Python's files and write none; returns whether that worked.

    `kit` is the package with the reference in it, which it may not read.
    """
    if sys.platform != "linux":
        return False
    library = ctypes.CDLL(None, use_errno=True)
    library.syscall.restype = ctypes.c_long
    version = library.syscall(_LANDLOCK_CREATE, None, 0, 1)
    if version < 1:
        return False
    handled = struct.pack("Q", _handled(version))
    ruleset = library.syscall(_LANDLOCK_CREATE, handled, len(handled), 0)
    if ruleset < 0:
        return False
    for path in _readable(kit):
        _allow(library, ruleset, path, _READ if path.is_dir() else _READ_FILE)
    _allow(library, ruleset, Path(os.devnull), _READ_FILE | _WRITE_FILE)
    library.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    done: int = library.syscall(_LANDLOCK_RESTRICT, ruleset, 0)
    os.close(ruleset)
    return done == 0


def _handled(version: int) -> int:
    """The bits of every kind of access to files that this version of Landlock can forbid.

    Version 1 has thirteen; version 2 added moving files, 3 truncating, 5 control of devices.
    """
    return (1 << (13 if version == 1 else 14 if version == 2 else 15 if version < 5 else 16)) - 1


def _readable(kit: Path) -> list[Path]:
    """The paths of Python and the system's libraries, without `kit`."""
    # Not sys.path, because an editable install adds the whole repository to it.
    own = sysconfig.get_paths()
    places = [own[name] for name in ("stdlib", "platstdlib", "purelib", "platlib")]
    places += ["/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/share/zoneinfo"]
    places += ["/etc/localtime", "/dev/urandom", "."]
    found: list[Path] = []
    for place in dict.fromkeys(places):
        path = Path(place).resolve()
        if path.exists():
            found += _without(path, kit)
    return found


def _without(path: Path, kit: Path) -> list[Path]:
    """`path`, or if `kit` is inside it, everything in it but `kit`."""
    if path == kit:
        return []
    if path not in kit.parents:
        return [path]
    return [part for entry in path.iterdir() for part in _without(entry.resolve(), kit)]


def _allow(library: ctypes.CDLL, ruleset: int, path: Path, access: int) -> None:
    """Add a path to a Landlock ruleset; one that cannot be opened stays forbidden."""
    try:
        opened = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    rule = struct.pack("=Qi", access, opened)
    library.syscall(_LANDLOCK_ADD, ruleset, 1, rule, 0)
    os.close(opened)
