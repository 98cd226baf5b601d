"""Histories in files: what is written is read back, what is damaged is refused with its line."""

import json

import pytest

from raftkit.checkers.linearizability import (
    MODELS,
    LineError,
    Operation,
    check_linearizable,
    read_lines,
    write_lines,
)

KV, REGISTER, QUEUE, CAS = (MODELS[name] for name in ("kv", "register", "queue", "cas"))


def lines(*records: object) -> str:
    return "\n".join(
        record if isinstance(record, str) else json.dumps(record) for record in records
    )


def operation(**fields: object) -> dict[str, object]:
    """A line that is right, but for the fields given; None leaves one out."""
    whole = {"client": "C1", "kind": "put", "key": "x", "argument": "1", "called": 0, "returned": 1}
    return {name: value for name, value in (whole | fields).items() if value != "no"}


def test_what_is_written_is_read_back() -> None:
    operations = [
        Operation("C1", "put", "x", "1", None, 0, 2.5),
        Operation("C2", "get", "x", None, "1", 1, 3),
        Operation("C3", "cas", "x", ("1", "2"), False, 2, 4),
        Operation("C4", "append", "y", "ä ☃\n", "ä ☃\n", 2, 5),
        Operation("C5", "get", "x", None, None, 6, 7),
        Operation("C5", "put", "x", "1", None, 8, None),
    ]

    assert list(read_lines(write_lines(operations), KV).operations) == operations


def test_lines_are_numbered_as_in_the_file() -> None:
    read = read_lines(lines("", operation(), "  ", operation(client="C2")), KV)

    assert [each.line for each in read.operations] == [2, 4]


def test_lines_may_end_as_on_windows_and_hold_any_text() -> None:
    text = "".join(
        json.dumps(operation(client=client, argument=argument)) + "\r\n"
        for client, argument in [
            ("C\n1", "\0"),
            ("C2", "\u2028"),
            ("C3", "\ud800"),
            ("C4", [1, [True]]),
        ]
    )

    read = read_lines(text, KV).operations

    assert [each.line for each in read] == [1, 2, 3, 4]
    assert len({each.argument for each in read}) == 4
    assert all(str(each).isprintable() for each in read)
    assert list(read_lines(write_lines(read), KV).operations) == list(read)


def test_a_stored_truth_is_no_number() -> None:
    wrote = {"client": "C1", "kind": "write", "argument": 1, "called": 0, "returned": 1}
    read = {"client": "C2", "kind": "read", "result": True, "called": 2, "returned": 3}

    assert not check_linearizable(
        read_lines(lines(wrote, read), REGISTER).operations, "register"
    ).is_linearizable
    read["result"] = 1.0
    assert check_linearizable(
        read_lines(lines(wrote, read), REGISTER).operations, "register"
    ).is_linearizable


