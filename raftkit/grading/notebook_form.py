"""The form of notebooks in the repository: one form for each content, byte for byte.

Keys are sorted, texts are lists of lines, and everything that differs from one saving to the
next is left out, so that a diff shows only real changes. It does not know what is in a cell.
"""

import json
from pathlib import Path
from typing import Any

# Without the versions that each JupyterLab would write.
_KERNEL = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
# The view of a widget needs the kernel that made it; its picture and text do not.
_WIDGET = "application/vnd.jupyter.widget-view+json"
# Metadata about the last time that a notebook was open.
_VOLATILE = ("execution", "ExecuteTime", "collapsed", "scrolled")


class ReleaseError(Exception):
    """A notebook cannot be released or run; the message is one sentence that says why."""


def read_committed(path: Path) -> dict[str, Any]:
    """A notebook's content, its sources as texts. Raises `ReleaseError` and OSError."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise ReleaseError(f"{path}: {error}") from None
    if not isinstance(content, dict) or not isinstance(content.get("cells"), list):
        raise ReleaseError(f"{path}: this is not a notebook: it has no cells")
    for cell in content["cells"]:
        if not isinstance(cell, dict) or "source" not in cell:
            raise ReleaseError(f"{path}: one of its cells has no source")
        cell["source"] = "".join(cell["source"])
        cell.setdefault("metadata", {})
    return steady(content)


def steady(content: dict[str, Any]) -> dict[str, Any]:
    """The notebook without everything that differs from one saving to the next."""
    content["metadata"] = dict(_KERNEL)
    content.update(nbformat=4, nbformat_minor=5)
    for place, cell in enumerate(content["cells"], start=1):
        # Without an id, nbformat would draw a random one.
        cell.setdefault("id", f"cell-{place}")
        for name in _VOLATILE:
            cell["metadata"].pop(name, None)
        for output in cell.get("outputs", ()):
            output.get("data", {}).pop(_WIDGET, None)
    return content


def as_committed(content: dict[str, Any]) -> str:
    """The content of a notebook's file; texts are lists of lines, so that diffs are readable."""
    for cell in content["cells"]:
        cell["source"] = _lines(cell["source"])
        for output in cell.get("outputs", ()):
            for bundle, name in _texts(output):
                bundle[name] = _lines(bundle[name])
    return json.dumps(content, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def is_committed(path: Path, text: str) -> bool:
    """Whether a file already holds this text."""
    return path.is_file() and path.read_text(encoding="utf-8") == text


def write_committed(path: Path, text: str) -> None:
    """Write a notebook's file, with the same bytes on every system."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="\n")


def _texts(output: dict[str, Any]) -> list[tuple[dict[str, Any], str]]:
    """The places in an output that hold text, each as a dictionary and a key."""
    data = output.get("data", {})
    places = [(data, kind) for kind in data if kind.startswith("text/")]
    return places + ([(output, "text")] if "text" in output else [])


def _lines(text: Any) -> Any:
    """A text as a list of lines; a list stays as it is."""
    return text.splitlines(keepends=True) if isinstance(text, str) else text
