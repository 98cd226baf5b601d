"""`Picture`: what every view returns, an image with its two renderings in words.

It owns how a picture reaches a notebook, a file, a terminal and a screen
reader. It does not know what is drawn.
"""

import base64
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from raftkit.views.svg import escaped


@dataclass(frozen=True, slots=True, repr=False)
class Picture:
    """An SVG image, `alt` (what it shows, in a sentence or two), and `text` (all of it in words).

    >>> picture = Picture("<svg/>", alt="An empty picture.", text="Nothing.")
    >>> print(picture)
    Nothing.
    >>> picture
    Picture(An empty picture.)
    """

    svg: str
    alt: str
    text: str

    def to_html(self) -> str:
        """An `<img>` that needs no other file, and that untrusted notebooks show as well."""
        encoded = base64.b64encode(self.svg.encode("utf-8")).decode("ascii")
        return (
            f'<img alt="{escaped(self.alt)}" style="max-width:100%;height:auto" '
            f'src="data:image/svg+xml;base64,{encoded}">'
        )

    def save(self, path: str | Path) -> None:
        """Write the SVG to a file. Raises OSError if that cannot be done."""
        Path(path).write_text(self.svg + "\n", encoding="utf-8", newline="\n")

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        return f"Picture({self.alt})"

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        """What Jupyter asks for: the image where pages are shown, the words where they are not."""
        return {"text/plain": self.text, "text/html": self.to_html()}