def test_an_empty_file_is_an_empty_history() -> None:
    assert check_linearizable(read_lines("\n", KV).operations).is_linearizable


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("{", "line 2 is not JSON"),
        ("[1]", "line 2 is no record"),
        ("[" * 100_000, "line 2 is not JSON"),
        ('{"called": NaN}', "line 2 is not JSON"),
        (operation(kind="putt"), "line 2"),
        (operation(kind="no"), "line 2"),
        (operation(extra=1), "line 2 has 'extra'"),
        (operation(client=None), "line 2"),
        (operation(client=7.5), "line 2"),
        (operation(called="soon"), "line 2"),
        (operation(called=True), "line 2"),
        (operation(returned=-1), "line 2"),
        (operation(argument="no"), "line 2"),
        (operation(argument={"a": 1}), "line 2"),
        (operation(kind="cas", argument="1"), "line 2"),
        (operation(kind="cas", argument=["1", "2"], result="yes"), "line 2"),
        (operation(kind="get"), "line 2"),
        (operation(kind="append", argument=[1]), "line 2"),
        (operation(called=0, returned=3), "line 2"),
        (operation(client="C1\n\x1b[31m", called=0, returned=3, kind="putt"), "line 2"),
        (operation(called=10**400), "line 2 has called 1000"),
        (operation(called=-1e300), "line 2 has called -1e+300: give milliseconds"),
        (operation(called=2**60, returned=2**60), "line 2 has called"),
        ('{"client": "C1", "kind": "put", "argument": 1e999, "called": 1}', "line 2: a number"),
        (operation(argument=json.loads("[" * 50 + "]" * 50)), "line 2: lists are nested"),
        ('{"client": "C1", "client": "C2"}', "line 2 is not JSON"),
        (json.dumps(operation(client="C2")) + "\0", "line 2 is not JSON"),
        (json.dumps(operation(client="C2"))[:-5], "line 2 is not JSON"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_a_damaged_line_is_refused(line: object, said: str) -> None:
    first = operation(client="C1", called=0, returned=5)

    with pytest.raises(LineError, match=r"^line 2\b") as refused:
        read_lines(lines(first, line), KV)

    assert str(refused.value).startswith(said)
    assert str(refused.value).isprintable()
    assert len(str(refused.value)) < 200


# Events ------------------------------------------------------------------------------------


def event(process: object, type: object, f: str, value: object = None, **more: object) -> object:
    return {"process": process, "type": type, "f": f, "value": value, **more}


def test_events_are_operations_in_the_order_of_lines() -> None:
    read = read_lines(
        lines(
            event(0, "invoke", "write", 1, time=12345),
            event(1, "invoke", "read"),
            event("nemesis", "info", "start-partition"),
            event(1, "ok", "read", 1),
            event(0, "ok", "write", 1),
            event(2, "invoke", "write", 2),
            event(2, "fail", "write", 2),
            event(3, "invoke", "write", 3),
            event(3, "info", "write", 3),
            event(4, "invoke", "read"),
        ),
        REGISTER,
    )

    assert read.unit == "line"
    assert list(map(str, read.operations)) == [
        "0: write 1 (1 to 5 ms)",
        "1: read → 1 (2 to 4 ms)",
        "3: write 3 → ? (from 8 ms, never answered)",
        "4: read → ? (from 10 ms, never answered)",
    ]


def test_a_compare_and_set_that_is_ok_was_true() -> None:
    read = read_lines(lines(event(0, "invoke", "cas", [1, 2]), event(0, "ok", "cas", [1, 2])), CAS)

    assert read.operations[0].result is True
    assert not check_linearizable(read.operations, "cas").is_linearizable


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (event(0, "invoke", "read"), "line 2: process 0 has not ended its call of line 1"),
        (event(1, "ok", "read", 1), "line 2: process 1 has called nothing that could end"),
        (event(0, "ok", "write", 1), "line 2 does not end the read of line 1"),
        (event(0, "done", "read"), 'line 2 needs a "type": invoke, ok, fail, info'),
        (event(None, "ok", "read"), 'line 2 needs a "process"'),
        (event(True, "ok", "read"), 'line 2 needs a "process"'),
        (event(1, "invoke", "enqueue", 1), "line 2"),
    ],
    ids=lambda value: str(value)[:50],
)
def test_a_wrong_event_is_refused(line: object, said: str) -> None:
    with pytest.raises(LineError) as refused:
        read_lines(lines(event(0, "invoke", "read"), line), REGISTER)

    assert str(refused.value).startswith(said)


