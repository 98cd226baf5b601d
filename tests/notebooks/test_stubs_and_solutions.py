"""Every stub fails in a friendly way, every solution earns all its points."""

import pytest

from raftkit.course import EXERCISES, NOTEBOOKS, exercises_of
from raftkit.course.chapters.nemesis.cases.targets import TARGETS
from raftkit.course.checking.answer_kinds import answer_kind_of
from raftkit.grading.release import Released, release
from raftkit.grading.sandbox import Limits
from raftkit.grading.single_notebook import check_notebook
from raftkit.views import Picture

each_exercise = pytest.mark.parametrize("exercise", EXERCISES, ids=lambda exercise: exercise.id)
each_notebook = pytest.mark.parametrize("name", [notebook.name for notebook in NOTEBOOKS])
PATIENT = Limits.for_calls(5.0)


def in_the_kernel(cells, exercise, run_cell):
    """What the check and the play cell of an exercise show."""
    _, answer, check, _, play = cells.of(exercise)
    namespace, _ = run_cell(answer, cells.namespace())
    return [run_cell(cell, namespace)[1] for cell in (check, play)]


@each_exercise
def test_a_stub_is_not_started_and_says_so(exercise, handouts, run_cell):
    checked, played = in_the_kernel(handouts[exercise.notebook], exercise, run_cell)

    assert (checked.status, checked.points) == ("not started", 0)
    assert str(played).startswith(f"{exercise.answer} is not started yet")


# The whole server's check takes long. It runs below in the grading, and with its notebook, whose
# outputs are compared.
@pytest.mark.parametrize(
    "exercise",
    [exercise for exercise in EXERCISES if not answer_kind_of(exercise).is_class],
    ids=lambda exercise: exercise.id,
)
def test_a_solution_earns_full_points_and_can_be_watched(exercise, masters, run_cell):
    checked, played = in_the_kernel(masters[exercise.notebook], exercise, run_cell)

    assert (checked.status, checked.points) == ("full", exercise.points)
    # A good schedule breaks the property that it is about; with any other answer all are kept.
    is_schedule = exercise.id in TARGETS
    picture = played.picture if is_schedule else played
    assert isinstance(picture, Picture), f"play-{exercise.id} shows {played!r} instead of a picture"
    assert ("broken" in picture.alt) == is_schedule


@each_notebook
def test_the_grading_gives_solutions_all_points(name, masters):
    checked = check_notebook(masters[name].path, 1, PATIENT)

    earned = {verdict.exercise: verdict.points for verdict in checked.verdicts}
    assert earned == {exercise.id: exercise.points for exercise in exercises_of(name)}
    assert checked.notes == ()


@each_notebook
def test_the_grading_gives_stubs_no_points_and_calls_them_not_started(name, handouts):
    checked = check_notebook(handouts[name].path, 1, PATIENT)

    assert {verdict.status for verdict in checked.verdicts} == {"not started"}
    assert checked.notes == ()


@each_notebook
def test_students_get_no_solution_and_no_output(name, handouts, source_of):
    assert "SOLUTION" not in "".join(source_of(cell) for cell in handouts[name].all)
    assert [cell["outputs"] for cell in handouts[name].code if cell["outputs"]] == []


def test_the_exercises_are_what_release_makes_of_the_solutions_now(repository):
    stale = release(repository / "solutions", repository / "exercises", check=True)

    assert stale == Released(), "raftkit release"


@pytest.mark.parametrize("folder", ["solutions", "exercises"])
def test_no_stray_file_lies_beside_the_notebooks(folder, repository):
    # A dot begins what JupyterLab leaves behind and Git does not keep.
    files = {path.name for path in (repository / folder).iterdir() if path.name[0] != "."}

    assert files - {"pictures"} == {f"{notebook.name}.ipynb" for notebook in NOTEBOOKS}


def test_every_picture_of_a_prompt_lies_beside_the_masters_and_none_beside_the_exercises(
    repository,
):
    pictures = {path.name for path in (repository / "solutions" / "pictures").iterdir()}

    assert pictures == {
        f"{exercise.grade_id.replace('ex-', 'prompt-')}.svg" for exercise in EXERCISES
    }
    assert not (repository / "exercises" / "pictures").exists()
