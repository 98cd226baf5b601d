"""Source of a cell as IPython hands it to Python: without prompts, with commands as calls.

IPython's own transformers tell its commands from Python, so that a line of a text or the rest of
an expression is never taken for one. Every line keeps its number. Nothing is run.
"""

import ast
from typing import Any

# Commands that run the rest of their line as it is.
_RUN_THEIR_LINE = ("time", "prun")
# IPython reads a cell anew for each command, so all of a notebook's are read up to this many
# characters; and of a line, or a statement that ends in "?", it takes time by the square of the
# length.
_READ_AT_MOST, _LONGEST_LINE, _LONGEST_QUESTION = 1_000_000, 2_000, 500

_SHORT = "0\n"  # stands for a longer line that is Python


def without_prompts(source: str) -> str:
    """A source without prompts that were pasted, and without an indent of all lines.

    >>> without_prompts("\\n  >>> x = 1\\n  >>> y = 2")
    '\\nx = 1\\ny = 2'
    >>> without_prompts("In [1]: x = 1\\n   ...: y = 2")
    'x = 1\\ny = 2'
    """
    ipython = _ipython()
    above = len(source) - len(source.lstrip(" \t\n"))
    blank = source[:above].count("\n")
    lines = _lines("\n".join(source.split("\n")[blank:]))
    indent = ipython.leading_indent
    for strip in (indent, ipython.classic_prompt, ipython.ipython_prompt, indent):
        lines = strip(lines)
    return "\n" * blank + "".join(lines).removesuffix("\n")


class Commands:
    """Turns IPython's commands in the cells of one notebook into calls of Python.

    >>> Commands().as_calls("x = (3\\n% 2)\\n!ls \\\\\\n-l\\n%time y = 1")
    ("x = (3\\n% 2)\\nget_ipython().system('ls  -l')\\n\\ny = 1", ['!ls \\\\'])
    """

    def __init__(self) -> None:
        self._left = _READ_AT_MOST

    def as_calls(self, source: str) -> tuple[str, list[str]]:
        """The source with calls in place of commands; the commands that will run nothing."""
        long = {place: line for place, line in enumerate(_lines(source)) if _is_too_long(line)}
        lines = [_SHORT if place in long else line for place, line in enumerate(_lines(source))]
        commands = list[str]()
        transformer, changed = _ipython().TransformerManager(), True
        if _longest_question(lines) > _LONGEST_QUESTION or not all(map(_is_python, long.values())):
            return source, commands
        while changed and self._left > 0:
            self._left -= len(source)
            before = lines
            try:
                changed, lines = transformer.do_one_token_transform(before)
            except (SyntaxError, ValueError):
                break
            if changed:
                lines, place = _as_long_as(before, lines)
                command = lines[place]
                lines[place] = _run_rest(command)
                if lines[place] == command:
                    commands.append(before[place].strip())
        whole = "".join(long.get(place, line) for place, line in enumerate(lines))
        return whole.removesuffix("\n"), commands


def _is_too_long(line: str) -> bool:
    return len(line) > _LONGEST_LINE


def _is_python(line: str) -> bool:
    """Whether a line is Python for itself, so that another may stand for it meanwhile."""
    try:
        ast.parse(line.strip())
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


def _ipython() -> Any:
    """IPython's module, imported only for cells that need it."""
    from IPython.core import inputtransformer2

    return inputtransformer2


def _longest_question(lines: list[str]) -> int:
    """The length of the longest statement, of any number of lines, that ends in a "?"."""
    if not any(line.rstrip().endswith("?") for line in lines):
        return 0
    statements = _ipython().make_tokens_by_line(lines)
    asked = [each for each in statements if len(each) > 2 and each[-2].string == "?"]
    of_rows = [lines[each[0].start[0] - 1 : each[-2].end[0]] for each in asked]
    return max((sum(map(len, rows)) for rows in of_rows), default=0)


def _lines(source: str) -> list[str]:
    """The lines of a source, as Python counts them, each with its end."""
    return [f"{line}\n" for line in source.split("\n")]


def _as_long_as(before: list[str], after: list[str]) -> tuple[list[str], int]:
    """The lines after one change, with blank ones below it for those that are gone; its place."""
    pairs = enumerate(zip(before, after, strict=False))
    place = next((number for number, (old, new) in pairs if old != new), 0)
    gone = ["\n"] * (len(before) - len(after))
    return [*after[: place + 1], *gone, *after[place + 1 :]], place


def _run_rest(line: str) -> str:
    """A line with a call of IPython, or the code that the called command would run as it is."""
    text = line.strip()
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError):
        return line
    for node in ast.walk(tree):
        match node:
            case ast.Call(
                ast.Attribute(attr="run_line_magic"), [ast.Constant(name), ast.Constant(code)]
            ) if name in _RUN_THEIR_LINE and code:
                return line.replace(
                    ast.get_source_segment(text, node) or text, str(code).lstrip(), 1
                )
    return line
