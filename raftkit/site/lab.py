"""JupyterLab as static files, by JupyterLite: its settings, what is left out, what is added.

Everything is addressed relative to the page, so that the site may lie under any path, and nothing
is looked for elsewhere. It does not know what Python needs in a browser, nor what a notebook
holds.
"""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any
from zipfile import ZipFile

from raftkit.site.browser_python import ENTRY, LOCK
from raftkit.site.problem import SiteProblem

PYTHON = "static/pyodide"
PAGE = "lab/index.html"

_STATIC = Path(__file__).parent / "static"
_KERNEL = "@jupyterlite/pyodide-kernel-extension:kernel"
_LAB_EXTENSIONS = "/share/jupyter/labextensions/"
# The wheels with what JupyterLab needs for this Python and for widgets.
_WITH_EXTENSIONS = ("jupyterlite_pyodide_kernel", "jupyterlab_widgets", "anywidget")
# The date of every file that is listed in the browser's contents: 1 January 2020.
_EPOCH = 1_577_836_800

# Settings that a student could change by hand, as they should be on the first visit.
_SETTINGS = {
    # What was typed is kept in the browser within seconds, not minutes.
    "@jupyterlab/docmanager-extension:plugin": {"autosaveInterval": 5},
    # It would tell the date that all files are given here.
    "@jupyterlab/filebrowser-extension:browser": {"showLastModifiedColumn": False},
    "@jupyterlab/apputils-extension:themes": {"adaptive-theme": True},
    "@jupyterlab/apputils-extension:notification": {
        "checkForUpdates": False,
        "doNotDisturbMode": True,
        "fetchNews": "false",
    },
}
# What is of no use here: a course has notebooks, and nobody to update the site from within.
_DISABLED = [
    "@jupyterlab/apputils-extension:announcements",
    "@jupyterlab/extensionmanager-extension",
    "@jupyterlite/application-extension:share-file",
]
# What the kernel would install by itself, and python.js leaves out.
_NOT_ASKED_FOR = ["jedi"]
# Fonts in forms that only browsers without WebAssembly would ask for.
_OLD_FONTS = ("*.eot", "*.svg", "*.ttf")


def build_lab(site: Path, contents: Path, wheels: dict[str, Path]) -> None:
    """Build JupyterLab into the folder `site`, which is emptied, with these contents.

    Python is still to be put into `site/static/pyodide`, and told by `use_python`. Raises
    SiteProblem with what JupyterLite says if it fails.
    """
    workshop = contents.parent / "jupyterlite"
    workshop.mkdir()
    extensions = workshop / "labextensions"
    for name in _WITH_EXTENSIONS:
        _unpack_extensions(wheels[name], extensions)
    _write_json(workshop / "overrides.json", _SETTINGS)
    _write_json(workshop / "jupyter_lite_config.json", _config(site, contents, extensions))
    _run_jupyterlite(workshop)
    _leave_out(site)
    _add_script(site)


def _unpack_extensions(wheel: Path, folder: Path) -> None:
    """What a wheel would put where JupyterLab looks for extensions."""
    with ZipFile(wheel) as archive:
        for name in archive.namelist():
            _, here, inside = name.partition(_LAB_EXTENSIONS)
            if here and not inside.endswith(".whl"):
                path = folder / inside
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(archive.read(name))


def _config(site: Path, contents: Path, extensions: Path) -> dict[str, Any]:
    """What JupyterLite builds: one application, and only what is named here."""
    folders = sorted(path.parent for path in extensions.rglob("package.json"))
    return {
        "LiteBuildConfig": {
            "apps": ["lab"],
            "contents": [str(contents)],
            "federated_extensions": [str(f) for f in folders if (f / "static").is_dir()],
            "ignore_sys_prefix": True,
            "no_sourcemaps": True,
            "no_unused_shared_packages": True,
            "output_dir": str(site),
            "settings_overrides": ["overrides.json"],
            "source_date_epoch": _EPOCH,
        }
    }


def _run_jupyterlite(workshop: Path) -> None:
    """Let JupyterLite build, out of sight."""
    # Whatever another of its users has set would find its way into our site.
    environment = {k: v for k, v in os.environ.items() if not k.startswith("JUPYTERLITE_")}
    done = subprocess.run(
        [sys.executable, "-m", "jupyterlite_core", "build"],
        cwd=workshop,
        env=environment,
        capture_output=True,
        text=True,
        errors="replace",
    )
    if done.returncode:
        said = (done.stdout + done.stderr).strip().splitlines()
        raise SiteProblem(f"JupyterLite could not build: {said[-1] if said else 'it says nothing'}")


def use_python(site: Path, packages: list[str]) -> None:
    """Say in JupyterLite's own settings where Python is, and that there is nothing elsewhere."""
    path = site / "jupyter-lite.json"
    settings = json.loads(path.read_text(encoding="utf-8"))
    settings["jupyter-config-data"] |= {
        "appName": "raftkit",
        "disabledExtensions": _DISABLED,
        # For the loading bar, and for tests.
        "exposeAppInBrowser": True,
        "litePluginSettings": {
            _KERNEL: {
                "disablePyPIFallback": True,
                "pipliteUrls": [],
                "pyodideUrl": f"./{PYTHON}/{ENTRY}",
                "loadPyodideOptions": {
                    "lockFileURL": f"./{PYTHON}/{LOCK}",
                    # The kernel would look for what it does not find here.
                    "packages": [*packages, *_NOT_ASKED_FOR],
                },
            }
        },
    }
    _write_json(path, settings)


def _leave_out(site: Path) -> None:
    """Remove what no page of this site asks for."""
    unused = [path for pattern in _OLD_FONTS for path in (site / "build").rglob(pattern)]
    for path in (*unused, *site.glob("rspack.config*.js"), *site.glob("**/package.json.orig")):
        path.unlink(missing_ok=True)


def _add_script(site: Path) -> None:
    """Let the page of JupyterLab say what is being loaded, and fit a phone."""
    page = site / PAGE
    text = page.read_text(encoding="utf-8")
    tag = '<script type="module" src="../lab.js"></script>'
    text, done = re.subn(r"</body>", f"{tag}\n</body>", text, count=1)
    if not done:
        raise SiteProblem(f"{PAGE} of this JupyterLite has no end: install the version that we ask")
    # Without it, a browser looks for an icon at the top of the server, which may be another's.
    icon = '<link rel="icon" href="../icon.svg" type="image/svg+xml">'
    text = text.replace("<title>JupyterLite</title>", f"<title>raftkit</title>\n    {icon}")
    page.write_text(text, encoding="utf-8", newline="\n")
    script = (_STATIC / "lab.js").read_text(encoding="utf-8")
    (site / "lab.js").write_text(script, encoding="utf-8", newline="\n")


def _write_json(path: Path, value: Any) -> None:
    path.write_text(json.dumps(value, indent=1, sort_keys=True), encoding="utf-8", newline="\n")
