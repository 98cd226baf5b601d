"""`raftkit linearizable`: three verdicts, three statuses, a picture, and one line for bad input."""

import json

import pytest

from raftkit.checkers.linearizability import Operation, write_lines

STALE = [
    Operation("C1", "put", "x", "1", None, 0, 10),
    Operation("C2", "get", "x", None, None, 20, 30),
]
RIGHT = [STALE[0], Operation("C2", "get", "x", None, "1", 5, 30)]


RETURNED = write_lines(RIGHT)
LOST = write_lines([Operation("C1", "put", "x", "1", called=0)])
NEMESIS = '{"process": "nemesis", "type": "info", "f": "kill"}'
FAILED = """{"process": 0, "type": "invoke", "f": "write", "value": 1}
{"process": 0, "type": "fail", "f": "write", "value": 1}"""


@pytest.fixture
def saved(tmp_path):
    def save(operations):
        path = tmp_path / "history.jsonl"
        path.write_text(write_lines(operations), encoding="utf-8")
        return path

    return save


def test_a_linearizable_history_is_fine(raftkit, saved):
    done = raftkit("linearizable", saved(RIGHT))

    assert (done.exit_code, done.output) == (0, "Linearizable: 2 operations, 3 steps.\n")


def test_a_violation_is_told_and_drawn(raftkit, saved, tmp_path):
    drawn = tmp_path / "timeline.svg"

    done = raftkit("linearizable", saved(STALE), "--svg", drawn)

    assert done.exit_code == 1
    assert "C2’s get of x returned null (20 to 30 ms), but it could only" in done.output
    assert "Not linearizable" in drawn.read_text(encoding="utf-8")


def test_what_clients_of_a_simulation_saw_can_be_checked(raftkit, tmp_path):
    path = tmp_path / "history.jsonl"

    simulated = raftkit("simulate", "--clients", 3, "--calls", 20, "--operations", path)
    done = raftkit("linearizable", path)

    assert "60 of 60 client calls answered" in simulated.output
    assert (done.exit_code, done.output[:28]) == (0, "Linearizable: 60 operations,")


def test_the_lines_in_the_help_are_such_files(raftkit, tmp_path):
    lines = [
        line.strip()
        for line in raftkit("linearizable", "--help").output.splitlines()
        if line.strip().startswith("{")
    ]
    for name, part in (("operations", lines[:3]), ("events", lines[3:])):
        path = tmp_path / name
        path.write_text("\n".join(part), encoding="utf-8")

        done = raftkit("linearizable", path)

        # The get comes after the put, and yet it finds nothing.
        assert done.exit_code == (1 if name == "operations" else 0), done.output


def test_bytes_of_other_systems_are_understood(raftkit, saved):
    path = saved(RIGHT)
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))

    assert raftkit("linearizable", path).exit_code == 0


def test_what_a_file_holds_does_nothing_to_a_terminal(raftkit, tmp_path):
    path = tmp_path / "history.jsonl"
    wrong = Operation("C\n2", "get", "x", None, "\x1b[31m", 20, 30)
    path.write_text(write_lines([STALE[0], wrong]), encoding="utf-8")

    done = raftkit("linearizable", path)

    assert done.exit_code == 1
    assert all(line.isprintable() for line in done.output.splitlines())


def test_a_spent_budget_is_status_3(raftkit, saved):
    done = raftkit("linearizable", saved(RIGHT), "--budget", 1)

    assert done.exit_code == 3
    assert done.output.startswith("Unknown after ")


def test_json_names_lines(raftkit, saved):
    done = raftkit("linearizable", saved(STALE), "--json")
    verdict = json.loads(done.output)

    assert (verdict["verdict"], verdict["operations"]) == ("violated", 2)
    assert verdict["violations"][0]["line"] == 2
    assert verdict["violations"][0]["prefix"] == [1]
    assert verdict["violations"][0]["needed"] == [1, 2]
    assert verdict["violations"][0]["possible"] == ["1"]


def test_events_of_other_tools_are_read(raftkit, tmp_path):
    path = tmp_path / "events.jsonl"
    path.write_text(
        '{"process": 0, "type": "invoke", "f": "read", "value": null}\n'
        '{"process": 0, "type": "ok", "f": "read", "value": 0}\n'
    )

    assert raftkit("linearizable", path, "--model", "register").exit_code == 1
    assert raftkit("linearizable", path, "--model", "register", "--initial", "0").exit_code == 0


@pytest.mark.parametrize(
    ("text", "arguments", "said"),
    [
        ("{", "", "history.jsonl: line 1 is not JSON: write one record a line"),
        ('{"client": "C1"}', "", "history.jsonl: line 1"),
        ("", "--model stack", "raftkit: Invalid value for '--model'"),
        ("", "--budget 0", "raftkit: Invalid value for '--budget'"),
        ("", "--initial {", "raftkit: --initial { is no JSON value"),
        ("", "--model queue --initial 0", "raftkit: the first value of a queue is a list"),
        ("", "", "history.jsonl: there is nothing to judge: no operation of a client in it"),
        (FAILED, "--model register", "there is nothing to judge: no operation of a client in it"),
        (NEMESIS, "--model register", "there is nothing to judge: no operation of a client in it"),
        (LOST, "", "there is nothing to judge: no operation in it has returned"),
        (RETURNED, "--svg no/such/folder.svg", "No such file or directory"),
        (b"\xff\xfe", "", "is no text in UTF-8"),
        (None, "", "No such file or directory"),
    ],
    ids=str,
)
def test_bad_input_is_one_line(raftkit, tmp_path, text, arguments, said):
    path = tmp_path / "history.jsonl"
    if text is not None:
        path.write_bytes(text if isinstance(text, bytes) else text.encode())

    done = raftkit("linearizable", path, *arguments.split())

    assert done.exit_code == 2
    assert said in done.stderr
    assert len(done.stderr.splitlines()) == 1
