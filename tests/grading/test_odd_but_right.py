"""Right answers written in odd ways: full points in the notebook and in the grading alike."""

import gc
import json
import re
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent
from types import SimpleNamespace

import pytest
from click.testing import CliRunner
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

from raftkit.cli.program import all_commands
from raftkit.course import exercise
from raftkit.course.checking.result import Result
from raftkit.grading import one_student, single_notebook
from raftkit.grading.sandbox import Sandbox

IMPORTS = """from raftkit import *
from raftkit.protocol import *
from raftkit.simulator import Crash, Deliver, Lose, Propose, Restart, Timeout, TornWrite
from typing import Literal, Sequence"""

pytestmark = [pytest.mark.once, pytest.mark.usefixtures("short_search")]


@dataclass(frozen=True)
class Odd:
    """One odd notebook: its exercise, the mark of the answer's cell, and the student's cells.

    Each cell is its source, and whether it is the answer's own.
    """

    exercise: str
    mark: str
    cells: tuple[tuple[str, bool], ...]


def read(text: str) -> dict[str, Odd]:
    """The notebooks in a text, whose form is described at its beginning."""
    sections = [section.partition("\n") for section in text.split("\n===== ")[1:]]
    words = {head: body.rstrip("\n") for head, _, body in sections if head[0] == "«"}
    notebooks = {}
    for head, _, body in sections:
        if head not in words:
            name, number, mark = re.fullmatch(r"(.*) \((\d\.\d)(?:, (.*))?\)", head).groups()
            for word, meaning in words.items():
                body = body.replace(word, meaning)
            notebooks[name] = Odd(number, mark or exercise(number).grade_id, cells_in(body))
    return notebooks


def cells_in(body: str) -> tuple[tuple[str, bool], ...]:
    """The cells in the text of one notebook."""
    body = body.replace("␍␊\n", "\r\n").replace("␍\n", "\r").replace("⇥", "\t")
    first = "" if body.startswith("-----") else "-----\n"
    _, *parts = re.split(r"^-----( answer)?\n", first + body, flags=re.MULTILINE)
    alone = len(parts) == 2
    pairs = zip(parts[::2], parts[1::2], strict=True)
    return tuple((source.removesuffix("\n"), alone or bool(answer)) for answer, source in pairs)


ODD = read(Path(__file__).with_name("odd_notebooks.txt").read_text(encoding="utf-8"))


def cell(source, **marks):
    metadata = {"nbgrader": {"schema_version": 3, **marks}} if marks else {}
    kept = {"cell_type": "code", "outputs": [], "execution_count": None, "metadata": metadata}
    return kept | {"source": source}


def cells_of(odd):
    """The cells of an odd notebook: imports, the student's, and the check."""
    marks = (
        {"grade_id": odd.mark, "solution": True, "grade": False} if odd.mark != "no marks" else {}
    )
    own = [cell(source, **marks) if is_own else cell(source) for source, is_own in odd.cells]
    mark = exercise(odd.exercise).grade_id.replace("ex-", "check-")
    check = cell(check_source(odd), grade_id=mark, solution=False, grade=True)
    return [cell(IMPORTS), *own, check]


def check_source(odd):
    return f'check("{odd.exercise}", {exercise(odd.exercise).answer})'


@pytest.fixture(scope="module")
def handed_in(tmp_path_factory):
    """A folder with all odd notebooks, each of a student of its own: paths by name."""
    folder = tmp_path_factory.mktemp("submissions")
    paths = {}
    for number, (name, odd) in enumerate(ODD.items()):
        path = folder / f"student{number:03}" / f"{exercise(odd.exercise).notebook}.ipynb"
        path.parent.mkdir()
        cells = cells_of(odd)
        if number % 2:  # Both forms of a source are found in files.
            cells = [each | {"source": each["source"].splitlines(True)} for each in cells]
        content = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
        path.write_text(json.dumps(content), encoding="utf-8")
        paths[name] = path
    return SimpleNamespace(folder=folder, paths=paths)


