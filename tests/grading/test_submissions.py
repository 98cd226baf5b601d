"""Who is found in a folder of submissions."""

import pytest

from raftkit.grading.class_run import ClassGrades
from raftkit.grading.one_student import Row
from raftkit.grading.report import must_be_writable, write_reports
from raftkit.grading.submissions import find_submissions

KNOWN = frozenset({"02_voting", "03_replication"})


@pytest.fixture
def folder(tmp_path):
    def make(*names):
        for name in names:
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("{}")
        return tmp_path

    return make


def found(folder):
    return {
        student.name: [file.path.relative_to(folder).as_posix() for file in student.notebooks]
        for student in find_submissions(folder, KNOWN)
    }


def test_nbgraders_layout_is_student_assignment_notebook(folder):
    place = folder("bob/voting/02_voting.ipynb", "ada/voting/02_voting.ipynb")

    assert list(found(place)) == ["ada", "bob"]
    assert find_submissions(place)[0].notebooks[0].assignment == "voting"


def test_a_folder_for_each_student_may_hold_anything(folder):
    place = folder("ada/x.ipynb", "ada/notes.txt", "bob/deep/er/y.ipynb")

    assert found(place) == {"ada": ["ada/x.ipynb"], "bob": ["bob/deep/er/y.ipynb"]}
    assert [path.name for path in find_submissions(place)[0].others] == ["notes.txt"]


def test_a_flat_file_is_called_after_its_student(folder):
    place = folder("ada.ipynb", "bob.IPYNB", "readme.txt")

    assert list(found(place)) == ["ada", "bob"]


def test_a_notebooks_name_in_a_flat_files_name_is_not_the_students(folder):
    place = folder("ada_02_voting.ipynb", "02_voting-bob.ipynb", "ada_03_replication.ipynb")

    assert found(place) == {
        "ada": ["ada_02_voting.ipynb", "ada_03_replication.ipynb"],
        "bob": ["02_voting-bob.ipynb"],
    }


def test_moodles_names_give_the_student(folder):
    place = folder(
        "Ada Lovelace_4711_assignsubmission_file_/02_voting.ipynb",
        "Bob_12_assignsubmission_file_02_voting.ipynb",
    )

    assert list(found(place)) == ["Ada Lovelace_4711", "Bob_12"]


def test_what_programs_leave_behind_is_no_submission(folder):
    place = folder(
        "ada/02_voting.ipynb",
        "ada/.ipynb_checkpoints/02_voting-checkpoint.ipynb",
        "__MACOSX/ada/._02_voting.ipynb",
        ".DS_Store",
    )

    assert found(place) == {"ada": ["ada/02_voting.ipynb"]}


def test_an_empty_folder_is_still_a_student(folder):
    place = folder("bob/02_voting.ipynb")
    (place / "ada").mkdir()

    assert found(place) == {"ada": [], "bob": ["bob/02_voting.ipynb"]}


def test_a_second_download_has_the_name_of_the_first(folder):
    place = folder("ada/02_voting.ipynb", "ada/02_voting (1).ipynb", "ada/02_voting-Copy1.ipynb")

    names = {file.notebook for file in find_submissions(place)[0].notebooks}

    assert names == {"02_voting"}


def test_a_link_out_of_the_folder_is_not_followed(folder, tmp_path_factory):
    place = folder("ada/02_voting.ipynb")
    outside = tmp_path_factory.mktemp("outside")
    (place / "ada" / "link").symlink_to(outside)
    (place / "loop").symlink_to(place)

    assert found(place) == {"ada": ["ada/02_voting.ipynb"], "loop": []}
    for student in find_submissions(place):
        assert "is a link, and links are not followed" in student.problems[0]


def test_downloads_with_only_the_notebooks_name_are_a_student_each(folder):
    place = folder("02_voting.ipynb", "02_voting (1).ipynb", "02_voting (2).ipynb")

    assert list(found(place)) == ["02_voting", "02_voting (1)", "02_voting (2)"]


def test_a_flat_file_of_another_kind_is_a_student_too(folder):
    place = folder("zoe.zip", "word.docx", "safari.ipynb.txt", "ada.ipynb", "ada.pdf", ".hidden")

    assert found(place) == {"ada": ["ada.ipynb"], "safari": [], "word": [], "zoe": []}


@pytest.mark.parametrize("out", [".", "out", "ann/res", "feedback"])
def test_results_are_recognised_wherever_they_lie(folder, out):
    place = folder("ann/02_voting.ipynb", "bob.ipynb")
    must_be_writable(place / out)
    first = find_submissions(place, results=place / out)
    write_reports(ClassGrades([Row("ann", "", "graded")]), place / out, seed=1)

    for results in (place / out, place / "elsewhere"):
        assert find_submissions(place, results=results) == first
    assert [student.name for student in first] == ["ann", "bob"]
    assert not any(student.others for student in first)


