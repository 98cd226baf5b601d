"""Python code as HTML for a notebook: highlighted, and no line of it broken.

The colours are those of JupyterLab's own editor, so they suit its light and dark themes; elsewhere
each has a colour that can be read on both. IPython brings Pygments, which reads the code.
"""

from html import escape
from typing import Any

_PRE = "white-space:pre;overflow-x:auto;line-height:1.3"
# By the names of Pygments' tokens: the name in JupyterLab's style sheets, and another colour.
_COLOURS = {
    "Keyword": ("keyword", "#4a7fd0"),
    "Comment": ("comment", "#5f8a8a"),
    "Literal.String.Doc": ("comment", "#5f8a8a"),
    "Literal.String": ("string", "#c0564f"),
    "Literal.Number": ("number", "#3f8a4f"),
    "Operator.Word": ("keyword", "#4a7fd0"),
    "Name.Decorator": ("meta", "#a56ab8"),
    "Name.Function": ("def", "#3b7fb0"),
    "Name.Class": ("def", "#3b7fb0"),
}


def highlighted_code(code: str) -> str:
    """Python code as an HTML element.

    >>> print(highlighted_code("x = 1").replace(_PRE, "..."))
    <pre style="..."><code>x = \
<span style="color:var(--jp-mirror-editor-number-color, #3f8a4f)">1</span></code></pre>
    """
    # Imported here, because a terminal needs no HTML.
    from pygments.lexers import PythonLexer

    parts = (_part(kind, text) for kind, text in PythonLexer().get_tokens(code))
    return f'<pre style="{_PRE}"><code>{"".join(parts).rstrip()}</code></pre>'


def plain_lines(text: str) -> str:
    """Lines that are no code as an HTML element, in which columns stay columns."""
    return f'<pre style="{_PRE}">{escape(text)}</pre>'


def _part(kind: Any, text: str) -> str:
    """A token as HTML, in its own colour or that of a kind that it belongs to."""
    for wider in reversed(kind.split()):
        colour = _COLOURS.get(str(wider).removeprefix("Token."))
        if colour:
            name, other = colour
            style = f"color:var(--jp-mirror-editor-{name}-color, {other})"
            return f'<span style="{style}">{escape(text)}</span>'
    return escape(text)
