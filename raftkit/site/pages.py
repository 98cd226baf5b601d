"""Pages that are read: the front page, and each notebook with what its cells show.

A notebook is run once while the site is built, so that its pictures are there before anything is
started. Links between notebooks lead from page to page. The words of the front page stand in
static/front.html, its table comes from the catalogue.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from raftkit.course import NOTEBOOKS, exercises_of
from raftkit.site.problem import SiteProblem
from raftkit.site.stories import STORIES

_STATIC = Path(__file__).parent / "static"
_SECONDS_A_CELL = 120
_WIDGET = "application/vnd.jupyter.widget-view+json"
# What these show depends on an answer, and there is none yet; a hint must not be read by chance.
_FOR_AN_ANSWER = re.compile(r"(check|hint|play|reveal|replay)(-|$)")
# A link from notebook to notebook, and the page that it should lead to.
_LINK = re.compile(r'href="(?:\.\./)?(?:\w+/)?(\w+)\.ipynb"')


@dataclass(frozen=True)
class Lesson:
    """A notebook of the course: where it is, and what the table of the front page tells of it."""

    path: str
    title: str
    sees: str
    writes: str
    section: str
    minutes: int
    points: int

    @property
    def name(self) -> str:
        """What its page is called, without ".html"."""
        return Path(self.path).stem


def lessons_of(paths: Sequence[str]) -> list[Lesson]:
    """The course's notebooks in order: what is only read and played first, then the graded ones.

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
    """A lesson without exercises, called as its file is."""
    title = re.sub(r"^\d+_", "", Path(path).stem).replace("_", " ").capitalize()
    sees = "a cluster of your own: elected, cut in two, and healed"
    return Lesson(path, title, sees, "nothing yet: guess, run, play", "§5", 10, 0)


def _with_exercises(path: str, notebook: Any) -> Lesson:
    """A graded notebook, as the catalogue tells it."""
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
    """Write the front page; so many megabytes are loaded before the first check."""
    page = _template("front.html").render(lessons=lessons, stories=STORIES, megabytes=megabytes)
    _write(site / "index.html", page)
    _write(site / "site.css", (_STATIC / "site.css").read_text(encoding="utf-8") + _code_style())
    _write(site / "icon.svg", (_STATIC / "icon.svg").read_text(encoding="utf-8"))


def put_lesson(site: Path, file: Path, lesson: Lesson, lessons: Sequence[Lesson]) -> None:
    """Run a notebook and write it as a page. Raises SiteProblem if a cell of it fails."""
    from nbconvert import HTMLExporter

    exporter = HTMLExporter(
        template_name="basic",
        exclude_input_prompt=True,
        exclude_output_prompt=True,
        exclude_anchor_links=True,
    )
    body, _ = exporter.from_notebook_node(_executed(file))
    place = lessons.index(lesson)
    page = _template("reading.html").render(
        body=_LINK.sub(r'href="\1.html"', body),
        lesson=lesson,
        before=lessons[place - 1] if place else None,
        after=lessons[place + 1] if place + 1 < len(lessons) else None,
    )
    _write(site / "read" / f"{lesson.name}.html", page)


def _executed(file: Path) -> Any:
    """A notebook with what its cells show, as far as that does not depend on an answer."""
    import nbformat
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError

    notebook = nbformat.read(file, as_version=4)
    client = NotebookClient(
        notebook,
        timeout=_SECONDS_A_CELL,
        kernel_name="python3",
        store_widget_state=False,
        record_timing=False,
        extra_arguments=["--log-level=ERROR"],
        resources={"metadata": {"path": str(file.parent)}},
    )
    try:
        client.execute()
    except CellExecutionError as error:
        raise SiteProblem(f"{file.name} does not run: {error.ename}: {error.evalue}") from None
    for cell in notebook.cells:
        if cell.cell_type == "code":
            _leave_what_is_read(cell)
    return notebook


def _leave_what_is_read(cell: Any) -> None:
    """Of a cell's output, only what a page can show."""
    if _FOR_AN_ANSWER.match(cell.id) and re.search(r"\d", cell.id):
        cell.outputs = []
    for output in cell.outputs:
        output.get("data", {}).pop(_WIDGET, None)


def _template(name: str) -> Any:
    """A page of static/, to be filled in; whatever is put into it is escaped."""
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
