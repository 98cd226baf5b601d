"""What the last check of each exercise gave, kept in a small file beside the notebook.

`progress` shows it after the kernel was restarted; nothing else reads it, and the grading never
does. The file is written only by the kernel of a notebook that somebody has open, so notebooks that
are run by a program have the same outputs every time. A file that is damaged or cannot be
written is as good as none.
"""

import json
import os
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import mkstemp
from typing import Any

FILE = ".raftkit-progress.json"
_LONGEST = 100_000  # characters


@dataclass(frozen=True)
class LastCheck:
    """The mark and the points that a check gave, and when that was."""

    mark: str
    points: int
    at: datetime


def last_checks() -> Mapping[str, LastCheck]:
    """What is kept of the exercises, by their numbers; empty without a file."""
    path = _path()
    return {} if path is None else _read(path)


def keep(id: str, last: LastCheck) -> None:
    """Keep what a check gave, if there is a place for it.

    The file is read again, because other notebooks of the folder write it too, and is replaced as
    a whole, so that no reader finds half of it.
    """
    path = _path()
    if path is None:
        return
    checks = {**_read(path), id: last}
    written = {id: [each.mark, each.points, each.at.isoformat()] for id, each in checks.items()}
    with suppress(OSError):
        _replace(path, json.dumps(written, indent=1, sort_keys=True, ensure_ascii=False))


def _path() -> Path | None:
    """The file beside the open notebook; None if this is no notebook that somebody has open."""
    # Jupyter's servers set the first for the kernel of an open notebook, VS Code the second.
    opened = os.environ.get("JPY_SESSION_NAME") or getattr(
        sys.modules["__main__"], "__vsc_ipynb_file__", None
    )
    if not isinstance(opened, str):
        return None
    folder = Path(opened).parent
    return (folder if folder.is_dir() else Path.cwd()) / FILE


def _read(path: Path) -> dict[str, LastCheck]:
    """What a file holds, without what cannot be understood."""
    try:
        with path.open(encoding="utf-8") as file:
            found = json.loads(file.read(_LONGEST))
    except (OSError, ValueError, RecursionError):
        return {}
    checks = found.items() if isinstance(found, dict) else ()
    return {id: last for id, form in checks if (last := _last_check(form)) is not None}


def _last_check(form: Any) -> LastCheck | None:
    """What a check gave, from its form in the file; None if that is damaged."""
    try:
        mark, points, at = form
        if mark in ("✓", "✗", "○") and type(points) is int:
            return LastCheck(mark, points, datetime.fromisoformat(at).astimezone())
    except (TypeError, ValueError, OverflowError, OSError):
        pass
    return None


def _replace(path: Path, text: str) -> None:
    """Write a file as a whole. Raises OSError if it cannot be written."""
    number, new = mkstemp(".new", FILE, path.parent)
    try:
        with os.fdopen(number, "w", encoding="utf-8") as file:
            file.write(text)
        Path(new).replace(path)
    except OSError:
        Path(new).unlink(missing_ok=True)
        raise
