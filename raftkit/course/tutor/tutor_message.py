"""`TutorMessage`: a text that the tutor shows in a notebook, such as a hint.

It has a form for a page and a form for a terminal. It does not know exercises or answers, and the
result of a check has a class of its own.
"""

from dataclasses import dataclass
from html import escape
from typing import Any

from raftkit.course.tutor.highlighted_code import highlighted_code, plain_lines
from raftkit.views import Picture
from raftkit.views.picture import FOLLOW_JUPYTER
from raftkit.views.recording import Recording


@dataclass(frozen=True)
class TutorMessage:
    """A short text for a notebook, with an optional heading, picture, lines or lines of code.

    If the text is about a run, `recording` is that run, which `play` plays.
    """

    text: str
    heading: str = ""
    code: str = ""
    picture: Picture | None = None
    recording: Recording | None = None
    lines: str = ""

    def __str__(self) -> str:
        picture = self.picture.text if self.picture else ""
        parts = (self.heading, self.text, self.lines, self.code, picture)
        return "\n".join(part for part in parts if part)

    def __repr__(self) -> str:
        return str(self)

    def _repr_mimebundle_(self, **options: Any) -> dict[str, str]:
        """The forms for Jupyter; text is escaped, because a student's error may hold any text."""
        heading = f"<strong>{escape(self.heading)}</strong><br>" if self.heading else ""
        lines = plain_lines(self.lines) if self.lines else ""
        code = highlighted_code(self.code) if self.code else ""
        picture = self.picture.to_html() if self.picture else ""
        said = f'<div style="max-width:52em">{heading}{_inline(self.text)}</div>'
        # Also without a picture, so that the first cell of a notebook speaks for all its prompts.
        html = f"{FOLLOW_JUPYTER}{said}{lines}{code}{picture}"
        return {"text/plain": str(self), "text/html": html}


def _inline(text: str) -> str:
    """Escaped text, with the parts between backticks as code."""
    parts = escape(text).split("`")
    return "".join(
        f"<code>{part}</code>" if number % 2 else part for number, part in enumerate(parts)
    )
