"""The downloads that a site needs: pure-Python wheels, and pyodide, a Python for the browser.

Each is pinned by its hash, so that the same kit gives the same site, and is kept in the
user's cache folder, so that it is fetched once. pip and npm fetch them, from the registries
that they are configured for. It does not know what the files are used for.
"""

import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path

from raftkit.site.problem import SiteProblem

WHEELS = Path(__file__).parent / "wheels.txt"
# The version of pyodide that the kernel in wheels.txt was made for.
RUNTIME = "pyodide@314.0.6"
RUNTIME_HASH = "d78ac549b28a2a58600cd06f44e017024151775f8c6b2d73fab1475400d38ea2"
PYTHON = "3.14"

# Options for pip: wheels for any system and for the browser's version of Python.
_PURE = ("--platform=any", "--implementation=py", "--abi=none", f"--python-version={PYTHON}")


def wheels() -> dict[str, Path]:
    """The wheels of wheels.txt by their distributions' names, such as "jupyterlab_widgets"."""
    found = _kept("wheels", _hashes(), _download_wheels)
    return {path.name.split("-")[0].lower(): path for path in found}


def runtime() -> Path:
    """The archive of pyodide, as npm packs it."""
    return _kept("pyodide", {RUNTIME_HASH}, _download_runtime)[0]


def _hashes() -> set[str]:
    """The hashes in wheels.txt."""
    return set(re.findall(r"sha256:([0-9a-f]{64})", WHEELS.read_text(encoding="utf-8")))


def _kept(name: str, hashes: set[str], download: Callable[[Path], None]) -> list[Path]:
    """The files with these hashes in the cache, downloaded into it if they are not all there."""
    folder = _cache() / name
    found = _with_hashes(folder, hashes)
    if len(found) < len(hashes):
        folder.mkdir(parents=True, exist_ok=True)
        # Download into another folder first, so that an interrupt leaves no half a file behind.
        with tempfile.TemporaryDirectory(dir=folder.parent) as fresh:
            download(Path(fresh))
            for path in Path(fresh).iterdir():
                os.replace(path, folder / path.name)
        found = _with_hashes(folder, hashes)
    if len(found) < len(hashes):
        raise SiteProblem(f"what was downloaded for {name} is not what this kit was tried with")
    return found


def _with_hashes(folder: Path, hashes: Iterable[str]) -> list[Path]:
    """The files of a folder that have one of these hashes, by name."""
    paths = sorted(folder.iterdir()) if folder.is_dir() else []
    return [path for path in paths if hashlib.sha256(path.read_bytes()).hexdigest() in hashes]


def _cache() -> Path:
    """This kit's folder among the user's caches."""
    from platformdirs import user_cache_path

    return user_cache_path("raftkit-course", appauthor=False)


def _download_wheels(folder: Path) -> None:
    """Let pip download what wheels.txt names."""
    pip = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check"]
    exactly = ["--no-deps", "--only-binary=:all:", "--require-hashes", *_PURE]
    # _run also leaves out the user's constraints, which are for environments.
    _run("pip", [*pip, *exactly, f"--dest={folder}", f"--requirement={WHEELS}"], folder)


def _download_runtime(folder: Path) -> None:
    """Let npm download pyodide."""
    npm = shutil.which("npm")
    if npm is None:
        raise SiteProblem("there is no npm on PATH, which fetches pyodide: install Node with npm")
    _run("npm", [npm, "pack", RUNTIME, "--silent", f"--pack-destination={folder}"], folder)


def _run(program: str, command: list[str], folder: Path) -> None:
    """Run a program that downloads. Raises SiteProblem with its complaint."""
    environment = {**os.environ, "PIP_CONSTRAINT": os.devnull}
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, errors="replace"
    )
    if done.returncode:
        said = [line for line in done.stderr.splitlines() if "rror" in line or "ERR" in line]
        why = f": {said[-1].strip()[:200]}" if said else ""
        raise SiteProblem(f"{program} could not download (is there a network?){why}")
