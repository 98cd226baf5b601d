"""Landlock: a student's process may read only Python's files, and write none (Linux).

Which files those are, and how the kernel is told, is known here alone.
"""

import ctypes
import os
import struct
import sys
import sysconfig
from pathlib import Path

_PR_SET_NO_NEW_PRIVS = 38
_LANDLOCK_CREATE, _LANDLOCK_ADD, _LANDLOCK_RESTRICT = 444, 445, 446
_READ = 0b1101  # execute, read a file, list a directory
_READ_FILE, _WRITE_FILE = 0b100, 0b10


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
    """The paths of Python and the system's libraries, without `kit` and other copies of it."""
    # Not sys.path, because an editable install adds the whole repository to it.
    own = sysconfig.get_paths()
    places = [own[name] for name in ("stdlib", "platstdlib", "purelib", "platlib")]
    packages = [*places, "/usr/lib/python3/dist-packages"]
    kits = {kit, *(Path(place, kit.name).resolve() for place in packages)}
    places += ["/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/share/zoneinfo"]
    places += ["/etc/localtime", "/dev/urandom", "."]
    found: list[Path] = []
    for place in dict.fromkeys(places):
        path = Path(place).resolve()
        if path.exists():
            found += _without(path, kits)
    return found


def _without(path: Path, kits: set[Path]) -> list[Path]:
    """`path`, or if one of `kits` is inside it, everything in it but those."""
    if path in kits:
        return []
    if not any(path in kit.parents and kit.exists() for kit in kits):
        return [path]
    return [part for entry in path.iterdir() for part in _without(entry.resolve(), kits)]


def _allow(library: ctypes.CDLL, ruleset: int, path: Path, access: int) -> None:
    """Add a path to a Landlock ruleset; one that cannot be opened stays forbidden."""
    try:
        opened = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    rule = struct.pack("=Qi", access, opened)
    library.syscall(_LANDLOCK_ADD, ruleset, 1, rule, 0)
    os.close(opened)
