"""The pictures of prompts: files beside the masters, and part of the exercises.

A master refers to the files, so that a prompt can be read and edited as text. A student gets an
exercise without other files, so a release puts the pictures into it; they are not attachments,
because JupyterLab shows no attached SVG. It does not know what is drawn.
"""

import base64
import re
from pathlib import Path

from raftkit.grading.notebook_form import ReleaseError
from raftkit.views import Picture

FOLDER = "pictures"
_SOURCE = re.compile(r'(?<= src=")[^"]*(?=">)')
_FILE = re.compile(rf'(?<= src="){FOLDER}/[^"]*\.svg(?=">)')
# JupyterLab's editor is slow with very long lines.
_LINE = 1_000


def file_of(cell_id: str) -> str:
    """The path of a prompt's picture, relative to the notebook.

    >>> file_of("prompt-2-3")
    'pictures/prompt-2-3.svg'
    """
    return f"{FOLDER}/{cell_id}.svg"


def pointing_to(file: str, drawn: Picture) -> str:
    """The picture as an `<img>` that shows a file."""
    return _SOURCE.sub(file, drawn.to_html())


def with_pictures(source: str, folder: Path) -> str:
    """The text of a cell, with the data of the pictures in `folder` in place of their paths.

    Raises `ReleaseError` for a picture that does not exist.
    """
    return _FILE.sub(lambda found: _data_of(folder / found[0]), source)


def _data_of(path: Path) -> str:
    """The data of a picture for the source of an `<img>`, broken into lines."""
    try:
        svg = path.read_text(encoding="utf-8").removesuffix("\n")
    except FileNotFoundError:
        raise ReleaseError(f"there is no {path}: raftkit rehearse") from None
    encoded = base64.b64encode(svg.encode("utf-8")).decode("ascii")
    lines = [encoded[start : start + _LINE] for start in range(0, len(encoded), _LINE)]
    return "\n".join(["data:image/svg+xml;base64,", *lines])