def test_a_students_own_grades_and_feedback_are_files_like_any(folder):
    place = folder("ann/grades.csv", "feedback/notes.html", "grades.json")

    students = find_submissions(place)

    assert [student.name for student in students] == ["ann", "feedback", "grades"]
    assert all(student.others for student in students)


def test_results_into_a_students_folder_lose_nobody(folder):
    place = folder("ann/02_voting.ipynb")

    students = find_submissions(place, results=place / "ann")

    assert len(students[0].notebooks) == 1


def test_the_results_of_an_earlier_run_are_no_student(folder):
    place = folder("ada/02_voting.ipynb")
    (place / "out" / "feedback").mkdir(parents=True)

    students = find_submissions(place, results=place / "out")

    assert [student.name for student in students] == ["ada"]


def test_a_folder_that_cannot_be_read_is_still_a_student(folder, monkeypatch):
    place = folder("ada/02_voting.ipynb", "bob/02_voting.ipynb")
    listing = type(place).iterdir

    def refuse(path):
        if path.name == "ada":
            raise PermissionError(13, "Permission denied", str(path))
        return listing(path)

    monkeypatch.setattr(type(place), "iterdir", refuse)
    ada, bob = find_submissions(place)

    assert "Permission denied" in ada.problems[0]
    assert len(bob.notebooks) == 1


# What trials found ------------------------------------------------------------------------


def test_sections_are_one_more_folder_around_the_students(folder):
    place = folder(
        "sectionA/ada/02_voting.ipynb",
        "sectionA/bob/02_voting.ipynb",
        "sectionB/cem/02_voting.ipynb",
    )

    assert list(found(place)) == ["sectionA/ada", "sectionA/bob", "sectionB/cem"]


@pytest.mark.parametrize(
    "names",
    [
        # Assignments: the same folders at each student, with other notebooks in each.
        ("ada/ps1/02_voting.ipynb", "ada/ps2/03_replication.ipynb", "bob/ps1/02_voting.ipynb"),
        ("ada/old/02_voting.ipynb", "ada/new/02_voting.ipynb", "bob/02_voting.ipynb"),
        ("ada/old/02_voting.ipynb", "ada/new/02_voting.ipynb", "bob/old/02_voting.ipynb"),
        ("ada/deep/02_voting.ipynb", "bob/er/02_voting.ipynb"),
    ],
)
def test_folders_of_one_student_are_no_section(folder, names):
    assert set(found(folder(*names))) == {"ada", "bob"}


def test_a_group_hands_in_as_one(folder):
    assert list(found(folder("group 1/02_voting.ipynb", "group 2/02_voting.ipynb"))) == [
        "group 1",
        "group 2",
    ]


def test_a_blank_after_a_name_makes_no_other_student(folder):
    place = folder("zoe/02_voting.ipynb", "zoe /03_replication.ipynb")

    assert [(each.name, len(each.notebooks)) for each in find_submissions(place)] == [("zoe", 2)]


def test_a_name_is_one_student_however_its_accents_are_written(folder):
    place = folder("M\u00fcller/02_voting.ipynb", "Mu\u0308ller/03_replication.ipynb")

    assert list(found(place)) == ["M\u00fcller"]


def test_hidden_folders_and_a_notebook_called_readme_are_students(folder):
    place = folder(".hidden/02_voting.ipynb", "README.ipynb", "readme.md", ".git/x.ipynb")

    assert list(found(place)) == [".hidden", "README"]


def test_what_is_not_the_notebook_itself_is_said(folder):
    place = folder(
        "ada/.ipynb_checkpoints/02_voting-checkpoint.ipynb", "bob/.02_voting.ipynb.icloud"
    )

    ada, bob = find_submissions(place, KNOWN)

    assert ada.problems == ["only .ipynb_checkpoints are there: hand in the notebook itself"]
    assert bob.problems == [
        "02_voting.ipynb is still in the cloud, and this is only its placeholder: download it first"
    ]


def test_a_solved_master_beside_the_exercises_is_the_courses(folder):
    place = folder(
        "ada/raftkit/exercises/02_voting.ipynb",
        "ada/raftkit/solutions/02_voting.ipynb",
        "bob/solutions/02_voting.ipynb",
    )

    ada, bob = find_submissions(place, KNOWN)

    assert [file.is_the_courses for file in ada.notebooks] == [False, True]
    assert [file.is_the_courses for file in bob.notebooks] == [False]
