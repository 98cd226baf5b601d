"""A class in which everybody did something else: each gets exactly what the code deserves."""

import copy
import csv
import io
import json
import os
import sys

import pytest

from raftkit.course import examine, exercise
from raftkit.grading.class_run import ClassGrades, grade_class
from raftkit.grading.judge import seed_for
from raftkit.grading.one_student import Row
from raftkit.grading.report import grades_csv, grades_json, write_reports
from raftkit.grading.sandbox import Limits

SEED = 17
LIMITS = Limits(1.0, 1.0, 4.0)

TAMPER = """
import builtins, functools, gc, json, operator, sys, types
import raftkit, raftkit.course
import raftkit.course.checking.examine_function, raftkit.course.checking.result

class Agrees:
    def __eq__(self, other): return True
    def __bool__(self): return True
    __hash__ = None

raftkit.check = raftkit.course.checking.examine_function = lambda *given, **named: Agrees()
raftkit.course.checking.result.Result.points = property(lambda self: self.max_points)
builtins.all = builtins.any = builtins.isinstance = lambda *given: True
json.dumps = lambda *given, **named: '{"points": 8}'
json.JSONEncoder.encode = lambda self, value: '{"points": 8}'
operator.eq = functools.partial = lambda *given: True
for name, module in list(sys.modules.items()):
    if isinstance(module, types.ModuleType) and name.startswith("raftkit"):
        module.examine = module.check = lambda *given, **named: Agrees()
AssertionError = type("Fine", (BaseException,), {})
"""


def wrong(course, id, *lines):
    return {f"ex_{id.replace('.', '_')}": course.body(id, *lines)}


def build(course):
    """Cells or text by student; the names say what each did."""
    solved, stubs = course.solved(), course.stubs()
    vote, majority = solved["2.3"], solved["2.1"]
    cells = course.cells
    keyed = {f"ex_{id.replace('.', '_')}": source for id, source in stubs.items()}
    first_three = {name: source for name, source in keyed.items() if name > "ex_2_3"}
    all_wrong = {
        f"ex_{each.id.replace('.', '_')}": course.body(each.id, "return None")
        for each in course.exercises
    }
    unmarked = [dict(cell, metadata={}) for cell in cells()]
    return {
        "full": cells(),
        "partial": cells(**first_three),
        "empty_stubs": cells(**keyed),
        "no_cells": [],
        "wrong_half": cells(ex_2_1=majority.replace("granted > ", "granted >= ")),
        "wrong_always_yes": cells(**wrong(course, "2.3", "return True")),
        "wrong_no_voted_for": cells(
            ex_2_3=vote.replace("standing.voted_for in (None, request.source) and ", "")
        ),
        "wrong_index_first": cells(**wrong(course, "2.2", "return given[1] >= given[3]")),
        "wrong_silent": cells(**wrong(course, "2.5", "return 'ignore'")),
        "loop_in_cell": cells(ex_2_3=vote + "\nwhile True: pass\n"),
        "loop_in_rule": cells(**wrong(course, "2.3", "while True: pass")),
        "deleted_cell": [cell for cell in cells() if "ex-2-4" not in str(cell["metadata"])],
        "deleted_checks": [cell for cell in cells() if "check-" not in str(cell["metadata"])],
        "duplicated_cell": [cell for cell in cells() for _ in (1, 2)],
        "renamed_marks": json.loads(json.dumps(cells()).replace('"ex-2-', '"mine-')),
        "no_marks": unmarked,
        "split_helper": [
            *cells(**wrong(course, "2.1", "return more(given[0], given[2] // 2)")),
            {"cell_type": "code", "metadata": {}, "source": "def more(a, b): return a > b"},
        ],
        "magics": cells(ex_2_3="%matplotlib inline\n!ls\n" + vote),
        "broken_json": "{" + "x" * 50,
        "empty_file": "",
        "wrong_notebook": [{"cell_type": "code", "metadata": {}, "source": "print(1)"}],
        "exit_in_cell": cells(ex_2_3="import sys\nsys.exit()\n" + vote),
        "exit_in_rule": cells(**wrong(course, "2.3", "import sys", "sys.exit()")),
        "hard_exit_in_cell": cells(ex_2_3=vote + "\nimport os\nos._exit(0)\n"),
        "hard_exit_in_rule": cells(**wrong(course, "2.3", "import os", "os._exit(0)")),
        "print_flood": cells(ex_2_3="for _ in range(100): print('x' * 1_000_000)\n" + vote),
        "prints_in_rule": cells(
            ex_2_1=majority.replace("    return", "    print('hello')\n    return")
        ),
        "warns": cells(
            ex_2_3="import sys, warnings\nwarnings.warn('x')\nsys.stderr.write('y')\n" + vote
        ),
        "tampers": [{"cell_type": "code", "metadata": {}, "source": TAMPER}, *cells(**all_wrong)],
        "tampers_in_answer": cells(**all_wrong | {"ex_2_1": TAMPER + all_wrong["ex_2_1"]}),
        "recursion_bomb": cells(**wrong(course, "2.3", "return should_grant_vote(*given)")),
        "memory_bomb": cells(**wrong(course, "2.3", "return bool(bytearray(1 << 40))")),
        "fork_bomb": cells(**wrong(course, "2.3", "import os", "while True: os.fork()")),
        "wrong_type": cells(**wrong(course, "2.6", "return 'candidate'")),
        "wrong_value": cells(**wrong(course, "2.3", "return object()")),
        "imports_reference": cells(
            ex_2_3="from raftkit.protocol.election import should_grant_vote"
        ),
        "wraps_reference": cells(
            ex_2_3="import raftkit.protocol as kit\n"
            + course.body("2.3", "return kit.should_grant_vote(*given)")
        ),
        "long_value": cells(**wrong(course, "2.5", "return 'a' * 100_000")),
        "by_heart": cells(ex_2_1=by_heart(course)),
        "=HYPERLINK(1)": cells(),
    }