@pytest.fixture(scope="module")
def graded(handed_in, tmp_path_factory, short_search):
    """What `raftkit grade` says of each student: the verdicts by the student's name."""
    out = tmp_path_factory.mktemp("out")
    run = CliRunner().invoke(
        all_commands,
        ["grade", str(handed_in.folder), "--out", str(out), "--jobs", "1", "--seed", "7"],
    )
    assert run.exit_code == 0, run.output
    rows = json.loads((out / "grades.json").read_text(encoding="utf-8"))["rows"]
    return {row["student"]: row for row in rows if row["exercises"]}


@pytest.fixture(scope="module")
def one_sandbox():
    """One sandbox for all runs of `raftkit check`, because starting it takes most of the time."""
    with Sandbox() as box, pytest.MonkeyPatch.context() as patch:
        patch.setattr(single_notebook, "Sandbox", lambda limits: nullcontext(box))
        yield


@pytest.fixture(scope="module")
def shell():
    """IPython as a notebook's kernel has it."""
    shell = InteractiveShell.instance(config=Config(HistoryManager={"enabled": False}))
    yield shell
    InteractiveShell.clear_instance()


def own_result(shell, odd) -> Result:
    """What the check in the notebook says, all cells having run in order."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(gc, "collect", lambda: 0)  # It would look at all that pytest has.
        shell.reset(new_session=False)
    shell.compile.reset_compiler_flags()
    *cells, last = cells_of(odd)
    for each in cells:
        shell.run_cell(each["source"]).raise_error()
    return shell.run_cell(last["source"]).result


def verdict_of(exercises, odd):
    return next(each for each in exercises if each["id"] == odd.exercise)


@pytest.mark.parametrize("name", ODD)
def test_what_is_right_has_full_points_everywhere(name, shell, handed_in, graded):
    odd, path = ODD[name], handed_in.paths[name]
    full = exercise(odd.exercise).points

    inside = own_result(shell, odd)
    row = graded[path.parent.name]
    outside = verdict_of(row["exercises"], odd)

    assert inside.points == full, str(inside)
    assert outside["points"] == full, (row["notes"], outside)


@pytest.mark.parametrize(
    "name", {exercise(ODD[name].exercise).notebook: name for name in ODD}.values()
)
def test_one_notebook_is_checked_as_a_class_is_graded(name, handed_in, graded, one_sandbox):
    """One of each chapter is enough, because both call the same function."""
    path = handed_in.paths[name]

    run = CliRunner().invoke(all_commands, ["check", str(path), "--seed", "7", "--json", "-"])

    assert json.loads(run.stdout)["exercises"] == graded[path.parent.name]["exercises"]
    assert single_notebook.grade_notebook is one_student.grade_notebook


def points_in(path, cells):
    """The points of each exercise of 02 in a notebook with these cells, by `raftkit check`."""
    content = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    path.write_text(json.dumps(content), encoding="utf-8")
    run = CliRunner().invoke(all_commands, ["check", str(path), "--json", "-"])
    return {each["id"]: each["points"] for each in json.loads(run.stdout)["exercises"]}


def answered(number, source, run=None, check=None):
    """The cells of an answer and its check, which Jupyter ran as the `run`th and the next."""
    mark = number.replace(".", "-")
    source = source.strip() + "\n"
    check = (check or "") + f"check({number!r}, {exercise(number).answer})"
    cells = [
        cell(source, grade_id=f"ex-{mark}", solution=True, grade=False),
        cell(check, grade_id=f"check-{mark}", solution=False, grade=True),
    ]
    return [each | {"execution_count": run and run + place} for place, each in enumerate(cells)]


MORE = """
HALF = 2
def more(granted, servers): return granted > servers // HALF
def has_majority(granted, refused, servers): return more(granted, servers)
"""
LATER = """
HALF = 0
def more(ours, theirs): return ours[HALF:] >= theirs
def is_up_to_date(last_log_term, last_log_index, own_last_log_term, own_last_log_index):
    return more((last_log_term, last_log_index), (own_last_log_term, own_last_log_index))
