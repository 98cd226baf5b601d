"""`Picture`: the result of every view, an image with two renderings in words.

It owns the forms of a picture in a notebook, a file, a terminal and a screen reader. It does
not know what is drawn.
"""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from raftkit.views.svg import escaped

# An image is light if nothing is known of the page. JupyterLab does not tell images whether its
# theme is dark, so outputs do; a notebook that is not trusted leaves this out.
FOLLOW_JUPYTER: Final = (
    "<style>[data-jp-theme-light=true] img.raftkit{color-scheme:light!important}"
    "[data-jp-theme-light=false] img.raftkit{color-scheme:dark!important}</style>"
)
_TOOL_TIP = re.compile("<title>[^<]*</title>")


@dataclass(frozen=True, slots=True, repr=False)
class Picture:
    """An SVG image, `alt` (a summary of it in a sentence or two), and `text` (all of it in words).

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
        """An `<img>` that contains its data, and that a notebook shows without being trusted.

        It is light, unless a style sheet of the page gives it another `color-scheme`.
        """
        return (
            f'<img alt="{escaped(self.alt)}" class="raftkit" '
            'style="color-scheme:light;max-width:100%;height:auto" '
            f'src="data:image/svg+xml,{_in_an_address(self.svg)}">'
        )

    def save(self, path: str | Path) -> None:
        """Write the SVG to a file. Raises OSError if it cannot be written."""
        Path(path).write_text(self.svg + "\n", encoding="utf-8", newline="\n")

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        return f"Picture({self.alt})"

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        """The forms for Jupyter: the image as HTML, and the text."""
        return {"text/plain": self.text, "text/html": FOLLOW_JUPYTER + self.to_html()}


def _in_an_address(svg: str) -> str:
    """`svg` as the data of a URL (RFC 2397): readable, and a quarter shorter than base64 is.

    An attribute in double quotes becomes one in single quotes, which an address may contain, and
    the tool tips of parts are left out: no browser shows those of an `<img>`.
    """
    svg = _TOOL_TIP.sub("", svg)
    single = svg if "'" in svg else svg.replace('"', "'")
    return quote(single, safe=" !'()*+,-./:;=?@_~")