@pytest.mark.parametrize(
    ("call", "end", "said"),
    [
        (event(0, "invoke", "write", 1), event(0, "ok", "read", 1), "does not end the write"),
        (event(0, "invoke", "write", 1), event(0, "ok", "write", 2), "has the value 2, and the"),
        (event(0, "invoke", "write", None), event(0, "ok", "write", 2), "has the value 2, and the"),
        (event(0, "invoke", "cas", [1, 2]), event(0, "ok", "cas", [1, 3]), "has the value [1, 3]"),
        (event(0, "invoke", "read", 1), event(0, "ok", "read", 2), "has the value 2, and the read"),
        (
            event(0, "invoke", "write", 1, key="x"),
            event(0, "ok", "write", 1, key="y"),
            "has the key y, and the write of line 1 that it ends has x",
        ),
        (
            event(0, "invoke", "write", 1, key="x"),
            event(0, "info", "write", 1, key="y"),
            "has the key y",
        ),
        (
            event(0, "invoke", "read", [1, None]),
            event(0, "ok", "read", [2, 5]),
            "has the key 2, and the read of line 1 that it ends has 1",
        ),
        (
            event(0, "invoke", "write", 1, time=5),
            event(0, "ok", "write", 1, time=4),
            "has time 4 after 5: sort the lines",
        ),
        (
            event(0, "invoke", "write", 1, index=5),
            event(0, "ok", "write", 1, index=5),
            "has index 5 after 5: sort the lines",
        ),
        (
            event(0, "invoke", "read", [1, None]),
            event(0, "ok", "read", 5),
            "has no value [key, value] as others have",
        ),
        (
            event(0, "invoke", "read", [1, None]),
            event(1, "invoke", "write", [1, 2], key=3),
            "has no value [key, value] as others have",
        ),
        (event(0, "invoke", "write", 1), event(1, "invoke", "get"), "; get is of the model kv"),
    ],
    ids=lambda value: str(value)[:60],
)
def test_an_event_that_contradicts_another_is_refused(call: object, end: object, said: str) -> None:
    with pytest.raises(LineError, match=r"^line 2\b") as refused:
        read_lines(lines(call, end), CAS)

    assert said in str(refused.value)


@pytest.mark.parametrize("said", [None, 1])
def test_an_end_need_not_repeat_the_value(said: object) -> None:
    read = read_lines(lines(event(0, "invoke", "write", 1), event(0, "ok", "write", said)), CAS)

    assert list(map(str, read.operations)) == ["0: write 1 (1 to 2 ms)"]


def test_a_compare_and_set_may_say_how_it_came_out() -> None:
    read = read_lines(lines(event(0, "invoke", "cas", [1, 2]), event(0, "ok", "cas", False)), CAS)

    assert check_linearizable(read.operations, "cas").is_linearizable


def test_values_with_keys_are_taken_apart() -> None:
    history = [
        event(0, "invoke", "write", [0, 3]),
        event(0, "ok", "write", [0, 3]),
        event(1, "invoke", "write", [1, 4]),
        event(1, "ok", "write", [1, 4]),
        event(0, "invoke", "cas", [1, [4, 5]]),
        event(0, "ok", "cas", [1, [4, 5]]),
        event(1, "invoke", "read", [0, None]),
        event(1, "ok", "read", [0, 3]),
        event(1, "invoke", "read", [1, None]),
        event(1, "info", "read"),
    ]

    read = read_lines(lines(*history), CAS).operations

    assert [each.key for each in read] == [0, 1, 1, 0, 1]
    assert (read[2].argument, read[3].result) == ((4, 5), 3)
    assert check_linearizable(read, "cas").is_linearizable
    history[7] = event(1, "ok", "read", [0, 4])
    broken = check_linearizable(read_lines(lines(*history), CAS).operations, "cas")
    assert [violation.key for violation in broken.violations] == [0]


@pytest.mark.parametrize("f", ["write", "cas"])
def test_values_that_may_have_keys_or_not_are_refused(f: str) -> None:
    value = [1, [2, 3]]
    history = [
        event(0, "invoke", f, value),
        event(0, "ok", f, value),
        event(0, "invoke", "read"),
        event(0, "ok", "read", [1, 3]),
    ]

    with pytest.raises(LineError, match="line 1 and all others have lists of two"):
        read_lines(lines(*history), CAS)

    one = [each | {"key": None} for each in history]
    assert [each.key for each in read_lines(lines(*one), CAS).operations] == [None, None]
