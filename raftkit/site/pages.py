"""The pages to read: the front page, and each notebook with its cells' outputs.

Links between notebooks become links between pages. The text of the front page is in
static/front.html, its table comes from the course's chapters. It does not know how a notebook
is run.
"""

import re
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from raftkit.course import NOTEBOOKS, exercises_of
from raftkit.course.exercise import Notebook
from raftkit.site.stories import STORIES

_STATIC = Path(__file__).parent / "static"
# Notebooks without exercises belong to no chapter: what one sees and does, section, minutes.
_TO_READ = {
    "00_start_here": (
        "a cluster of your own: elected, cut in two, and healed",
        "nothing yet: guess, run, play",
        "§5",
        10,
    )
}
# A link from a notebook to a notebook; the group is the name of the page.
_LINK = re.compile(r'href="(?:\.\./)?(?:\w+/)?(\w+)\.ipynb"')


@dataclass(frozen=True)
class Lesson:
    """A notebook of the course: its path, and its row in the table of the front page."""

    path: str
    title: str
    sees: str
    writes: str
    section: str
    minutes: int
    points: int

    @property
    def name(self) -> str:
        """The name of its page, without ".html"."""
        return Path(self.path).stem


def lessons_of(paths: Sequence[str]) -> list[Lesson]:
    """The course's notebooks in order: first those without exercises, then the graded ones.

    >>> lessons_of(["exercises/02_voting.ipynb", "notebooks/00_start_here.ipynb"])[1].title
    'Voting'
    """
    of_path = {path: path.split("/")[0] for path in sorted(paths) if path.endswith(".ipynb")}
    read = [_to_read(path) for path, folder in of_path.items() if folder == "notebooks"]
    graded = {notebook.name: notebook for notebook in NOTEBOOKS}
    return read + [
        _with_exercises(path, graded[Path(path).stem])
        for path, folder in of_path.items()
        if folder == "exercises"
    ]


def _to_read(path: str) -> Lesson:
    """A lesson without exercises; its title comes from the name of its file."""
    name = Path(path).stem
    title = re.sub(r"^\d+_", "", name).replace("_", " ").capitalize()
    return Lesson(path, title, *_TO_READ[name], points=0)


def _with_exercises(path: str, notebook: Notebook) -> Lesson:
    """A graded notebook, with the sums of its exercises' minutes and points."""
    exercises = exercises_of(notebook.name)
    return Lesson(
        path,
        notebook.title,
        notebook.sees,
        notebook.writes,
        notebook.section,
        sum(each.minutes for each in exercises),
        sum(each.points for each in exercises),
    )


def put_front_page(site: Path, lessons: Sequence[Lesson], megabytes: int) -> None:
    """Write the front page, its styles and its icon; `megabytes` is the size of Python."""
    page = _template("front.html").render(lessons=lessons, stories=STORIES, megabytes=megabytes)
    _write(site / "index.html", page)
    _write(site / "site.css", (_STATIC / "site.css").read_text(encoding="utf-8") + _code_style())
    _write(site / "icon.svg", (_STATIC / "icon.svg").read_text(encoding="utf-8"))


def put_lesson(site: Path, run: Future[Any], lesson: Lesson, lessons: Sequence[Lesson]) -> None:
    """Wait until a notebook has run, and write it as a page."""
    from nbconvert import HTMLExporter

    exporter = HTMLExporter(
        template_name="basic",
        exclude_input_prompt=True,
        exclude_output_prompt=True,
        exclude_anchor_links=True,
    )
    body, _ = exporter.from_notebook_node(run.result())
    place = lessons.index(lesson)
    page = _template("reading.html").render(
        body=_LINK.sub(r'href="\1.html"', body),
        lesson=lesson,
        before=lessons[place - 1] if place else None,
        after=lessons[place + 1] if place + 1 < len(lessons) else None,
    )
    _write(site / "read" / f"{lesson.name}.html", page)


def _template(name: str) -> Any:
    """A template of static/; every value that is put into it is escaped."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    loader = FileSystemLoader(_STATIC)
    environment = Environment(
        loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    return environment.get_template(name)


def _code_style() -> str:
    """The colours of Python code, light and dark."""
    from pygments.formatters import HtmlFormatter

    light, dark = (
        HtmlFormatter(style=style).get_style_defs(".highlight")
        for style in ("default", "github-dark")
    )
    return f"{light}\n@media (prefers-color-scheme: dark) {{\n{dark}\n}}\n"


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="\n")
