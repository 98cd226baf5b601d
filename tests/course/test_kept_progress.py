"""What `progress` remembers after a restart of the kernel, and what it does not."""

import json
import re
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from raftkit.course import check, progress, reveal
from raftkit.course.tutor import commands, kept_progress
from raftkit.course.tutor.kept_progress import FILE, LastCheck, keep, last_checks
from raftkit.protocol import Rules

RIGHT = Rules().has_majority
CHECKED = LastCheck("✓", 6, datetime(2026, 3, 1, 12, 30, tzinfo=UTC))


@pytest.fixture
def restart(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Begin with a new kernel."""

    def restarted() -> None:
        monkeypatch.setattr(commands, "_session", commands._Session())

    restarted()
    return restarted


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, restart: Callable[[], None]) -> Path:
    """The folder of a notebook that is open in JupyterLab."""
    monkeypatch.setenv("JPY_SESSION_NAME", str(tmp_path / "02_voting.ipynb"))
    return tmp_path


def _line(id: str = "2.1") -> str:
    return next(line for line in str(progress("02_voting")).splitlines() if f" {id} " in line)


def test_progress_survives_a_restart_and_says_when_it_was(
    folder: Path, restart: Callable[[], None]
) -> None:
    check("2.1", RIGHT)
    before = _line()
    restart()
    after = _line()

    assert before.endswith("minutes")
    assert re.fullmatch(re.escape(before) + r"   last checked \d{4}-\d\d-\d\d \d\d:\d\d", after)
    assert "Voting: 6 of" in str(progress("02_voting"))
    assert [each.name for each in folder.iterdir()] == [FILE]


def test_what_is_kept_opens_no_answer(folder: Path, restart: Callable[[], None]) -> None:
    check("2.1", RIGHT)
    restart()

    assert reveal("2.1").code == ""


def test_a_new_check_counts_instead(folder: Path, restart: Callable[[], None]) -> None:
    check("2.1", RIGHT)
    restart()
    check("2.1", lambda granted, refused, servers: False)

    assert re.search(r"✗ 2\.1 .* 0 of 6 .*minutes$", _line())
    restart()
    assert re.search(r"✗ 2\.1 .* 0 of 6 .*last checked", _line())


def test_a_later_check_in_another_kernel_counts(folder: Path) -> None:
    check("2.1", lambda granted, refused, servers: False)
    keep("2.1", LastCheck("✓", 6, datetime.now(UTC) + timedelta(seconds=1)))
    keep("2.2", CHECKED)

    assert re.search(r"✓ 2\.1 .* 6 of 6 .*last checked", _line())
    assert re.search(r"✓ 2\.2 .* 6 of 6 .*last checked 2026-03-01", _line("2.2"))


DAMAGED = [
    "",
    "{",
    "[" * 90_000,
    "null",
    "[1, 2]",
    '"2.1"',
    '{"2.1": null, "2.2": 3}',
    '{"2.1": ["?", 6, "2026-03-01T12:30:00+00:00"]}',
    '{"2.1": ["✓", "6", "2026-03-01T12:30:00+00:00"]}',
    '{"2.1": ["✓", true, "2026-03-01T12:30:00+00:00"]}',
    '{"2.1": ["✓", 6, "yesterday"]}',
    '{"2.1": ["✓", 6, 3]}',
    '{"2.1": ["✓", 6]}',
]


@pytest.mark.parametrize("text", DAMAGED)
def test_a_damaged_file_is_as_good_as_none(folder: Path, text: str) -> None:
    (folder / FILE).write_text(text, encoding="utf-8")

    assert _line().startswith("○ 2.1")
    check("2.1", RIGHT)
    assert last_checks()["2.1"].points == 6


def test_bytes_that_are_no_text_are_as_good_as_none(folder: Path) -> None:
    (folder / FILE).write_bytes(b"\xff\xfe\x00")

    assert _line().startswith("○ 2.1")


def test_a_sound_entry_beside_damaged_ones_counts(folder: Path) -> None:
    keep("2.1", CHECKED)
    form = json.loads((folder / FILE).read_text(encoding="utf-8")) | {"2.2": [], "9.9": "x"}
    (folder / FILE).write_text(json.dumps(form), encoding="utf-8")

    assert last_checks() == {"2.1": CHECKED}


@pytest.mark.parametrize(("kept", "shown"), [(600, "6 of 6"), (-5, "0 of 6")])
def test_no_more_points_are_shown_than_there_are(folder: Path, kept: int, shown: str) -> None:
    keep("2.1", LastCheck("✓", kept, CHECKED.at))

    assert shown in _line()


def test_a_folder_that_cannot_be_written_stops_nothing(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*given: Any) -> Any:
        raise PermissionError

    monkeypatch.setattr(kept_progress, "mkstemp", refused)
    check("2.1", RIGHT)

    assert "6 of 6" in _line()
    assert list(folder.iterdir()) == []


def test_a_file_that_cannot_be_replaced_leaves_no_other(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / FILE).mkdir()
    check("2.1", RIGHT)

    assert "6 of 6" in _line()
    assert [each.name for each in folder.iterdir()] == [FILE]


def test_only_an_open_notebook_keeps_anything(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, restart: Callable[[], None]
) -> None:
    """A notebook that a program runs has the same outputs every time."""
    monkeypatch.delenv("JPY_SESSION_NAME", raising=False)
    monkeypatch.chdir(tmp_path)
    check("2.1", RIGHT)
    restart()

    assert _line().startswith("○ 2.1")
    assert list(tmp_path.iterdir()) == []


def test_a_notebook_in_vs_code_keeps_it_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, restart: Callable[[], None]
) -> None:
    monkeypatch.delenv("JPY_SESSION_NAME", raising=False)
    opened = str(tmp_path / "02_voting.ipynb")
    monkeypatch.setattr(sys.modules["__main__"], "__vsc_ipynb_file__", opened, raising=False)
    check("2.1", RIGHT)
    restart()

    assert "last checked" in _line()


def test_without_the_notebooks_folder_the_kernels_own_is_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JPY_SESSION_NAME", str(tmp_path / "gone" / "02_voting.ipynb"))
    monkeypatch.chdir(tmp_path)
    keep("2.1", CHECKED)

    assert last_checks() == {"2.1": CHECKED}
