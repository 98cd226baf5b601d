"""The README tells the truth: its picture, its table and its commands are the kit's own."""

import doctest
from pathlib import Path

from raftkit.course import NOTEBOOKS, exercises_of


def test_the_picture_is_the_one_that_the_lines_below_it_draw(repository: Path) -> None:
    text = (repository / "README.md").read_text(encoding="utf-8")
    names: dict = {}
    for example in doctest.DocTestParser().get_examples(text):
        exec(compile(example.source, "README.md", "single"), names)

    committed = (repository / "notebooks/pictures/partition.svg").read_text(encoding="utf-8")

    assert names["picture"].svg == committed.rstrip("\n")


def test_the_course_table_is_the_catalogue(repository: Path) -> None:
    text = (repository / "README.md").read_text(encoding="utf-8")
    for notebook in NOTEBOOKS:
        exercises = exercises_of(notebook.name)
        minutes = sum(exercise.minutes for exercise in exercises)
        points = sum(exercise.points for exercise in exercises)

        row = (
            f"| [{notebook.name}](exercises/{notebook.name}.ipynb) | {notebook.sees} "
            f"| {notebook.writes} | {notebook.section} | {minutes} | {points} |"
        )

        assert row in text, f"the README's row of this notebook should be:\n{row}"