def by_heart(course):
    """An answer that knows every call of the notebook's own seed and nothing else."""
    known = {}

    def record(*given):
        known[given] = given[0] > given[2] // 2
        return known[given]

    examine(exercise("2.1"), record, seed=0)
    return course.body("2.1", f"return {known!r}[given]")


@pytest.fixture(scope="module")
def class_folder(course, save, tmp_path_factory):
    folder = tmp_path_factory.mktemp("class")
    for student, cells in build(course).items():
        save(folder, student, cells)
    (folder / "empty_folder").mkdir()
    (folder / "only_a_pdf").mkdir()
    (folder / "only_a_pdf" / "solution.pdf").write_bytes(b"%PDF-1.7")
    for student, name in (("only_a_zip", "zoe.zip"), ("only_a_text", "x.ipynb.txt")):
        (folder / student).mkdir()
        (folder / student / name).write_bytes(b"PK")
    if hasattr(os, "mkfifo"):
        (folder / "pipe").mkdir()
        os.mkfifo(folder / "pipe" / "02_voting.ipynb")
    save(folder, "other_notebook", build(course)["wrong_notebook"], "holiday.ipynb")
    save(folder, "two_files", course.cells(), "02_voting.ipynb")
    save(folder, "two_files", "", "02_voting (1).ipynb")
    # The whole course with nothing written in it; a worse answer beside a better copy.
    save(folder, "repository", build(course)["empty_stubs"], "raftkit/exercises/02_voting.ipynb")
    save(folder, "repository", course.cells(), "raftkit/solutions/02_voting.ipynb")
    save(folder, "worse", course.cells(ex_2_1="def has_majority(*_): return 1"), "02_voting.ipynb")
    save(folder, "worse", course.cells(), "02_voting-Copy1.ipynb")
    return folder


@pytest.fixture(scope="module")
def grades(class_folder, short_search):
    return grade_class(
        class_folder, seed=SEED, jobs=1, limits=LIMITS, progress=lambda work, _: work
    )


@pytest.fixture(scope="module")
def row(grades):
    return {each.student: each for each in grades.rows}.__getitem__


def statuses(row):
    return {verdict.exercise: verdict.status for verdict in row.verdicts}


def points_of(row):
    return {verdict.exercise: verdict.points for verdict in row.verdicts}


def test_nobody_is_lost_and_everybody_is_there_once(class_folder, grades):
    students = sorted(path.name for path in class_folder.iterdir())

    assert [each.student for each in grades.rows] == students
    assert len(students) > 40


@pytest.mark.parametrize(
    "student",
    [
        "full",
        "deleted_checks",
        "duplicated_cell",
        "loop_in_cell",
        "renamed_marks",
        "no_marks",
        "split_helper",
        "magics",
        "print_flood",
        "prints_in_rule",
        "warns",
        "two_files",
        "=HYPERLINK(1)",
    ],
)
def test_right_answers_get_full_points_whatever_is_around_them(course, row, student):
    graded = row(student)

    assert (graded.status, graded.points, graded.max_points) == (
        "graded",
        course.points,
        course.points,
    )
    assert set(statuses(graded).values()) == {"full"}


