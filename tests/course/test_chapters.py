"""Each chapter is found by its folder, and loaded when it is asked for."""

import subprocess
import sys
from pathlib import Path

import pytest

from raftkit.course import EXERCISES, NOTEBOOKS, KitError
from raftkit.course.chapters import CHAPTERS, chapter_of

CHECK = """
from raftkit import check
from raftkit.protocol import has_majority

assert check("2.1", has_majority).status == "full"
"""
GRADE = """
import sys

from raftkit.cli import main

sys.argv = ["raftkit", "check", "solutions/02_voting.ipynb"]
try:
    main()
except SystemExit as left:
    assert not left.code
"""
TELL = """
import sys

print(*(name for name in sys.modules if name.startswith(("raftkit.", "networkx"))), file=sys.stderr)
"""
IMPORT = "import raftkit.course"
# What a student of voting need not wait for: another chapter, what searches, what judges clients.
NOT_NEEDED = (
    "raftkit.checkers.explorer",
    "raftkit.checkers.fuzzer",
    "raftkit.checkers.linearizability",
    "raftkit.course.nemesis.target",
    "raftkit.scenarios",
    "raftkit.course.proving",
    "raftkit.course.wrong_answer",
    "raftkit.views.player",
)


def test_chapters_stand_in_the_order_of_their_notebooks() -> None:
    assert [chapter.notebook for chapter in CHAPTERS] == list(NOTEBOOKS)
    assert [chapter.notebook.name[:2] for chapter in CHAPTERS] == [
        "01",
        "02",
        "03",
        "04",
        "05",
        "06",
        "07",
    ]
    assert [each for chapter in CHAPTERS for each in chapter.exercises] == list(EXERCISES)


@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda chapter: chapter.name)
def test_a_chapter_has_the_cases_of_its_exercises_and_answers_to_each(chapter) -> None:
    ids = {each.id for each in chapter.exercises}

    assert set(chapter.cases()) == ids
    # Wrong servers are told by the suite that catches them, not by the one exercise about servers.
    answered = {wrong.check for wrong in chapter.wrong_answers()}
    assert ids <= answered or (ids == {"7.1"} and answered)


def test_a_notebook_that_is_none_is_told_with_those_that_are() -> None:
    with pytest.raises(KitError, match="no graded notebook '08_more'; there is 01_timers, "):
        chapter_of("08_more")


def loaded_by(work: str, repository: Path) -> list[str]:
    """The modules that some code leaves loaded."""
    done = subprocess.run(
        [sys.executable, "-c", work + TELL], cwd=repository, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return done.stderr.split()


@pytest.mark.system
@pytest.mark.parametrize("work", [CHECK, GRADE], ids=["check", "grade"])
def test_a_chapter_is_loaded_without_the_others(work: str, repository: Path) -> None:
    loaded = loaded_by(work, repository)

    assert "raftkit.course.chapters.voting.cases" in loaded
    assert [name for name in loaded if name.startswith(NOT_NEEDED)] == []
    others = {name for name in loaded if ".cases" in name and ".voting." not in name}
    assert others - {"raftkit.course.checking.cases"} == set()


@pytest.mark.system
def test_the_course_is_imported_without_a_chapters_cases_and_without_networkx(
    repository: Path,
) -> None:
    loaded = loaded_by(IMPORT, repository)

    assert "raftkit.course.tutor.commands" in loaded
    assert [name for name in loaded if name.startswith((*NOT_NEEDED, "networkx"))] == []
    assert [name for name in loaded if ".chapters." in name and ".cases" in name] == []
