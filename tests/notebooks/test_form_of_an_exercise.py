"""Five cells, always in this order, and nothing in them that the catalogue contradicts."""

import base64
import re
from html import unescape
from inspect import signature
from typing import get_type_hints

import pytest

from raftkit.course import EXERCISES, NOTEBOOKS, exercises_of, picture
from raftkit.course.checking.answer_kinds import kind_of
from raftkit.course.checking.checks import checks_of, reference_of
from raftkit.course.checking.guarded_server import METHODS
from raftkit.course.nemesis import Schedule

OF_SERVERS = [each for each in EXERCISES if kind_of(each).is_class]
IMAGE = re.compile(r'<img alt="([^"]+)"[^>]* src="([^"]+)">')
INSIDE = "data:image/svg+xml;base64,"
HINT_WORDS_MAX = 40
HOURS = ("no", "one", "two", "three", "four", "five", "six")

each_exercise = pytest.mark.parametrize("exercise", EXERCISES, ids=lambda exercise: exercise.id)
either_folder = pytest.mark.parametrize("folder", ["masters", "handouts"])


def is_schedule(exercise):
    """Whether the answer is a schedule of faults."""
    return exercise not in OF_SERVERS and checks_of(exercise).returns == Schedule


def _called(answer):
    """What the checks call: a function, or each method of a server."""
    return [getattr(answer, name) for name in METHODS] if isinstance(answer, type) else [answer]


def lines_of(solved):
    """How many lines of code stand between the marks of a solution; of many, tens."""
    solutions = re.findall(r"### BEGIN SOLUTION\n(.*?)### END SOLUTION", solved, re.DOTALL)
    lines = len(re.findall(r"^ *[^ #\n]", "".join(solutions), re.MULTILINE))
    return lines if lines < 100 else round(lines, -1)


@pytest.fixture
def five(exercise, folder, request):
    """The five cells of an exercise in one of the two folders."""
    return request.getfixturevalue(folder)[exercise.notebook].of(exercise)


@either_folder
@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda notebook: notebook.name)
def test_the_title_cell_tells_what_the_exercises_come_to(
    notebook, folder, request, masters, source_of
):
    title = source_of(request.getfixturevalue(folder)[notebook.name].all[0])
    exercises = exercises_of(notebook.name)
    points = sum(exercise.points for exercise in exercises)
    minutes = sum(exercise.minutes for exercise in exercises)
    time = f"{minutes} minutes" if minutes < 120 else f"{HOURS[minutes // 60]} hours"

    assert f"{points} points, about {time}" in title
    solved = [source_of(masters[notebook.name].of(exercise)[1]) for exercise in exercises]
    assert set(re.findall(r"some (\d+) lines", title)) <= {str(lines_of("\n".join(solved)))}


@either_folder
@each_exercise
def test_the_five_cells_stand_in_order(exercise, five):
    dash = exercise.id.replace(".", "-")

    assert [cell["cell_type"] for cell in five] == ["markdown", *["code"] * 4]
    assert [cell["id"] for cell in five] == [
        f"{kind}-{dash}" for kind in ("prompt", "ex", "check", "hint", "play")
    ]


@either_folder
@each_exercise
def test_the_marks_say_which_cell_is_the_answer_and_what_the_check_is_worth(exercise, five):
    prompt, stub, check, hint, play = (cell["metadata"].get("nbgrader") for cell in five)

    assert (stub["grade_id"], stub["solution"], stub["grade"]) == (exercise.grade_id, True, False)
    assert (check["grade"], check["locked"], check["points"]) == (True, True, exercise.points)
    assert (prompt["locked"], prompt["solution"], prompt["grade"]) == (True, False, False)
    assert hint is play is None


@either_folder
@each_exercise
def test_check_and_hint_call_for_this_exercise(exercise, five, source_of):
    _, _, check, hint, play = map(source_of, five)

    assert check == f'check("{exercise.id}", {exercise.answer})'
    assert hint == f'hint("{exercise.id}")'
    assert re.search(rf"try_out\({exercise.answer}[,)]", play), (
        f"the play cell does not hand {exercise.answer} to try_out"
    )


