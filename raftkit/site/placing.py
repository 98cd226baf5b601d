"""Puts a built site into a new or empty folder, or in place of a site that this kit built.

A site has a list of its files, and only those are ever replaced or deleted. It does not know
what a site consists of.
"""

import json
import os
from collections.abc import Iterable
from pathlib import Path, PurePosixPath

from raftkit.site.problem import SiteProblem

LIST = "raftkit-site.json"


def must_be_ours(out: Path) -> list[str]:
    """The files of an earlier site in `out`; [] if the folder is new or empty.

    Raises SiteProblem if `out` is no folder, or holds other files but no site of ours.
    """
    if not out.exists() and not out.is_symlink():
        return []
    if not out.is_dir():
        raise SiteProblem(f"{out} is a file: name a new folder")
    if not any(out.iterdir()):
        return []
    try:
        names = json.loads((out / LIST).read_text(encoding="utf-8"))["files"]
        ours = [str(name) for name in names]
    except FileNotFoundError:
        raise SiteProblem(f"{out} is not empty, and no site of ours: name a new folder") from None
    except (ValueError, KeyError, TypeError):
        raise SiteProblem(f"{out / LIST} cannot be read: name a new folder") from None
    if not all(map(_is_inside, ours)):
        raise SiteProblem(f"{out / LIST} names files outside of {out}: name a new folder")
    return ours


def _is_inside(name: str) -> bool:
    """Whether a path leads to a place inside its folder."""
    path = PurePosixPath(name)
    return not path.is_absolute() and ".." not in path.parts and not Path(name).drive


def place(made: Path, out: Path) -> None:
    """Move the site in `made` to `out`, on the same disk; files that are no site's stay.

    Raises SiteProblem, with nothing changed, if such a file is in the way.
    """
    old, new = must_be_ours(out), sorted(_files(made))
    others = set(_files(out)) - {*old, LIST}
    in_the_way = others & _with_folders(new) | _with_folders(others) & set(new)
    if in_the_way:
        name = min(in_the_way)
        raise SiteProblem(
            f"{out / name} is in the way, and not ours: move it, or name a new folder"
        )
    out.mkdir(parents=True, exist_ok=True)
    # The list names old and new files, so that after an interrupt all of them are known as ours.
    _write_list(out / LIST, sorted({*old, *new}))
    for name in set(old) & set(_files(out)) - {LIST}:
        (out / name).unlink()
    _remove_empty_folders(out, old)
    for name in new:
        (out / name).parent.mkdir(parents=True, exist_ok=True)
        os.replace(made / name, out / name)
    _write_list(out / LIST, new)


def _files(folder: Path) -> Iterable[str]:
    """Every file below a folder, by its path within it."""
    return (p.relative_to(folder).as_posix() for p in folder.rglob("*") if not p.is_dir())


def _with_folders(names: Iterable[str]) -> set[str]:
    """These paths, and the folders that they are in."""
    paths = [PurePosixPath(name) for name in names]
    return {str(each) for path in paths for each in (path, *path.parents)}


def _write_list(path: Path, names: list[str]) -> None:
    about = "Made by `raftkit site`, which replaces these files, and only these."
    text = json.dumps({"about": about, "files": names}, indent=1)
    path.write_text(text, encoding="utf-8", newline="\n")


def _remove_empty_folders(out: Path, old: list[str]) -> None:
    """Remove folders of the old site that hold nothing any more."""
    folders = {parent for name in old for parent in (out / name).parents if out in parent.parents}
    for folder in sorted(folders, key=lambda path: len(path.parts), reverse=True):
        if folder.is_dir() and not any(folder.iterdir()):
            folder.rmdir()
