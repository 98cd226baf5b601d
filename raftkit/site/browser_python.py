"""The Python that runs in the browser: pyodide, the wheels, and this kit as one more wheel.

All are in one folder, with the list of packages that pyodide reads. They are loaded together
at the start, so that nothing is looked up or installed later. It knows neither JupyterLab nor
the course's notebooks.
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

# The files of pyodide that a browser needs, out of those in npm's package.
RUNTIME_FILES = ("pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm", "python_stdlib.zip")
ENTRY = "python.js"
LOCK = "pyodide-lock.json"
KIT = "raftkit-course"

# Wheels that hold only a part of JupyterLab.
ONLY_FOR_THE_LAB = {"jupyterlab_widgets", "jupyterlite_pyodide_kernel"}
# The wheels inside the wheel of the pyodide kernel that it needs in Python.
_KERNEL_WHEELS = ("ipykernel-", "piplite-", "pyodide_kernel-")
# Folders of the kit that need processes, files or a terminal, which a browser does not have.
_NOT_FOR_A_BROWSER = {"bench", "cli", "grading", "material", "service", "site"}
# The date of every file in a wheel, the earliest that a zip archive can hold.
_DATE = (1980, 1, 1, 0, 0, 0)
_STATIC = Path(__file__).parent / "static"


def put_python(folder: Path, runtime: Path, wheels: dict[str, Path]) -> list[str]:
    """Fill a folder with all files that run Python in a browser; returns the distributions' names.

    `runtime` is the path of npm's archive of pyodide.
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
    """Unpack the needed files of pyodide; returns its description of its Python and system."""
    with tarfile.open(runtime) as archive:

        def content(name: str) -> bytes:
            file = archive.extractfile(f"package/{name}")
            assert file is not None
            return file.read()

        for name in RUNTIME_FILES:
            (folder / _served_name(name)).write_bytes(_with_served_names(name, content(name)))
        info: dict[str, str] = json.loads(content(LOCK))["info"]
    return info


def _served_name(name: str) -> str:
    """The name of a file on the site: not every web server knows that .mjs is JavaScript."""
    return name.replace(".mjs", ".js")


def _with_served_names(name: str, content: bytes) -> bytes:
    """The content of a file of pyodide, which refers to others by their names on the site."""
    renamed = "pyodide.asm.mjs"
    if not name.endswith(".mjs"):
        return content
    return content.replace(renamed.encode(), _served_name(renamed).encode())


def _put_wheels(folder: Path, wheels: dict[str, Path]) -> None:
    """Write every wheel that Python needs, those inside the kernel's wheel, and this kit's."""
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
            if (
                path.is_file()
                and not _NOT_FOR_A_BROWSER & {inside.parts[0]}
                and not _is_generated(inside)
            ):
                _add(archive, f"raftkit/{inside.as_posix()}", path.read_bytes())
        _add(archive, f"{about}/METADATA", header.encode())
        _add(archive, f"{about}/WHEEL", tag.encode())
    return written.getvalue()


def _is_generated(path: Path) -> bool:
    """Whether Python or the system made this file, so that it does not belong to the kit."""
    return "__pycache__" in path.parts or any(part.startswith(".") for part in path.parts)


def _add(archive: ZipFile, name: str, content: bytes) -> None:
    entry = ZipInfo(name, _DATE)
    entry.create_system, entry.external_attr = 3, 0o644 << 16  # As on Linux, on every system.
    archive.writestr(entry, content, ZIP_DEFLATED, 9)


def _entry(wheel: Path) -> dict[str, Any]:
    """The entry of a wheel in pyodide's list, without dependencies, because all are loaded."""
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
    """Write the script that JupyterLab loads in place of pyodide; it reports the progress."""
    sizes = {path.name: path.stat().st_size for path in sorted(folder.iterdir())}
    script = (_STATIC / ENTRY).read_text(encoding="utf-8")
    text = script.replace("const SIZES = {}", f"const SIZES = {json.dumps(sizes)}")
    (folder / ENTRY).write_text(text, encoding="utf-8", newline="\n")


def _write_json(path: Path, value: Any) -> None:
    path.write_text(json.dumps(value, indent=1, sort_keys=True), encoding="utf-8", newline="\n")