"""


@pytest.mark.parametrize("runs", [(None, None), (1, 3)])
def test_a_name_may_be_used_again_after_its_check(runs, tmp_path, one_sandbox):
    first, second = runs
    cells = [cell(IMPORTS), *answered("2.1", MORE, first), *answered("2.2", LATER, second)]

    points = points_in(tmp_path / "02_voting.ipynb", cells)

    assert (points["2.1"], points["2.2"]) == (6, 6)


@pytest.mark.parametrize(
    "below",
    [
        "HALF = 0",
        "max = 3",
        "from math import sqrt as more",
        "from raftkit.protocol import *",
        "del HALF",
        "WAYS.clear()",
        "WAYS['half'] = 0",
        "import os as ceil",
    ],
)
def test_what_comes_below_a_check_gives_only_what_is_missing_there(below, tmp_path, one_sandbox):
    rule = """
        from math import ceil
        HALF, WAYS = 2, {'half': 2}
        def more(granted, servers): return granted > max(ceil(servers // HALF), MISSING)
        def has_majority(granted, refused, servers):
            return WAYS['half'] == 2 and more(granted, servers)
    """
    cells = [*answered("2.1", dedent(rule), run=9), cell("MISSING = 0"), cell(below)]

    assert points_in(tmp_path / "02_voting.ipynb", [cell(IMPORTS), *cells])["2.1"] == 6


def test_what_stands_below_a_stop_is_old(tmp_path, one_sandbox):
    rule = f"{MORE.strip()}\nraise SystemExit\ndef has_majority(*given): return False"

    assert (
        points_in(tmp_path / "02_voting.ipynb", [cell(IMPORTS), *answered("2.1", rule)])["2.1"] == 6
    )


WRONG = "def has_majority(*given): return False"


@pytest.mark.parametrize("end", ["assert False, 'old'", "1 / 0"])
def test_what_stands_below_an_error_is_old(end, tmp_path, one_sandbox):
    cells = [cell(IMPORTS), *answered("2.1", f"{MORE.strip()}\n{end}\n{WRONG}")]

    assert points_in(tmp_path / "02_voting.ipynb", cells)["2.1"] == 6


@pytest.mark.parametrize("given", ["mine", "lambda *votes: mine(*votes)"])
def test_what_is_given_to_check_is_the_answer_here_and_there(given, shell, tmp_path, one_sandbox):
    rule = MORE.replace("has_majority", "mine")
    cells = [cell(IMPORTS), cell(WRONG), cell(rule), *answered("2.1", WRONG)]
    cells[-1] |= {"source": f'check("2.1", {given})'}

    inside = [shell.run_cell(each["source"]) for each in cells][-1].result

    assert inside.points == points_in(tmp_path / "02_voting.ipynb", cells)["2.1"] == 6


@pytest.mark.parametrize("mended", ["HALF = 2", "def has_majority(a, b, c): return more(a, c)"])
def test_what_was_mended_below_and_checked_again_counts(mended, tmp_path, one_sandbox):
    before = MORE.replace("HALF = 2", "HALF = 3") if "HALF" in mended else MORE + WRONG
    again = cell('check("2.1", has_majority)')
    cells = [cell(IMPORTS), *answered("2.1", before), cell(mended), again, cell("HALF = 0")]

    assert points_in(tmp_path / "02_voting.ipynb", cells)["2.1"] == 6


@pytest.mark.parametrize(
    "rule",
    [
        "has_majority: object = lambda granted, refused, servers: granted > servers // 2",
        "if True:\n    def has_majority(granted, refused, servers): return granted > servers // 2",
    ],
)
def test_an_answer_may_be_annotated_or_stand_in_a_block(rule, tmp_path, one_sandbox):
    draft = cell("def has_majority(granted, refused, servers): return False")

    points = points_in(tmp_path / "02_voting.ipynb", [cell(IMPORTS), draft, *answered("2.1", rule)])

    assert points["2.1"] == 6


def test_what_stands_in_a_check_cell_runs_but_for_the_check(tmp_path, one_sandbox):
    helper, rule = MORE.strip().split("\n")[:2], MORE.strip().split("\n")[2]
    cells = answered("2.1", rule, check="\n".join(helper) + "\n")
    written_there = answered("2.2", "", check=LATER.strip() + "\n")

    points = points_in(tmp_path / "02_voting.ipynb", [cell(IMPORTS), *cells, *written_there])

    assert (points["2.1"], points["2.2"]) == (6, 6)


BODY = "def has_majority(granted, refused, servers):\n    {}\n    return granted > servers // 2"
REFUSED = {
    "waits (time.sleep)": "import time; time.sleep(0.001)",
    "waits (threading.Lock.acquire)": "LOCK.acquire()",
    "waits (threading.Event.wait)": "threading.Event().wait(0.001)",
    "waits (subprocess.run)": "import subprocess; subprocess.run(['true'])",
    "waits (input)": "input()",
    "begins a thread (threading.Thread.start)": "threading.Thread(target=print).start()",
    "tried to leave Python (os._exit)": "import os; os._exit(0)",
    "tried to leave Python (os.kill)": "import os; os.kill(os.getpid(), 0)",
    "opens a file (open)": "open('seen.txt', 'a').write('!')",
}


@pytest.mark.parametrize("said", REFUSED)
def test_what_an_answer_must_not_do_is_refused_alike_everywhere(said, shell, tmp_path, one_sandbox):
    above = "import threading\nLOCK = threading.Lock()\nLOCK.acquire(blocking=False)"
    odd = Odd("2.1", "ex-2-1", ((above, False), (BODY.format(REFUSED[said]), True)))
    path = tmp_path / "02_voting.ipynb"
    content = {"cells": cells_of(odd), "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    path.write_text(json.dumps(content), encoding="utf-8")

    inside = own_result(shell, odd)
    run = CliRunner().invoke(all_commands, ["check", str(path), "--json", "-"])
    outside = verdict_of(json.loads(run.stdout)["exercises"], odd)

    assert inside.message.startswith(f"has_majority {said}, so it was stopped.")
    assert (inside.points, outside["points"]) == (0, 0)
    assert outside["result"]["message"] == inside.message


LIMITED = {
    "did not come to an end in 100,000 steps": "for _ in range(150_000): pass",
    "calls itself without end in deep": "deep(700)",
    "opens a file (pathlib.Path.write_text)": "Path('seen.txt').write_text('!')",
}


@pytest.mark.parametrize("said", LIMITED)
def test_what_is_too_much_is_told_alike_everywhere(said, shell, tmp_path, one_sandbox):
    above = "from pathlib import Path\ndef deep(n): return n and deep(n - 1)"
    odd = Odd("2.1", "ex-2-1", ((above, False), (BODY.format(LIMITED[said]), True)))
    path = tmp_path / "02_voting.ipynb"
    content = {"cells": cells_of(odd), "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    path.write_text(json.dumps(content), encoding="utf-8")

    inside = own_result(shell, odd)
    run = CliRunner().invoke(all_commands, ["check", str(path), "--json", "-"])
    outside = verdict_of(json.loads(run.stdout)["exercises"], odd)

    assert said in inside.message
    assert (inside.points, outside["points"]) == (0, 0)
    assert outside["result"]["message"] == inside.message


def test_a_refusal_that_an_answer_catches_costs_the_answer_too(tmp_path, one_sandbox):
    body = "import time\n    try: time.sleep(0.001)\n    except BaseException: pass"
    cells = [cell(IMPORTS), *answered("2.1", BODY.format(body))]

    assert points_in(tmp_path / "02_voting.ipynb", cells)["2.1"] == 0


@pytest.mark.parametrize(
    "given",
    [
        "has_majority",
        "__import__('functools').partial(has_majority)",
        "__import__('types').FunctionType(has_majority.__code__, globals())",
    ],
)
def test_raftkits_own_rule_is_no_answer_in_a_notebook(given, shell):
    ran = shell.run_cell(
        f'from raftkit import *\nfrom raftkit.protocol import has_majority\ncheck("2.1", {given})'
    )

    assert "raftkit's own: run the cell with yours" in str(ran.error_in_exec)
