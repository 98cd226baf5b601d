"""The feedback pages: for each student the results and pictures that the notebook shows.

A page needs no network and runs no script. Its content security policy forbids both, so that a
value which a student's code returned stays text. It follows the reader's light or dark theme.
It does not know how points are earned.
"""

import re
import unicodedata
from html import escape
from itertools import groupby

from raftkit.grading.one_student import Row
from raftkit.harmless_text import harmless

_STYLE = """
:root { color-scheme: light dark; --ink: #1b1b1b; --paper: #ffffff; --line: #c9c9c9; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e8e8e8; --paper: #161616; --line: #4a4a4a; }
}
body { margin: 2rem auto; max-width: 60rem; padding: 0 1rem; color: var(--ink);
  background: var(--paper); font: 16px/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
td:first-child, th { overflow-wrap: normal; white-space: nowrap; }
table { border-collapse: collapse; }
th, td { border-bottom: 1px solid var(--line); padding: 0.3rem 0.8rem; text-align: left; }
td.points { text-align: right; }
section { border-top: 2px solid var(--line); margin-top: 2rem; padding-top: 0.5rem; }
svg { max-width: 100%; height: auto; }
img { color-scheme: inherit !important; }
"""

_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"

_RESERVED = re.compile(r"^(con|prn|aux|nul|com\d|lpt\d)$", re.IGNORECASE)


def feedback_pages(rows: list[Row]) -> dict[str, str]:
    """The pages by file name; one for each student in `rows`, which are sorted by student."""
    by_student = {name: list(group) for name, group in groupby(rows, key=lambda row: row.student)}
    names = file_names(list(by_student))
    return {names[name]: page(name, own) for name, own in by_student.items()}


def file_names(students: list[str]) -> dict[str, str]:
    """A different file name for each student, which every system accepts.

    >>> file_names(["Ada/L", "Ada\\\\L", "../x"])
    {'Ada/L': 'Ada_L.html', 'Ada\\\\L': 'Ada_L-2.html', '../x': 'x.html'}
    """
    taken: set[str] = set()
    names = {}
    for student in students:
        stem, number = _stem(student), 1
        name = stem
        # Some systems do not distinguish upper case from lower case.
        while name.casefold() in taken:
            number += 1
            name = f"{stem}-{number}"
        taken.add(name.casefold())
        names[student] = f"{name}.html"
    return names


def _stem(student: str) -> str:
    """A student's name without characters that some system refuses in a file's name."""
    text = unicodedata.normalize("NFC", student)
    text = re.sub(r"[^\w.-]+", "_", text).strip("._-")[:80] or "student"
    return f"{text}_" if _RESERVED.match(text) else text


def page(student: str, rows: list[Row]) -> str:
    """The page of one student."""
    body = "".join(_assignment(row) for row in rows)
    name = escape(harmless(student))
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{name}</title>\n<style>{_STYLE}</style>\n</head>\n"
        f"<body>\n<h1>{name}</h1>\n{body}</body>\n</html>\n"
    )


def _assignment(row: Row) -> str:
    """The part of the page for one notebook."""
    head = f"{row.assignment or 'Submission'}: {row.points:g} of {row.max_points:g} points"
    notes = "".join(f"<li>{escape(harmless(note))}</li>" for note in row.notes)
    table = "".join(
        f'<tr><td>{escape(verdict.exercise)}</td><td class="points">{verdict.points:g} of '
        f"{verdict.max_points:g}</td><td>{escape(verdict.status)}</td></tr>"
        for verdict in row.verdicts
    )
    parts = [f"<section>\n<h2>{escape(head)}</h2>\n<p>Status: {escape(row.status)}</p>\n"]
    if notes:
        parts.append(f"<ul>{notes}</ul>\n")
    if table:
        heads = "<tr><th>Exercise</th><th>Points</th><th>Status</th></tr>"
        parts.append(f"<table>{heads}{table}</table>\n")
    parts += [f"<section>{verdict.html}</section>\n" for verdict in row.verdicts if verdict.html]
    return "".join([*parts, "</section>\n"])
