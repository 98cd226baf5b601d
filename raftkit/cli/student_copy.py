"""The student's own copy of the course: made, and brought up to date, never overwriting.

A hidden file in the copy holds what the kit wrote last, so that a file which the student has
left as it was can be replaced by a newer one. A notebook that was only run counts as such:
what a student writes is the text of its cells. Which folder it is, is not known here.
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
class Brought:
    """What an update did to each file, by its path within the course."""

    new: list[str] = field(default_factory=list)
    updated: list[str] = field(default_factory=list)
    left_alone: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Version:
    """One version of a file: the digest of its bytes, and that of what is written in it."""

    file: str
    text: str

    @classmethod
    def of(cls, content: bytes) -> "Version":
        """The version with this content.

        >>> run = b'{"cells": [{"cell_type": "code", "source": "1", "outputs": [1]}]}'
        >>> fresh = b'{"cells": [{"cell_type": "code", "source": ["1"], "outputs": []}]}'
        >>> Version.of(run).text == Version.of(fresh).text, Version.of(run) == Version.of(fresh)
        (True, False)
        """
        return cls(_digest(content), _digest(_written_in(content)))

    def is_untouched(self, last: "Version") -> bool:
        """Whether a student wrote nothing in this file since the kit wrote `last`."""
        return self.file == last.file or self.text == last.text


def is_copy(folder: Path) -> bool:
    """Whether the kit has made a copy in this folder."""
    return (folder / MANIFEST).is_file()


def bring_up_to_date(folder: Path, files: Mapping[str, Path]) -> Brought:
    """Put the newest version of every file into `folder`, unless the student changed it.

    `files` are the kit's own, by their paths within the course. Raises OSError if the folder
    cannot be written to, also if there is nothing to write: the student could not save there.
    """
    folder.mkdir(parents=True, exist_ok=True)
    if not os.access(folder, os.W_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(folder))
    earlier = _read_manifest(folder)
    last, brought = dict(earlier), Brought()
    for name, source in files.items():
        content = source.read_bytes()
        if _bring(folder / name, content, last.get(name), name, brought):
            last[name] = Version.of(content)
    if last != earlier:
        _write_manifest(folder, last)
    return brought


def _bring(target: Path, content: bytes, last: Version | None, name: str, brought: Brought) -> bool:
    """Bring one file, and note what was done; whether `target` now holds what the kit brings."""
    newest = Version.of(content)
    if not os.path.lexists(target):
        brought.new.append(name)
    elif last == newest:
        return True  # The kit has nothing new, whatever the student wrote.
    else:
        there = Version.of(target.read_bytes()) if target.is_file() else None
        if there and there.text == newest.text and not (last and there.is_untouched(last)):
            return True
        if not (there and last and there.is_untouched(last)):
            brought.left_alone.append(name)
            return False
        brought.updated.append(name)
    _write(target, content)
    return True


def _written_in(content: bytes) -> bytes:
    """What a person writes in a file: of a notebook its cells' texts, else every byte.

    Outputs, and the empty cell that running the last one adds, are Jupyter's.
    """
    try:
        cells = json.loads(content)["cells"]
        texts = [(cell["cell_type"], "".join(cell["source"])) for cell in cells]
    except (ValueError, TypeError, KeyError, RecursionError):
        return content
    return json.dumps([pair for pair in texts if pair[1].strip()]).encode()


def _digest(content: bytes) -> str:
    """A name for exactly these bytes."""
    return hashlib.sha256(content).hexdigest()


def _write(target: Path, content: bytes) -> None:
    """Write a file whole or not at all."""
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(f".{target.name}.part")
    try:
        part.write_bytes(content)
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)


def _read_manifest(folder: Path) -> dict[str, Version]:
    """What the kit wrote last; nothing if that is not known, so that all is left alone."""
    try:
        files: Any = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))["files"]
        return {name: Version(**version) for name, version in files.items()}
    except (FileNotFoundError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return {}


def _write_manifest(folder: Path, last: Mapping[str, Version]) -> None:
    """Keep what the kit wrote last."""
    content = {"files": {name: vars(version) for name, version in sorted(last.items())}}
    _write(folder / MANIFEST, json.dumps(content, indent=1).encode())