@either_folder
@each_exercise
def test_a_prompt_has_number_title_points_and_section(exercise, five, source_of):
    heading, *text = source_of(five[0]).splitlines()

    assert heading == f"## {exercise.id} · {exercise.title} · {exercise.points} points"
    assert any(line.startswith(f"**The rule** ({exercise.section}).") for line in text)
    assert any(line.startswith(f"**Write** `{exercise.answer}`") for line in text)


@either_folder
@each_exercise
def test_a_prompt_shows_the_situation_as_it_is_drawn_today(exercise, folder, five, request):
    found = IMAGE.search("".join(five[0]["source"]))
    today = picture(exercise.id)
    mend = f"raftkit rehearse solutions/{exercise.notebook}.ipynb; raftkit release"

    assert found, f"put a line <img> into the prompt, then {mend}"
    alt, source = found.groups()
    if folder == "masters":
        beside = request.getfixturevalue(folder)[exercise.notebook].path.parent
        svg = (beside / source).read_text(encoding="utf-8")
    else:
        svg = base64.b64decode(source.removeprefix(INSIDE)).decode("utf-8") + "\n"
    assert svg == f"{today.svg}\n", mend
    assert unescape(alt) == today.alt, mend


@either_folder
@each_exercise
def test_a_prompt_says_what_every_argument_means(
    exercise, folder, five, request, run_cell, source_of
):
    prompt = source_of(five[0])
    namespace, _ = run_cell(five[1], request.getfixturevalue(folder)[exercise.notebook].namespace())
    answer = namespace[exercise.answer]
    called = [*_called(answer), *([answer.__init__] if exercise in OF_SERVERS else [])]
    arguments = [name for each in called for name in signature(each).parameters if name != "self"]

    # A schedule has nothing to ask for.
    assert bool(arguments) != is_schedule(exercise)
    assert [name for name in arguments if f"`{name}`" not in prompt] == []


@either_folder
@each_exercise
def test_a_stub_has_the_signature_of_the_reference_and_a_docstring(
    exercise, folder, five, request, run_cell
):
    cells = request.getfixturevalue(folder)[exercise.notebook]
    namespace, _ = run_cell(five[1], cells.namespace())
    answer, reference = namespace[exercise.answer], reference_of(exercise)

    for own, ours in zip(_called(answer), _called(reference), strict=True):
        assert list(signature(own).parameters) == list(signature(ours).parameters)
        assert get_type_hints(own) == get_type_hints(ours)
        assert own.__doc__
    assert answer.__doc__


@either_folder
@pytest.mark.parametrize("exercise", OF_SERVERS, ids=lambda exercise: exercise.id)
def test_a_stub_of_a_server_is_made_from_what_a_cluster_hands_it(
    exercise, folder, five, request, run_cell
):
    cells = request.getfixturevalue(folder)[exercise.notebook]
    namespace, _ = run_cell(five[1], cells.namespace())
    made, reference = namespace[exercise.answer].__init__, reference_of(exercise).__init__

    # The kit has defaults and a longer word for the disk; what counts is the order.
    assert len(signature(made).parameters) == len(signature(reference).parameters)
    assert list(signature(made).parameters)[:5] == list(signature(reference).parameters)[:5]
    assert made.__doc__


@either_folder
@each_exercise
def test_a_stub_says_how_many_lines_it_takes(exercise, five, masters, source_of):
    said = re.findall(
        r"^(?: {4}| {8})# TODO: about (\d+) lines?\.$", source_of(five[1]), re.MULTILINE
    )
    solved = source_of(masters[exercise.notebook].of(exercise)[1])

    assert said == [str(lines_of(solved))]


@each_exercise
def test_the_three_hints_are_short(exercise):
    words = [len(hint.split()) for hint in exercise.hints]

    assert len(words) == 3
    assert max(words) <= HINT_WORDS_MAX
