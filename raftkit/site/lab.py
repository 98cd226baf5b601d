"""JupyterLab as static files, which JupyterLite builds, with our settings and script.

All addresses are relative to the page, so that the site may be under any path, and no request
goes to another server. It does not know what Python needs in a browser, nor what a notebook
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
# The wheels with JupyterLab's extensions for this Python and for widgets.
_WITH_EXTENSIONS = ("jupyterlite_pyodide_kernel", "jupyterlab_widgets", "anywidget")
# The date of every file that is listed in the browser's contents: 1 January 2020.
_EPOCH = 1_577_836_800

# Settings that a student could change by hand, as they should be on the first visit.
_SETTINGS = {
    # Save in the browser every five seconds; the default is minutes.
    "@jupyterlab/docmanager-extension:plugin": {"autosaveInterval": 5},
    # All files here have the same date.
    "@jupyterlab/filebrowser-extension:browser": {"showLastModifiedColumn": False},
    "@jupyterlab/apputils-extension:themes": {"adaptive-theme": True},
    "@jupyterlab/apputils-extension:notification": {
        "checkForUpdates": False,
        "doNotDisturbMode": True,
        "fetchNews": "false",
    },
}
# Extensions of no use here: they announce news, install extensions, and share files by a link.
_DISABLED = [
    "@jupyterlab/apputils-extension:announcements",
    "@jupyterlab/extensionmanager-extension",
    "@jupyterlite/application-extension:share-file",
]
# Packages that the kernel asks for by itself; python.js leaves them out.
_NOT_ASKED_FOR = ["jedi"]
# Font formats that only browsers without WebAssembly need.
_OLD_FONTS = ("*.eot", "*.svg", "*.ttf")


def build_lab(site: Path, contents: Path, wheels: dict[str, Path]) -> None:
    """Build JupyterLab with these contents into the folder `site`, which is emptied first.

    Afterwards Python has to be put into `site/static/pyodide`, and configured by `use_python`.
    Raises SiteProblem, with JupyterLite's message, if it fails.
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
    """Unpack the files of a wheel that would be installed as JupyterLab extensions."""
    with ZipFile(wheel) as archive:
        for name in archive.namelist():
            _, here, inside = name.partition(_LAB_EXTENSIONS)
            if here and not inside.endswith(".whl"):
                path = folder / inside
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(archive.read(name))


def _config(site: Path, contents: Path, extensions: Path) -> dict[str, Any]:
    """JupyterLite's configuration: one application, and only the extensions named here."""
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
    """Let JupyterLite build. Raises SiteProblem, with its last line, if it fails."""
    # JupyterLite's environment variables are for the user's other sites.
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
    """Configure in JupyterLite's settings where Python is, and that no package is elsewhere."""
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
                    # The kernel would request a package from elsewhere that is not listed here.
                    "packages": [*packages, *_NOT_ASKED_FOR],
                },
            }
        },
    }
    _write_json(path, settings)


def _leave_out(site: Path) -> None:
    """Remove files that no page of this site requests."""
    unused = [path for pattern in _OLD_FONTS for path in (site / "build").rglob(pattern)]
    for path in (*unused, *site.glob("rspack.config*.js"), *site.glob("**/package.json.orig")):
        path.unlink(missing_ok=True)


def _add_script(site: Path) -> None:
    """Add our script to JupyterLab's page; it shows the loading, and fits the page to a phone."""
    page = site / PAGE
    text = page.read_text(encoding="utf-8")
    tag = '<script type="module" src="../lab.js"></script>'
    text, done = re.subn(r"</body>", f"{tag}\n</body>", text, count=1)
    if not done:
        raise SiteProblem(f"{PAGE} of this JupyterLite has no end: install the version that we ask")
    # Without it, a browser requests an icon at the root of the server, outside of this site.
    icon = '<link rel="icon" href="../icon.svg" type="image/svg+xml">'
    text = text.replace("<title>JupyterLite</title>", f"<title>raftkit</title>\n    {icon}")
    page.write_text(text, encoding="utf-8", newline="\n")
    script = (_STATIC / "lab.js").read_text(encoding="utf-8")
    (site / "lab.js").write_text(script, encoding="utf-8", newline="\n")


def _write_json(path: Path, value: Any) -> None:
    path.write_text(json.dumps(value, indent=1, sort_keys=True), encoding="utf-8", newline="\n")
