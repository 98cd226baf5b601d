"""An exercise is added in two places, its chapter and its master; the kit does all the rest.

In a copy of the repository, because it is written into the package. Nothing else is changed there.
"""

import csv
import json
import os
import shutil
import subprocess
import sys

import pytest

ENTRY = """
EXERCISES += (
    Exercise(
        title="Is it time?",
        answer="election_is_due",
        section="§5.2",
        minutes=3,
        hints=(
            "Which two roles wait for an election, and which has won one?",
            "A follower or candidate whose election timeout elapses starts an election (§5.2).",
            "`role != 'leader' and now >= deadline`.",
        ),
    ),
)
"""
CASES = '''"""The cases of exercise 2.8: when an election is due."""

from raftkit.checkers import Cluster
from raftkit.course.checking.cases import Call, Case, Checks
from raftkit.views import space_time


def election_is_due(role: str, now: int, deadline: int) -> bool:
    """Whether a server in this role starts an election now (§5.2)."""
    return role != "leader" and now >= deadline


def _calls(role, difference, why):
    def calls(random):
        deadline = random.randint(100, 200)
        arguments = {"role": role, "now": deadline + difference, "deadline": deadline}
        return [Call(arguments, election_is_due(**arguments), why)]

    return calls


def _situation():
    cluster = Cluster(servers=3, seed=1)
    cluster.run(ms=250)
    return space_time(cluster.history)


def _waiting(election_is_due, timeout):
    """What three servers do in the time that a student gives them."""
    cluster = Cluster(servers=3, seed=1)
    cluster.run(ms=timeout)
    due = election_is_due("follower", timeout, timeout)
    return space_time(cluster.history, title="An election is due" if due else "Nothing is due")


CHECKS = {
    "2.8": Checks(
        returns=bool,
        cases=(
            Case("it is due at its deadline", 2, _calls("follower", 0, "It is due (§5.2).")),
            Case("and not before", 1, _calls("follower", -1, "It is not due yet (§5.2).")),
            Case("a leader starts none", 1, _calls("leader", 1, "It has won one (§5.2).")),
        ),
        picture=_situation,
        reference=election_is_due,
        demonstration=_waiting,
    ),
}
'''
WRONG = '''
@wrong("V980", "2.8", CONTRACT, case="a leader starts none")
@thinking("The clock decides.")
@breaks("A leader has no election timeout (§5.2).")
def whoever_is_late(role: str, now: int, deadline: int) -> bool:
    """Does not look at the role."""
    return now >= deadline
'''
PROMPT = """## 2.8

<img>

A server's clock shows `now`, and its timer runs out at `deadline`.

**The rule**. A server that hears from no leader starts an election.

**Write** `election_is_due`: does a server in this `role` start one?"""
STUB = '''def election_is_due(role: str, now: int, deadline: int) -> bool:
    """Whether a server in this role starts an election now (§5.2)."""
    # TODO
    ### BEGIN SOLUTION
    return role != "leader" and now >= deadline
    ### END SOLUTION'''

PLAY = """# Play: how long do three servers wait? Guess first.
try_out(election_is_due, timeout=120)"""
NAME = "02_voting"
POINTS = 4

pytestmark = [pytest.mark.once, pytest.mark.system]


def cell(source, **parts):
    kind = "code" if parts else "markdown"
    return {"cell_type": kind, "metadata": {}, "source": source, **parts}


def code(source):
    return cell(source, execution_count=None, outputs=[])


def lengthen(path, text):
    path.write_text(path.read_text(encoding="utf-8") + text, encoding="utf-8")


def write_chapter(chapter):
    lengthen(chapter / "exercises.py", ENTRY)
    (chapter / "cases" / "due.py").write_text(CASES, encoding="utf-8")
    lengthen(chapter / "wrong_answers" / "majorities_and_logs.py", WRONG)


def write_master(path):
    """The five cells after those of 2.7. Other play cells are emptied, to have done sooner."""
    content = json.loads(path.read_text(encoding="utf-8"))
    cells = content["cells"]
    for each in cells:
        if (
            each["cell_type"] == "code"
            and each["id"] != "setup"
            and "nbgrader" not in each["metadata"]
        ):
            each["source"] = ""
    after = next(place for place, each in enumerate(cells, 1) if each["id"] == "play-2-7")
    cells[after:after] = [cell(PROMPT), *map(code, (STUB, "", "", PLAY))]
    path.write_text(json.dumps(content), encoding="utf-8")


