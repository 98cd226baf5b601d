"""The pictures of prompts: files beside the masters, and part of the exercises.

A master points to its pictures, so that a prompt can be read and edited as text. An exercise is
handed out alone, so a release puts the pictures into it. JupyterLab shows no SVG that is attached
to a cell. It does not know what is drawn.
"""

import base64
import re
from pathlib import Path

from raftkit.grading.notebook_form import ReleaseError
from raftkit.views import Picture

FOLDER = "pictures"
_SOURCE = re.compile(r'(?<= src=")[^"]*(?=">)')
_FILE = re.compile(rf'(?<= src="){FOLDER}/[^"]*\.svg(?=">)')
# JupyterLab's editor is slow with lines that never end.
_LINE = 1_000


def file_of(cell_id: str) -> str:
    """Where the picture of a prompt lies, beside the notebook.

    >>> file_of("prompt-2-3")
    'pictures/prompt-2-3.svg'
    """
    return f"{FOLDER}/{cell_id}.svg"


def pointing_to(file: str, drawn: Picture) -> str:
    """The picture as an `<img>` that shows a file."""
    return _SOURCE.sub(file, drawn.to_html())


def with_pictures(source: str, folder: Path) -> str:
    """The text of a cell, with the pictures that lie in `folder` in it.

    Raises `ReleaseError` for a picture that is not there.
    """
    return _FILE.sub(lambda found: _inside(folder / found[0]), source)


def _inside(path: Path) -> str:
    """What an `<img>` shows, as data that are broken into lines."""
    try:
        svg = path.read_text(encoding="utf-8").removesuffix("\n")
    except FileNotFoundError:
        raise ReleaseError(f"there is no {path}: raftkit rehearse") from None
    encoded = base64.b64encode(svg.encode("utf-8")).decode("ascii")
    lines = [encoded[start : start + _LINE] for start in range(0, len(encoded), _LINE)]
    return "\n".join(["data:image/svg+xml;base64,", *lines])
