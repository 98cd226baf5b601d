"""`Note`: what the tutor says in a notebook, apart from results.

It knows how it reaches a page and a terminal, and not what it is about.
"""

from dataclasses import dataclass
from html import escape
from typing import Any

from raftkit.views import Picture
from raftkit.views.recording import Recording


@dataclass(frozen=True)
class Note:
    """A short text for a notebook, with an optional heading, picture or lines of code.

    If it tells of a run, `recording` is that run, for `play`.
    """

    text: str
    heading: str = ""
    code: str = ""
    picture: Picture | None = None
    recording: Recording | None = None

    def __str__(self) -> str:
        parts = (self.heading, self.text, self.code, self.picture.text if self.picture else "")
        return "\n".join(part for part in parts if part)

    def __repr__(self) -> str:
        return str(self)

    def _repr_mimebundle_(self, **options: Any) -> dict[str, str]:
        """What Jupyter asks for; text is escaped, because a student's error may hold anything."""
        heading = f"<strong>{escape(self.heading)}</strong><br>" if self.heading else ""
        code = f"<pre>{escape(self.code)}</pre>" if self.code else ""
        picture = self.picture.to_html() if self.picture else ""
        html = f'<div style="max-width:52em">{heading}{_inline(self.text)}{code}{picture}</div>'
        return {"text/plain": str(self), "text/html": html}


def _inline(text: str) -> str:
    """Escaped text, with `code` as code."""
    parts = escape(text).split("`")
    return "".join(
        f"<code>{part}</code>" if number % 2 else part for number, part in enumerate(parts)
    )