@pytest.mark.parametrize(
    ("student", "lost", "status"),
    [
        ("loop_in_rule", "2.3", "error"),
        ("deleted_cell", "2.4", "not started"),
        ("exit_in_rule", "2.3", "partial"),
        ("hard_exit_in_cell", "2.3", "error"),
        ("hard_exit_in_rule", "2.3", "error"),
        ("recursion_bomb", "2.3", "error"),
        ("wrong_type", "2.6", "partial"),
        ("wrong_value", "2.3", "partial"),
        ("imports_reference", "2.3", "partial"),
        ("wraps_reference", "2.3", "partial"),
    ],
)
def test_a_disaster_costs_its_own_exercise_and_no_other(course, row, student, lost, status):
    graded = row(student)
    expected = {each.id: each.points for each in course.exercises} | {lost: 0}

    assert graded.status == "graded"
    assert points_of(graded) == expected
    assert statuses(graded)[lost] == status


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux can forbid these")
@pytest.mark.parametrize("student", ["memory_bomb", "fork_bomb"])
def test_a_bomb_costs_its_own_exercise_and_no_other(course, row, student):
    assert points_of(row(student)) == {each.id: each.points for each in course.exercises} | {
        "2.3": 0
    }


def test_an_exit_before_the_definition_says_so(row):
    verdict = next(each for each in row("exit_in_cell").verdicts if each.exercise == "2.3")

    assert verdict.points == 0
    assert "tried to leave Python" in verdict.text


def test_a_partial_notebook_gets_what_it_has(row):
    graded = row("partial")

    assert graded.points == 20
    assert [*statuses(graded).values()] == ["full"] * 3 + ["not started"] * 4


@pytest.mark.parametrize("student", ["empty_stubs"])
def test_stubs_are_not_started(row, student):
    assert (row(student).status, row(student).points) == ("graded", 0)
    assert set(statuses(row(student)).values()) == {"not started"}


@pytest.mark.parametrize(
    ("student", "status", "said"),
    [
        ("broken_json", "unreadable", "damaged"),
        ("empty_file", "unreadable", "is empty"),
        ("wrong_notebook", "graded", "found by their names"),
        ("no_cells", "graded", "found by their names"),
        ("other_notebook", "wrong notebook", "holiday.ipynb has no exercise of this course"),
        ("empty_folder", "no notebook", "the folder is empty"),
        ("only_a_pdf", "no notebook", "solution.pdf"),
    ],
)
def test_what_cannot_be_graded_has_a_row_that_says_why(course, row, student, status, said):
    graded = row(student)

    assert (graded.status, graded.points, graded.max_points) == (status, 0, course.points)
    assert said in "; ".join(graded.notes)


@pytest.mark.parametrize(
    ("student", "id"),
    [
        ("wrong_half", "2.1"),
        ("wrong_always_yes", "2.3"),
        ("wrong_no_voted_for", "2.3"),
        ("wrong_index_first", "2.2"),
        ("wrong_silent", "2.5"),
    ],
)
def test_a_wrong_answer_gets_what_it_would_in_our_own_process(
    course, class_folder, row, student, id
):
    namespace = {}
    exec("from raftkit.protocol import *", namespace)
    path = class_folder / student / "voting" / "02_voting.ipynb"
    for cell in json.loads(path.read_text())["cells"]:
        if cell["metadata"].get("nbgrader", {}).get("solution"):
            exec("from __future__ import annotations\n" + "".join(cell["source"]), namespace)
    here = examine(exercise(id), namespace[course.rule(id)], seed=seed_for(SEED, id))
    verdict = next(each for each in row(student).verdicts if each.exercise == id)

    assert here.points < here.max_points
    assert verdict.result == here.to_json()
    assert row(student).points == course.points - here.max_points + here.points


@pytest.mark.parametrize("student", ["tampers", "tampers_in_answer"])
def test_patching_everything_earns_what_the_answers_deserve(row, student):
    assert row(student).points == 0
    assert "full" not in statuses(row(student)).values()


def test_a_long_value_is_shortened_in_every_form(row):
    verdict = next(each for each in row("long_value").verdicts if each.exercise == "2.5")

    assert verdict.points == 0
    assert len(json.dumps(verdict.result)) < 20_000
    assert "a" * 3_000 not in verdict.html + verdict.text


def test_an_answer_learnt_by_heart_meets_other_numbers(course, row):
    assert points_of(row("by_heart"))["2.1"] < 6


