"""What commands read and write: every path of every command is named in the same way."""

import io
import json
from functools import partial
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from raftkit.bench import floor
from raftkit.cli.files import FileName, FolderName, SourceName, TargetName
from raftkit.cli.program import all_commands
from raftkit.simulator import History

PATHS = [
    (name, parameter)
    for name, command in sorted(all_commands.commands.items())
    for parameter in command.params
    if isinstance(parameter.type, click.Path | click.File)
]
OUTPUTS = [(name, each) for name, each in PATHS if isinstance(each.type, TargetName)]
# A run of each command that takes an output, without the output.
RUNS = {
    "bench": "--only floor",
    "check": "02_voting.ipynb",
    "doctor": "",
    "explore": "--wrong V1 --log 0",
    "fuzz": "--wrong V1",
    "linearizable": "history.jsonl",
    "mutants": "--only 2.1 --share 30 --jobs 1",
    "simulate": "--ms 50 --clients 1",
    "wrong-answers": "--only V1 --columns cases --jobs 1",
}
HISTORY = '{"client": "C1", "kind": "put", "argument": "1", "called": 0, "returned": 9.5}\n'


def named(parameter):
    return f"{parameter[0]} {parameter[1].name}"


@pytest.fixture
def place(tmp_path, monkeypatch, repository):
    """A folder with something to read for every command."""
    exercise = (repository / "exercises" / "02_voting.ipynb").read_text(encoding="utf-8")
    (tmp_path / "02_voting.ipynb").write_text(exercise, encoding="utf-8")
    (tmp_path / "history.jsonl").write_text(HISTORY)
    (tmp_path / "solutions").mkdir()
    solved = (repository / "solutions" / "02_voting.ipynb").read_text(encoding="utf-8")
    (tmp_path / "solutions" / "02_voting.ipynb").write_text(solved, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("raftkit.bench.floor", partial(floor, events=1_000))
    return tmp_path


@pytest.mark.parametrize("parameter", PATHS, ids=named)
def test_every_path_is_of_one_kind(parameter):
    assert isinstance(parameter[1].type, FileName)


@pytest.mark.parametrize("nothing", ["", " "])
@pytest.mark.parametrize("parameter", PATHS, ids=named)
def test_an_empty_name_is_refused_in_one_line(raftkit, place, parameter, nothing):
    before = sorted(place.iterdir())
    command, path = parameter
    given = [nothing] if isinstance(path, click.Argument) else [path.opts[0], nothing]
    # What else is needed, so that the empty name is what is wrong.
    others = [
        part
        for other in all_commands.commands[command].params
        if other.required and other is not path
        for part in ([] if isinstance(other, click.Argument) else [other.opts[0]]) + ["x"]
    ]

    done = raftkit(command, *given, *others)

    assert (done.exit_code, done.stdout) == (2, "")
    assert "an empty name is no file" in done.stderr
    assert done.stderr.count("\n") == 1
    assert sorted(place.iterdir()) == before


@pytest.mark.parametrize(
    "parameter", [each for each in PATHS if isinstance(each[1].type, FolderName)], ids=named
)
def test_a_folder_is_no_stream(parameter):
    with pytest.raises(click.BadParameter, match="it must be a file or folder of its own, not -"):
        parameter[1].type.convert("-", parameter[1], None)


def test_every_option_that_is_called_json_or_svg_names_an_output():
    options = [
        (name, each)
        for name, command in all_commands.commands.items()
        for each in command.params
        if {"--json", "--svg"} & {*each.opts}
    ]

    assert {name for name, _ in options} <= {*RUNS}
    assert [named(each) for each in options if not isinstance(each[1].type, TargetName)] == []


@pytest.mark.parametrize("output", OUTPUTS, ids=named)
def test_standard_output_and_a_file_get_the_same_and_nothing_else(raftkit, place, output):
    command, option = output
    run = [command, *RUNS[command].split()]
    # Their words and their JSON hold times, which are others in each run; a picture does not.
    has_times = command in {"bench", "mutants", "wrong-answers"}
    timed = has_times and option.opts[0] == "--json"

    words = raftkit(*run)
    saved = raftkit(*run, option.opts[0], "out")
    dashed = raftkit(*run, option.opts[0], "-")
    bare = raftkit(*run, option.opts[0])
    first = raftkit(command, option.opts[0], *run[1:])

    content = (place / "out").read_text(encoding="utf-8")
    assert sorted(path.name for path in place.iterdir()) == [
        "02_voting.ipynb", "history.jsonl", "out", "solutions"
    ]  # fmt: skip
    statuses = {done.exit_code for done in (words, saved, dashed, bare, first)}
    assert len(statuses) == 1
    assert saved.stdout == words.stdout or has_times
    for done in (dashed, bare, first):
        assert done.stdout == content or timed
        assert done.stdout.startswith(content[:1])
    if option.opts[0] == "--json":
        json.loads(dashed.stdout)
    if option.opts[0] == "--svg":
        assert dashed.stdout.startswith("<svg")


def test_words_go_where_they_mix_with_nothing(raftkit, place):
    done = raftkit("simulate", "--ms", 50, "--json")

    assert History.from_json(done.stdout).violations == []
    assert done.stderr.endswith("no property was broken\n")


def test_two_outputs_do_not_mix(raftkit, place):
    for goal in ("-", "same"):
        done = raftkit("simulate", "--ms", 50, "--json", goal, "--svg", goal)

        assert (done.exit_code, done.stdout) == (2, "")
        assert done.stderr == (
            "raftkit: --svg and --json would be written into one another: give each a file\n"
        )


def test_no_output_takes_the_place_of_a_notebook(raftkit, place):
    before = Path("02_voting.ipynb").read_bytes()

    done = raftkit("check", "--json", "02_voting.ipynb", "02_voting.ipynb")

    assert done.exit_code == 2
    assert done.stderr == "raftkit: --json would overwrite the notebook 02_voting.ipynb\n"
    assert Path("02_voting.ipynb").read_bytes() == before


@pytest.mark.parametrize(
    ("arguments", "content", "said"),
    [
        ("linearizable -", HISTORY, "Linearizable: 1 operations"),
        ("simulate --ms 900 --faults -", '[{"at_ms": 5, "is": "Heal"}]', "no property was broken"),
        ("linearizable -", "{", "raftkit: standard input: line 1 is not JSON"),
        ("linearizable -", b"\xff", "raftkit: standard input is no text in UTF-8"),
        ("simulate --faults -", "{{", "raftkit: standard input is not JSON"),
    ],
)
def test_an_input_may_be_standard_input(arguments, content, said):
    done = CliRunner().invoke(
        all_commands,
        arguments.split(),
        input=io.BytesIO(content if isinstance(content, bytes) else content.encode()),
    )

    assert said in done.output
    assert done.exit_code == (2 if done.stderr else 0)


def test_every_input_can_be_standard_input_or_is_a_place():
    inputs = {named(each) for each in PATHS if isinstance(each[1].type, SourceName)}

    assert inputs == {"linearizable file", "simulate faults"}
