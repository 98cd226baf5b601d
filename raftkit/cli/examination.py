"""The examination of `raftkit doctor`: each thing a student needs, and what to do if it is missing.

No part of it depends on another or changes anything on the machine. It also puts the findings
into words and JSON. It does not know the command line.
"""

import os
import sys
import webbrowser
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Literal

from raftkit import course_files
from raftkit.cli.commands import BadInput
from raftkit.cli.course_folder import course_folder
from raftkit.cli.home_folder import home_folder
from raftkit.extras import how_to_install

OLDEST_PYTHON = (3, 11)
INSTALL = how_to_install("lab")
# JupyterLab's extensions, by the package that installs them.
WIDGETS = {"ipywidgets": "@jupyter-widgets/jupyterlab-manager", "anywidget": "anywidget"}


@dataclass(frozen=True)
class Finding:
    """One thing that was examined: "missing" keeps a student from working, "note" does not."""

    name: str
    state: Literal["ok", "note", "missing"]
    found: str
    advice: str = ""


def examine() -> list[Finding]:
    """All findings, in the order in which one would mend them."""
    return [
        _python(),
        _environment(),
        _kit(),
        _package("JupyterLab", "jupyterlab"),
        _package("kernel", "ipykernel"),
        *(_widgets(package, extension) for package, extension in WIDGETS.items()),
        _browser(),
        _trust(),
        _user(),
        _folder(),
        _sandbox(),
    ]


def _python() -> Finding:
    """Whether this Python is new enough."""
    found = f"{'.'.join(map(str, sys.version_info[:3]))}, {sys.executable}"
    if sys.version_info[:2] >= OLDEST_PYTHON:
        return Finding("Python", "ok", found)
    oldest = ".".join(map(str, OLDEST_PYTHON))
    return Finding("Python", "missing", found, f"install Python {oldest} or newer")


def _environment() -> Finding:
    """Whether this Python is that of a virtual environment."""
    conda = os.environ.get("CONDA_PREFIX")
    if sys.prefix != sys.base_prefix or (conda and Path(conda) == Path(sys.prefix)):
        return Finding("environment", "ok", f"a virtual one, {sys.prefix}")
    return Finding(
        "environment",
        "note",
        "the system's own Python",
        "a virtual one keeps the course apart from other programs: python3 -m venv .venv",
    )


def _kit() -> Finding:
    """Whether lessons and exercises were installed with the kit."""
    try:
        files = course_files.course_files()
    except OSError:
        advice = "install the kit anew, from its wheel or a checkout"
        return Finding("course", "missing", "no lessons and exercises were installed", advice)
    source = course_files.checkout() or "the installed package"
    lessons = sum(name.endswith(".ipynb") for name in files)
    return Finding("course", "ok", f"{lessons} notebooks, from {source}")


def _package(name: str, package: str) -> Finding:
    """Whether a package of the extra `lab` is installed."""
    try:
        return Finding(name, "ok", version(package))
    except PackageNotFoundError:
        return Finding(name, "missing", f"{package} is not installed", INSTALL)


def _widgets(package: str, extension: str) -> Finding:
    """Whether a package for live pictures is installed, and its JupyterLab extension too."""
    found = _package(package, package)
    if found.state == "missing":
        return found
    for folder in _labextensions():
        if (folder / extension / "package.json").is_file():
            return Finding(package, "ok", f"{found.found}, and its part for JupyterLab")
    return Finding(
        package,
        "missing",
        f"{found.found}, but JupyterLab does not find its part of it",
        f"pip install --force-reinstall {package}",
    )


def _labextensions() -> Iterator[Path]:
    """The folders in which JupyterLab looks for extensions."""
    try:
        from jupyter_core.paths import jupyter_path

        yield from map(Path, jupyter_path("labextensions"))
    except (ImportError, RuntimeError):  # no Jupyter, or no home folder
        yield Path(sys.prefix, "share", "jupyter", "labextensions")


def _browser() -> Finding:
    """Whether a browser can be opened from here."""
    try:
        webbrowser.get()
        return Finding("browser", "ok", "one can be opened from here")
    except webbrowser.Error:
        advice = "raftkit lab --no-browser prints an address to open elsewhere"
        return Finding("browser", "note", "none can be opened from here", advice)


def _trust() -> Finding:
    """Whether Jupyter can store the signatures by which it trusts a notebook again."""
    try:
        from jupyter_core.paths import jupyter_data_dir

        place = Path(jupyter_data_dir())
    except ImportError:
        return Finding("trust", "note", "not known without JupyterLab", INSTALL)
    except RuntimeError:
        return Finding("trust", "note", "there is no home folder", "raftkit lab does without one")
    if _can_be_written_to(place):
        return Finding("trust", "ok", f"Jupyter keeps in {place} which notebooks you ran")
    if home_folder() is None and "JUPYTER_DATA_DIR" not in os.environ:
        advice = "nothing to do: raftkit lab keeps that in the course's folder"
        return Finding("trust", "note", f"{place} cannot be written to", advice)
    advice = "make that folder your own, or name another in JUPYTER_DATA_DIR"
    return Finding("trust", "missing", f"{place} cannot be written to", advice)


def _user() -> Finding:
    """Whether Jupyter starts for this user without --allow-root."""
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        return Finding("user", "note", "you are root", "raftkit lab --allow-root")
    return Finding("user", "ok", "an ordinary one")


def _folder() -> Finding:
    """Whether the folder that `raftkit lab` would open can be used."""
    try:
        folder = course_folder(None)
    except BadInput as error:
        reason, _, advice = error.message.partition(": ")
        return Finding("folder", "missing", reason, advice)
    if not _can_be_written_to(folder):
        advice = "raftkit lab --folder FOLDER, with one that can"
        return Finding("folder", "missing", f"{folder} cannot be written to", advice)
    found = "" if course_files.holds_lessons(folder) else ": raftkit lab makes it"
    return Finding("folder", "ok", f"{folder}{found}")


def _can_be_written_to(place: Path) -> bool:
    """Whether this folder exists and can be written to, or can be made."""
    nearest = next(folder for folder in (place, *place.parents) if os.path.lexists(folder))
    return os.path.isdir(nearest) and os.access(nearest, os.W_OK)


def _sandbox() -> Finding:
    """Which limits the sandbox of `raftkit check` and `raftkit grade` can enforce here."""
    from raftkit.grading.sandbox import Sandbox, SandboxError

    try:
        with Sandbox() as sandbox:
            sandbox.child().end()
            missing = sandbox.not_enforced
    except (SandboxError, OSError) as error:
        advice = "check in the notebook; raftkit check and raftkit grade do not work here"
        return Finding("sandbox", "note", str(error), advice)
    if not missing:
        return Finding("sandbox", "ok", "everything is enforced")
    advice = "your own work needs none; grade others' work in a container or on a spare machine"
    return Finding("sandbox", "note", f"not enforced here: {', '.join(missing)}", advice)


def in_words(findings: list[Finding]) -> str:
    """The findings on one screen, each with its advice below it."""
    lines = []
    for finding in findings:
        lines.append(f"{finding.state:<8}{finding.name:<13}{finding.found}")
        if finding.advice:
            lines.append(f"{'':<21}-> {finding.advice}")
    missing = sum(finding.state == "missing" for finding in findings)
    return "\n".join([*lines, f"{missing} missing: see above" if missing else "Ready: raftkit lab"])


def as_json(findings: list[Finding]) -> dict[str, object]:
    """The findings for another program."""
    ready = all(finding.state != "missing" for finding in findings)
    return {"ready": ready, "findings": [vars(each) for each in findings]}
