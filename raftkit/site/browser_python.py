"""The Python that runs in the browser: pyodide, the wheels, and this kit as one more wheel.

All lie in one folder, with pyodide's own list of what can be loaded. They are loaded
together at the start, so that nothing is looked up or installed later. It knows neither
JupyterLab nor the course's notebooks.
"""

import hashlib
import io
import json
import tarfile
from importlib import metadata
from pathlib import Path, PurePosixPath
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import raftkit

# What pyodide is made of. The rest of npm's package is for Node, for people and for debuggers.
RUNTIME_FILES = ("pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm", "python_stdlib.zip")
ENTRY = "python.js"
LOCK = "pyodide-lock.json"
KIT = "raftkit-course"

# Wheels that only bring something for JupyterLab.
ONLY_FOR_THE_LAB = {"jupyterlab_widgets", "jupyterlite_pyodide_kernel"}
# Inside the wheel of the pyodide kernel: what it runs in Python.
_KERNEL_WHEELS = ("ipykernel-", "piplite-", "pyodide_kernel-")
# Parts of the kit that need what a browser has not: processes, files, a terminal.
_NOT_FOR_A_BROWSER = {"bench", "cli", "grading", "material", "service", "site"}
# Files of an archive have the earliest date that it can hold.
_DATE = (1980, 1, 1, 0, 0, 0)
_STATIC = Path(__file__).parent / "static"


def put_python(folder: Path, runtime: Path, wheels: dict[str, Path]) -> list[str]:
    """Fill a folder with all that runs Python in a browser; the names of its distributions.

    `runtime` is npm's archive of pyodide.
    """
    folder.mkdir(parents=True)
    info = _put_runtime(folder, runtime)
    _put_wheels(folder, wheels)
    entries = [_entry(path) for path in sorted(folder.glob("*.whl"))]
    packages = {entry["name"]: entry for entry in entries}
    _write_json(folder / LOCK, {"info": info, "packages": packages})
    _put_entry(folder)
    return list(packages)


def _put_runtime(folder: Path, runtime: Path) -> dict[str, str]:
    """Unpack what is needed of pyodide; which Python and which system it says it is."""
    with tarfile.open(runtime) as archive:

        def content(name: str) -> bytes:
            file = archive.extractfile(f"package/{name}")
            assert file is not None
            return file.read()

        for name in RUNTIME_FILES:
            (folder / _served(name)).write_bytes(_renaming(name, content(name)))
        info: dict[str, str] = json.loads(content(LOCK))["info"]
    return info


def _served(name: str) -> str:
    """What a file is called here: not every web server knows that .mjs is JavaScript."""
    return name.replace(".mjs", ".js")


def _renaming(name: str, content: bytes) -> bytes:
    """A file of pyodide's, which calls the others by what they are called here."""
    renamed = "pyodide.asm.mjs"
    if not name.endswith(".mjs"):
        return content
    return content.replace(renamed.encode(), _served(renamed).encode())


def _put_wheels(folder: Path, wheels: dict[str, Path]) -> None:
    """Every wheel that Python needs, with those from inside the kernel's, and this kit."""
    for name, path in wheels.items():
        if name not in ONLY_FOR_THE_LAB:
            (folder / path.name).write_bytes(path.read_bytes())
    with ZipFile(wheels["jupyterlite_pyodide_kernel"]) as archive:
        for inner in map(PurePosixPath, archive.namelist()):
            if inner.parent.name == "pypi" and inner.name.startswith(_KERNEL_WHEELS):
                (folder / inner.name).write_bytes(archive.read(str(inner)))
    version = metadata.version(KIT)
    (folder / f"{KIT.replace('-', '_')}-{version}-py3-none-any.whl").write_bytes(_kit(version))


def _kit(version: str) -> bytes:
    """This package as a wheel, the same bytes each time."""
    package = Path(raftkit.__file__).parent
    about = f"raftkit_course-{version}.dist-info"
    header = f"Metadata-Version: 2.1\nName: {KIT}\nVersion: {version}\n"
    tag = "Wheel-Version: 1.0\nGenerator: raftkit\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    written = io.BytesIO()
    with ZipFile(written, "w") as archive:
        for path in sorted(package.rglob("*"), key=lambda path: path.relative_to(package).parts):
            inside = path.relative_to(package)
            if path.is_file() and not _NOT_FOR_A_BROWSER & {inside.parts[0]} and not _made(inside):
                _add(archive, f"raftkit/{inside.as_posix()}", path.read_bytes())
        _add(archive, f"{about}/METADATA", header.encode())
        _add(archive, f"{about}/WHEEL", tag.encode())
    return written.getvalue()


def _made(path: Path) -> bool:
    """Whether Python or the system has made this file, not we."""
    return "__pycache__" in path.parts or any(part.startswith(".") for part in path.parts)


def _add(archive: ZipFile, name: str, content: bytes) -> None:
    entry = ZipInfo(name, _DATE)
    entry.create_system, entry.external_attr = 3, 0o644 << 16  # As on Linux, wherever it is made.
    archive.writestr(entry, content, ZIP_DEFLATED, 9)


def _entry(wheel: Path) -> dict[str, Any]:
    """A wheel as pyodide's list tells it. Of what needs what, it tells nothing: all are loaded."""
    name, version = wheel.name.split("-")[:2]
    return {
        "name": name.lower().replace("_", "-"),
        "version": version,
        "file_name": wheel.name,
        "install_dir": "site",
        "sha256": hashlib.sha256(wheel.read_bytes()).hexdigest(),
        "package_type": "package",
        "imports": [],
        "depends": [],
        "unvendored_tests": False,
    }


def _put_entry(folder: Path) -> None:
    """What JupyterLab loads in pyodide's place; it tells how far the loading is."""
    sizes = {path.name: path.stat().st_size for path in sorted(folder.iterdir())}
    script = (_STATIC / ENTRY).read_text(encoding="utf-8")
    text = script.replace("const SIZES = {}", f"const SIZES = {json.dumps(sizes)}")
    (folder / ENTRY).write_text(text, encoding="utf-8", newline="\n")


def _write_json(path: Path, value: Any) -> None:
    path.write_text(json.dumps(value, indent=1, sort_keys=True), encoding="utf-8", newline="\n")