def test_notes_say_what_was_done_about_oddities(row):
    assert (
        "should_grant_vote is defined 2 times: the one in cell 12 counts"
        in row("duplicated_cell").notes
    )
    assert (
        "2 files for this notebook: voting/02_voting.ipynb counts, not voting/02_voting (1).ipynb"
    ) in row("two_files").notes
    assert "cell 6: left out '%matplotlib inline', '!ls'" in row("magics").notes


def test_of_several_files_one_counts_by_its_place_and_name_and_never_as_the_best(course, row):
    handed_in, worse = row("repository"), row("worse")

    assert handed_in.points == 0
    assert (
        "voting/raftkit/solutions/02_voting.ipynb is the course's own, and was not graded"
        in handed_in.notes
    )
    assert 0 < worse.points < course.points
    assert (
        "2 files for this notebook: voting/02_voting.ipynb counts, not voting/02_voting-Copy1.ipynb"
        in worse.notes
    )


@pytest.mark.parametrize(
    ("student", "said"),
    [
        ("empty_stubs", "nothing started"),
        ("loop_in_rule", "2.3: should_grant_vote did not come to an end in 100,000 steps"),
        ("hard_exit_in_cell", "2.3: cell 6 "),
        ("hard_exit_in_rule", "2.3: should_grant_vote "),
        ("exit_in_rule", "2.3: should_grant_vote tried to leave Python"),
        ("imports_reference", "raftkit's own should_grant_vote is not there"),
        ("deleted_checks", "check cells deleted (graded all the same): 2.1, 2.2"),
        ("only_a_pdf", "solution.pdf is no notebook: hand in the .ipynb file"),
        ("only_a_zip", "zoe.zip is an archive: hand in the .ipynb inside it"),
        ("only_a_text", "x.ipynb.txt may be a notebook under another name: rename it to x.ipynb"),
        ("pipe", "02_voting.ipynb is no file with a notebook in it"),
    ],
)
def test_the_note_says_where_the_points_went(row, student, said):
    if student == "pipe" and not hasattr(os, "mkfifo"):
        student, said = "empty_folder", "the folder is empty"
    assert said in "; ".join(row(student).notes)


def test_who_did_everything_right_has_no_note(row):
    assert row("full").notes == ()


def test_the_reports_have_every_student_and_start_no_formula(grades, tmp_path):
    lines = list(csv.DictReader(io.StringIO(grades_csv(grades.rows))))

    assert list(lines[0]) == ["student", "assignment", "points", "max_points", "status", "note"]
    assert len(lines) == len(grades.rows)
    assert not any(
        cell.startswith(("=", "+", "-", "@")) for line in lines for cell in line.values()
    )
    assert {line["assignment"] for line in lines} == {"02_voting"}
    assert len(json.loads(grades_json(grades, SEED))["rows"]) == len(grades.rows)


def test_the_gradebook_begins_with_a_mark_by_which_excel_knows_utf_8(tmp_path):
    write_reports(ClassGrades([Row("Zoë", "02_voting", "graded")]), tmp_path, SEED)

    raw = (tmp_path / "grades.csv").read_bytes()

    assert raw.startswith(b"\xef\xbb\xbfstudent,")
    assert "Zoë" in raw.decode()
    assert (tmp_path / "grades.json").read_bytes().startswith(b"{")


def test_everybody_has_a_page_with_no_script_and_no_address(grades, tmp_path):
    write_reports(grades, tmp_path, SEED)
    pages = sorted((tmp_path / "feedback").iterdir())

    assert len(pages) == len(grades.rows)
    text = (tmp_path / "feedback" / "wrong_always_yes.html").read_text()
    assert "<script" not in text
    assert 'src="data:image/svg+xml' in text
    assert "http" not in text.replace("http-equiv", "").replace("http://www.w3.org/", "")


def test_grading_again_gives_the_same_bytes(
    class_folder, course, save, grades, short_search, tmp_path
):
    chosen = ("full", "wrong_half", "recursion_bomb", "wrong_value", "broken_json")
    for student in chosen:
        path = class_folder / student / "voting" / "02_voting.ipynb"
        save(tmp_path, student, path.read_text())

    again = grade_class(tmp_path, seed=SEED, jobs=1, limits=LIMITS, progress=lambda work, _: work)

    before = copy.copy(grades)
    before.rows = [each for each in grades.rows if each.student in chosen]
    assert grades_json(again, SEED) == grades_json(before, SEED)
