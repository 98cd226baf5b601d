"""Makes and updates the student's copy of the course; it never overwrites a student's work.

A hidden file in the copy, the manifest, holds a digest of each file that the kit wrote last.
So a file that the student has not changed can be replaced by a newer one. A notebook that was
only run is not changed, because a student writes only the texts of its cells. It does not
know in which folder a copy is.
"""

import errno
import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

MANIFEST = ".raftkit-course.json"


@dataclass(frozen=True)
class Update:
    """What an update did to each file, by its path within the course."""

    new: list[str] = field(default_factory=list)
    updated: list[str] = field(default_factory=list)
    left_alone: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class FileVersion:
    """A version of a file: the digest of its bytes, and that of the text a person wrote in it."""

    file: str
    text: str

    @classmethod
    def of(cls, content: bytes) -> "FileVersion":
        """The version with this content.

        >>> run = b'{"cells": [{"cell_type": "code", "source": "1", "outputs": [1]}]}'
        >>> fresh = b'{"cells": [{"cell_type": "code", "source": ["1"], "outputs": []}]}'
        >>> after, before = FileVersion.of(run), FileVersion.of(fresh)
        >>> after.text == before.text, after == before
        (True, False)
        """
        return cls(_digest(content), _digest(_written_in(content)))

    def is_untouched(self, last: "FileVersion") -> bool:
        """Whether the student wrote nothing in this file since the kit wrote `last`."""
        return self.file == last.file or self.text == last.text


def is_copy(folder: Path) -> bool:
    """Whether the kit has made a copy in this folder."""
    return (folder / MANIFEST).is_file()


def bring_up_to_date(folder: Path, files: Mapping[str, Path]) -> Update:
    """Put the newest version of every file into `folder`, unless the student changed it.

    `files` are the kit's, by their paths within the course. Raises OSError if the folder cannot
    be written to, even if there is nothing to write, because the student could not save there.
    """
    folder.mkdir(parents=True, exist_ok=True)
    if not os.access(folder, os.W_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(folder))
    earlier = _read_manifest(folder)
    last, update = dict(earlier), Update()
    for name, source in files.items():
        content = source.read_bytes()
        if _update_file(folder / name, content, last.get(name), name, update):
            last[name] = FileVersion.of(content)
    if last != earlier:
        _write_manifest(folder, last)
    return update


def _update_file(
    target: Path, content: bytes, last: FileVersion | None, name: str, update: Update
) -> bool:
    """Update one file, and record that in `update`; whether `target` now has the newest version."""
    newest = FileVersion.of(content)
    if not os.path.lexists(target):
        update.new.append(name)
    elif last == newest:
        return True  # The kit has no newer version, so the student's file stays.
    else:
        there = FileVersion.of(target.read_bytes()) if target.is_file() else None
        if there and there.text == newest.text and not (last and there.is_untouched(last)):
            return True
        if not (there and last and there.is_untouched(last)):
            update.left_alone.append(name)
            return False
        update.updated.append(name)
    _write(target, content)
    return True


def _written_in(content: bytes) -> bytes:
    """The text that a person writes in a file: of a notebook its cells' texts, else every byte.

    Jupyter writes the outputs, and adds an empty cell when the last one is run.
    """
    try:
        cells = json.loads(content)["cells"]
        texts = [(cell["cell_type"], "".join(cell["source"])) for cell in cells]
    except (ValueError, TypeError, KeyError, RecursionError):
        return content
    return json.dumps([pair for pair in texts if pair[1].strip()]).encode()


def _digest(content: bytes) -> str:
    """The digest of these bytes."""
    return hashlib.sha256(content).hexdigest()


def _write(target: Path, content: bytes) -> None:
    """Write a file so that it is either complete or not there."""
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(f".{target.name}.part")
    try:
        part.write_bytes(content)
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)


def _read_manifest(folder: Path) -> dict[str, FileVersion]:
    """The versions that the kit wrote last; {} if not known, so that no file is replaced."""
    try:
        files: Any = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))["files"]
        return {name: FileVersion(**version) for name, version in files.items()}
    except (FileNotFoundError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return {}


def _write_manifest(folder: Path, last: Mapping[str, FileVersion]) -> None:
    """Store the versions that the kit wrote last."""
    content = {"files": {name: vars(version) for name, version in sorted(last.items())}}
    _write(folder / MANIFEST, json.dumps(content, indent=1).encode())