class Copy:
    """A copy of the course, and a way to run the kit in it."""

    def __init__(self, folder):
        self.folder = folder

    def run(self, *arguments):
        """What a command prints."""
        done = subprocess.run(
            [sys.executable, "-m", "raftkit", *arguments],
            cwd=self.folder,
            env=os.environ | {"PYTHONPATH": str(self.folder)},
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def five(self, folder):
        """The five cells of 2.8 in one of the folders."""
        path = self.folder / folder / f"{NAME}.ipynb"
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        place = next(place for place, each in enumerate(cells) if each["id"] == "prompt-2-8")
        return cells[place : place + 5]


@pytest.fixture(scope="module")
def copy(repository, tmp_path_factory):
    """A copy in which 2.8 has been written, and then rehearsed and released."""
    folder = tmp_path_factory.mktemp("course")
    # With what Python has compiled, which it would have to do anew.
    shutil.copytree(repository / "raftkit", folder / "raftkit")
    shutil.copy(repository / "README.md", folder)
    (folder / "solutions").mkdir()
    shutil.copy(repository / "solutions" / f"{NAME}.ipynb", folder / "solutions")
    shutil.copytree(repository / "solutions" / "pictures", folder / "solutions" / "pictures")
    write_chapter(folder / "raftkit" / "course" / "chapters" / "voting")
    write_master(folder / "solutions" / f"{NAME}.ipynb")
    made = Copy(folder)
    made.run("rehearse")
    made.run("release")
    return made


def shown(cell):
    """What a cell has shown, as text."""
    return "".join("".join(output["data"]["text/plain"]) for output in cell["outputs"])


def test_check_hint_and_play_work_in_the_master(copy):
    _, _, check, hint, play = copy.five("solutions")

    assert "".join(check["source"]) == 'check("2.8", election_is_due)'
    assert shown(check).startswith("✓ 2.8 Is it time?")
    assert f"{POINTS} of {POINTS} points" in shown(check)
    assert shown(hint).startswith("Hint 1 of 3\nWhich two roles wait")
    assert shown(play).startswith("An election is due")


def test_what_the_catalogue_knows_is_written_into_master_and_readme(copy, repository):
    prompt, stub, check, *_ = copy.five("solutions")
    text = "".join(prompt["source"])
    before, after = (
        (folder / "README.md").read_text(encoding="utf-8") for folder in (repository, copy.folder)
    )

    assert text.startswith("## 2.8 · Is it time? · 4 points\n")
    assert "**The rule** (§5.2). A server" in text
    assert 'src="pictures/prompt-2-8.svg">' in text
    assert (copy.folder / "solutions" / "pictures" / "prompt-2-8.svg").is_file()
    assert "    # TODO: about 1 line.\n" in stub["source"]
    assert check["metadata"]["nbgrader"]["points"] == POINTS
    assert after == before.replace("§5.4.1 | 46 | 47 |", "§5.4.1 | 49 | 51 |") != before


def test_students_get_it_without_its_solution(copy):
    prompt, stub, check, hint, play = copy.five("exercises")

    assert 'src="data:image/svg+xml;base64,' in "".join(prompt["source"])
    assert stub["source"][-1] == "    raise NotImplementedError"
    assert stub["metadata"]["nbgrader"]["grade_id"] == "ex-2-8"
    assert [each["outputs"] for each in (stub, check, hint, play)] == [[]] * 4


def test_it_is_graded_with_the_others(copy):
    for student, folder in (("ada", "solutions"), ("bob", "exercises")):
        submitted = copy.folder / "submitted" / student
        submitted.mkdir(parents=True)
        shutil.copy(copy.folder / folder / f"{NAME}.ipynb", submitted)

    copy.run("grade", "submitted", "--out", "grades")

    with open(copy.folder / "grades" / "grades.csv", encoding="utf-8-sig", newline="") as table:
        rows = {row["student"]: (row["points"], row["max_points"]) for row in csv.DictReader(table)}
    assert rows == {"ada": ("51", "51"), "bob": ("0", "51")}


def test_its_wrong_answer_is_caught_by_its_case(copy):
    (row,) = json.loads(copy.run("wrong-answers", "--intended", "--only", "V980", "--json"))[
        "wrong"
    ]

    assert (row["exercise"], row["intended"]) == ("2.8", "a leader starts none")
