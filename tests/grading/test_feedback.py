"""Pages for students with any name, and a second try for those whose worker died."""

from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool

from raftkit.grading.class_run import _completed, _second_try
from raftkit.grading.feedback import feedback_pages, file_names
from raftkit.grading.judge import seed_for
from raftkit.grading.one_student import KIT_ERROR, Row
from raftkit.grading.submissions import Student


def test_no_two_students_share_a_page_whatever_they_are_called():
    students = ["a/b", "a\\b", "A_B", "..", "", "CON", "x" * 300, "x" * 301, "Zoë", "日本"]

    names = file_names(students)

    assert len({name.casefold() for name in names.values()}) == len(students)
    assert all(len(name) < 100 and "/" not in name and "\\" not in name for name in names.values())
    assert names["Zoë"] == "Zoë.html"
    assert names["CON"] == "CON_.html"


def test_names_and_notes_are_text_and_never_markup():
    rows = [Row("<b>", "<i>", "graded", notes=("<script>alert(1)</script>",))]

    page = feedback_pages(rows)["b.html"]

    assert "<script>" not in page
    assert "<b>" not in page
    assert "&lt;script&gt;" in page


def test_labels_are_not_broken_and_values_are():
    page = feedback_pages([Row("ada", "02_voting", "graded")])["ada.html"]

    assert "td:first-child, th { overflow-wrap: normal; white-space: nowrap; }" in page
    assert "overflow-wrap: anywhere" in page


def test_a_student_whose_grading_process_dies_twice_has_a_row():
    future = Future()
    future.set_exception(BrokenProcessPool("gone"))

    done = _second_try(future, Student("ada"))

    assert [(row.student, row.status) for row in done.rows] == [("ada", KIT_ERROR)]


def test_who_handed_in_one_notebook_of_two_has_a_row_for_the_other():
    rows = [
        Row("ada", "02_voting", "graded"),
        Row("ada", "03_x", "graded"),
        Row("bob", "03_x", "graded"),
    ]

    found = [(row.student, row.assignment, row.status) for row in _completed(rows)]

    assert found[2:] == [("bob", "02_voting", "missing"), ("bob", "03_x", "graded")]


def test_seeds_are_steady_and_never_the_notebooks_own():
    seeds = {seed_for(seed, id) for seed in range(50) for id in ("2.1", "2.2")}

    assert len(seeds) == 100
    assert 0 not in seeds
