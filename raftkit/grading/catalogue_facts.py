"""Writes what the catalogue knows into the masters and into the README's table of lessons.

Numbers, titles, points, minutes, sections, pictures and nbgrader's marks are written here, and by
no author. It finds an exercise by the number in its prompt's heading, and leaves prose as it is.
"""

import re
from typing import Any

from raftkit.course.chapters import NOTEBOOKS, exercises_of
from raftkit.course.exercise import Exercise
from raftkit.course.tutor.commands import picture
from raftkit.grading import prompt_pictures
from raftkit.grading.notebook_form import ReleaseError

Cell = dict[str, Any]

FIVE = ("prompt", "ex", "check", "hint", "play")
_HOURS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight")
_NUMBER = re.compile(r"## (\d+\.\d+)\b")
_HEADING = re.compile(r"\A## .*")
_RULE = re.compile(r"^\*\*The rule\*\*(?: \(.*?\))?\.", re.MULTILINE)
_IMAGE = re.compile(r"<img(?: [^>]*)?>")
_TODO = re.compile(r"# TODO\b.*")
_SOLUTION = re.compile(r"### BEGIN SOLUTION\n(.*?)### END SOLUTION", re.DOTALL)
_TOTAL = re.compile(r"\b\d+ points, about (?:\d+ minutes|\w+ hours)")
_TOTAL_LINES = re.compile(r"\bsome \d+ lines\b")
_TABLE = re.compile(r"^(\| notebook \|.*\n\|[-|]+\|\n)(?:\|.*\n)*", re.MULTILINE)


def write_facts(cells: list[Cell], notebook: str) -> dict[str, str]:
    """Put what the catalogue knows of a graded notebook into the cells of its master.

    The pictures of its prompts, which lie in files beside it, are returned by their paths.

    Raises `ReleaseError` if its prompts are not those of the catalogue, lack their four cells, or
    have no place for what is to be written.
    """
    exercises = exercises_of(notebook)
    lines, pictures = 0, {}
    for exercise, five in zip(exercises, _fives(cells, exercises), strict=True):
        _mark(exercise, five)
        prompt, stub, check, hint, _ = five
        drawn, file = picture(exercise.id), prompt_pictures.file_of(prompt["id"])
        pictures[file] = f"{drawn.svg}\n"
        image = prompt_pictures.pointing_to(file, drawn)
        prompt["source"] = _prompt(exercise, image, prompt["source"])
        lines += _lines_of(stub["source"])
        stub["source"] = _stub(exercise, stub["source"])
        check["source"] = f'check("{exercise.id}", {exercise.answer})'
        hint["source"] = f'hint("{exercise.id}")'
    title = cells[0]
    title["source"] = _put(_total(exercises), _TOTAL, title["source"], "the first cell")
    title["source"] = _TOTAL_LINES.sub(f"some {_about(lines)} lines", title["source"])
    return pictures


def write_table(text: str) -> str:
    """The README's text, its table of lessons with a row for each graded notebook."""
    rows = "".join(f"{_row(each.name)}\n" for each in NOTEBOOKS)
    return _TABLE.sub(lambda found: found[1] + rows, text)


def _row(name: str) -> str:
    notebook = next(each for each in NOTEBOOKS if each.name == name)
    exercises = exercises_of(name)
    columns = (
        f"[{name}](exercises/{name}.ipynb)",
        notebook.sees,
        notebook.writes,
        notebook.section,
        f"{sum(each.minutes for each in exercises)}",
        f"{sum(each.points for each in exercises)}",
    )
    return f"| {' | '.join(columns)} |"


# The cells of an exercise ----------------------------------------------------------------


def _fives(cells: list[Cell], exercises: tuple[Exercise, ...]) -> list[list[Cell]]:
    """The five cells of every exercise, in order."""
    starts = {
        found[1]: place
        for place, cell in enumerate(cells)
        if cell["cell_type"] == "markdown" and (found := _NUMBER.match(cell["source"]))
    }
    wanted = [each.id for each in exercises]
    if list(starts) != wanted:
        raise ReleaseError(
            f'the prompts that begin with "## " and a number are {_listed(list(starts))}, and the '
            f"catalogue has {_listed(wanted)}"
        )
    fives = [cells[place : place + len(FIVE)] for place in starts.values()]
    for id, five in zip(wanted, fives, strict=True):
        if [cell["cell_type"] for cell in five[1:]] != ["code"] * 4:
            raise ReleaseError(f"four code cells follow the prompt of {id}: {', '.join(FIVE[1:])}")
    return fives


def _listed(numbers: list[str]) -> str:
    return ", ".join(numbers) or "none"


def _mark(exercise: Exercise, five: list[Cell]) -> None:
    """Give the cells their ids, and nbgrader's marks to the three that it must know."""
    for kind, cell in zip(FIVE, five, strict=True):
        cell["id"] = exercise.grade_id.replace("ex-", f"{kind}-", 1)
        cell["metadata"].pop("nbgrader", None)
    prompt, stub, check, _, _ = five
    for cell in (prompt, stub, check):
        cell["metadata"]["nbgrader"] = {
            "grade": cell is check,
            "grade_id": cell["id"],
            "locked": cell is not stub,
            "schema_version": 3,
            "solution": cell is stub,
            "task": False,
        }
    check["metadata"]["nbgrader"]["points"] = exercise.points


def _prompt(exercise: Exercise, image: str, source: str) -> str:
    """A prompt with its heading, its picture and the section of its rule."""
    heading = f"## {exercise.id} · {exercise.title} · {exercise.points} points"
    where = f"the prompt of {exercise.id}"
    source = _put(heading, _HEADING, source, where)
    source = _put(image, _IMAGE, source, where)
    return _put(f"**The rule** ({exercise.section}).", _RULE, source, where)


def _stub(exercise: Exercise, source: str) -> str:
    """A stub that says how many lines its solution takes."""
    lines = _about(_lines_of(source))
    todo = f"# TODO: about {lines} line{'' if lines == 1 else 's'}."
    return _put(todo, _TODO, source, f"the answer cell of {exercise.id}")


def _put(text: str, pattern: re.Pattern[str], source: str, where: str) -> str:
    """`source` with `text` in the place that a pattern finds. Raises `ReleaseError` without one."""
    put, places = pattern.subn(lambda _: text, source, count=1)
    if not places:
        raise ReleaseError(f"{where} has no line for {text[:40]!r}: copy that of another exercise")
    return put


def _lines_of(source: str) -> int:
    """How many lines the solution in a cell takes, without comments and empty lines."""
    solution = "".join(_SOLUTION.findall(source)).splitlines()
    stripped = [line.strip() for line in solution]
    return sum(bool(line) and not line.startswith("#") for line in stripped)


def _about(lines: int) -> int:
    """A number of lines as one says it."""
    return lines if lines < 100 else round(lines, -1)


def _total(exercises: tuple[Exercise, ...]) -> str:
    """What the exercises of a notebook come to."""
    points = sum(each.points for each in exercises)
    minutes = sum(each.minutes for each in exercises)
    time = f"{minutes} minutes" if minutes < 120 else f"{_HOURS[minutes // 60]} hours"
    return f"{points} points, about {time}"
