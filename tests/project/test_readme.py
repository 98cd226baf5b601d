"""The README tells the truth: its picture, its table and its commands are the kit's own."""

import doctest
import re
import tomllib
from pathlib import Path

import pytest
from click.testing import CliRunner

from raftkit.cli.program import all_commands
from raftkit.course import NOTEBOOKS, exercises_of

WHEEL = "raftkit_course-{version}-py3-none-any.whl"


@pytest.fixture(scope="module")
def project(repository: Path) -> dict:
    return tomllib.loads((repository / "pyproject.toml").read_text(encoding="utf-8"))["project"]


@pytest.fixture(scope="module")
def command_lines(repository: Path) -> list[str]:
    """Every line that the README lets one type into a shell."""
    text = (repository / "README.md").read_text(encoding="utf-8")
    blocks = re.findall(r"(?ms)^```(\w*)\n(.*?)^```$", text)
    return [line for kind, block in blocks if not kind for line in block.splitlines() if line]


def test_the_picture_is_the_one_that_the_lines_below_it_draw(repository: Path) -> None:
    text = (repository / "README.md").read_text(encoding="utf-8")
    names: dict = {}
    for example in doctest.DocTestParser().get_examples(text):
        exec(compile(example.source, "README.md", "single"), names)

    committed = (repository / "notebooks/pictures/partition.svg").read_text(encoding="utf-8")

    assert names["picture"].svg == committed.rstrip("\n")


def test_the_moving_picture_is_what_its_command_draws(
    repository: Path, command_lines: list[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (line,) = (line for line in command_lines if "--moving" in line)
    _, *arguments = line.partition("#")[0].split()
    committed = (repository / "notebooks/pictures/player.svg").read_bytes()
    monkeypatch.chdir(repository)
    arguments[-1] = str(tmp_path / arguments[-1])

    done = CliRunner().invoke(all_commands, arguments)

    assert done.exit_code == 0, done.output
    assert (tmp_path / "player.svg").read_bytes() == committed, line
    assert len(committed) < 500_000


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

        assert row in text, "raftkit rehearse"


@pytest.mark.parametrize(("extra", "then"), [("lab", "raftkit lab"), ("test", "pytest")])
def test_every_system_gets_an_environment_of_its_own(command_lines, extra, then):
    posix = f'python3 -m venv .venv && .venv/bin/pip install -e ".[{extra}]" && .venv/bin/{then}'
    # Windows PowerShell 5.1 knows no "&&", and cmd no ";": so there is a line for each.
    windows = [
        "py -m venv .venv",
        rf'.venv\Scripts\pip install -e ".[{extra}]"',
        rf".venv\Scripts\{then}",
    ]

    assert posix in command_lines
    at = command_lines.index(windows[1])
    assert command_lines[at - 1 : at + 2] == windows


def test_no_line_for_windows_joins_commands(command_lines):
    windows = [line for line in command_lines if "\\" in line or line.startswith("py ")]

    assert windows
    assert [line for line in windows if "&" in line or ";" in line] == []


def test_no_line_installs_into_the_systems_own_python(command_lines):
    assert [line for line in command_lines if line.startswith(("pip ", "python3 -m pip "))] == []


def test_the_wheel_that_is_named_is_the_one_that_is_built(repository, project):
    text = (repository / "README.md").read_text(encoding="utf-8")

    assert set(re.findall(r"[\w.]+-[\w.]+-py3-none-any\.whl", text)) == {
        WHEEL.format(version=project["version"])
    }


def test_every_extra_that_is_named_exists(repository, project):
    text = (repository / "README.md").read_text(encoding="utf-8")

    named = set(re.findall(r"\[(\w+)\]\"|--extra (\w+)", text))
    assert {first or second for first, second in named} <= set(project["optional-dependencies"])


def test_every_option_of_raftkit_that_is_named_exists(command_lines):
    for line in command_lines:
        found = re.search(r"(?:^|[\\/ ])raftkit ([a-z-]+)(.*?)(?: -- |#|$)", line)
        if found:
            known = {
                name for option in all_commands.commands[found[1]].params for name in option.opts
            }
            assert set(re.findall(r"--[a-z-]+", found[2])) <= known, line
