"""The JSON form says everything: each record of the core comes back as it was."""

import json
from dataclasses import fields

import pytest

from raftkit.protocol import (
    AppendEntriesRequest,
    AppendEntriesResponse,
    Campaign,
    ClientRequest,
    ClientResponse,
    Conflict,
    Entry,
    Log,
    Persistent,
    Progress,
    Reply,
    RequestVoteRequest,
    RequestVoteResponse,
    Restarted,
    ServerState,
    Settings,
    Standing,
    Tally,
    TimerFired,
)
from raftkit.protocol.json_form import from_json, to_json
from raftkit.protocol.record import RECORDS, record

LOG = Log([Entry(1, "x=1", "C1", 1), Entry(2), Entry(2, "ü “quoted”\n")])
STANDING = Standing("leader", 2, "S1")
TALLY = Tally(("S1", "S2"), ("S3",))
REQUEST = RequestVoteRequest("S1", "S2", 3, 4, 2)

VALUES = (
    Entry(1, "x=1", "C1", 7),
    REQUEST,
    RequestVoteResponse("S2", "S1", 3, vote_granted=True),
    AppendEntriesRequest("S1", "S2", 3, 1, 1, (Entry(2), Entry(3, "y=2")), 1),
    AppendEntriesResponse("S2", "S1", 3, False, 0, 4, 2, 3),
    ClientRequest("C1", "S1", 1, "x=1"),
    ClientResponse("S1", "C1", 1, ok=False, result=None, leader_hint="S2"),
    TimerFired("election"),
    Reply("C1", 1, 4),
    STANDING,
    TALLY,
    Campaign(STANDING, TALLY, (REQUEST,)),
    Progress(4, 2),
    Conflict(2, 1),
    Persistent(2, None, LOG),
    Restarted(STANDING, 1, 1),
    Settings(no_op=True, batch=7),
    ServerState(STANDING, LOG, 1, 1, TALLY, (Progress(4, 2),)),
)


@pytest.mark.parametrize("value", [*VALUES, LOG, Log()], ids=lambda value: type(value).__name__)
def test_a_value_comes_back_from_text_as_it_was(value: object) -> None:
    text = json.dumps(to_json(value))

    back = from_json(json.loads(text))

    assert back == value
    assert type(back) is type(value)
    assert json.dumps(to_json(back)) == text


def test_every_record_of_the_core_is_tried_here() -> None:
    of_the_core = {
        name for name, kind in RECORDS.items() if kind.__module__.startswith("raftkit.protocol")
    }

    assert {type(value).__name__ for value in VALUES} == of_the_core


@pytest.mark.parametrize("value", VALUES, ids=lambda value: type(value).__name__)
def test_the_form_names_the_record_and_each_of_its_fields(value: object) -> None:
    form = to_json(value)

    assert list(form) == ["is", *(field.name for field in fields(value))]
    assert form["is"] == type(value).__name__


@pytest.mark.parametrize("value", [None, True, 0, -7, 1.5, "", "x=1"])
def test_plain_values_are_their_own_form(value: object) -> None:
    assert to_json(value) == value
    assert from_json(value) == value


def test_lists_and_tuples_come_back_as_tuples() -> None:
    assert from_json(to_json([1, (2, [3])])) == (1, (2, (3,)))


@pytest.mark.parametrize("value", [object(), {1, 2}, {"is": "Entry"}, b"x"])
def test_what_is_no_value_of_the_core_is_refused(value: object) -> None:
    with pytest.raises(TypeError, match="no JSON form"):
        to_json(value)


@pytest.mark.parametrize(
    ("form", "complaint"),
    [
        ({"is": "Elephant"}, "unknown kind of value 'Elephant'"),
        ({"term": 1}, "unknown kind of value None"),
        ({"is": "Entry"}, "a damaged Entry"),
        ({"is": "Entry", "term": 1, "tusks": 2}, "a damaged Entry"),
        ({"is": "Log", "entries": [[1, "x"]]}, "a damaged log entry"),
        ({"is": "Log", "entries": ["x"]}, "a damaged log entry"),
        ({"is": "Log", "entries": [{"is": "Tally"}]}, "a damaged log entry"),
        ({"is": "Log", "entries": [], "last_included": 7}, "a damaged beginning of a log"),
        ({"is": "Log", "entries": [], "last_included": [-1, 0]}, "a damaged beginning of a log"),
    ],
)
def test_a_damaged_form_is_refused_with_its_name(form: object, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        from_json(form)


def test_logs_can_be_shortened_and_completed() -> None:
    first = Persistent(2, None, LOG)

    form = to_json(
        first, log_form=lambda log: {"is": "Log", "keeps": 2, "entries": [[2, "", "", 0]]}
    )
    back = from_json(form, log_of=lambda parts, rest: LOG.prefix(parts["keeps"]).extend(rest))

    assert back.log == LOG.prefix(2).extend([Entry(2)])


# Names of records ------------------------------------------------------------------------


def test_a_second_record_of_one_name_is_refused_and_the_first_keeps_its_form():
    both = r"there is a record Entry already, raftkit.protocol.log.Entry,.* call .*json_form.Entry"
    with pytest.raises(ValueError, match=both):
        record(type("Entry", (), {"__annotations__": {"term": int}}))

    assert from_json(to_json(Entry(1, "x=1"))) == Entry(1, "x=1")


def test_no_record_takes_the_name_of_the_log():
    with pytest.raises(ValueError, match="no record can be called Log"):
        record(type("Log", (), {}))


def test_a_cell_that_is_run_again_defines_its_record_again():
    cell = "@record\nclass OfACell:\n    part: int = 0\n"
    names = {"record": record, "__name__": "__main__"}
    try:
        exec(cell, names)
        old = names["OfACell"](7)
        exec(cell.replace("part", "other"), names)
        again = names["OfACell"](7)

        with pytest.raises(TypeError, match="made before its class was defined again"):
            to_json(old)
        assert to_json(again) == {"is": "OfACell", "other": 7}
        assert from_json(to_json(again)) == again
        names["__name__"] = "another_module"
        with pytest.raises(ValueError, match="there is a record OfACell already, __main__"):
            exec(cell, names)
    finally:
        RECORDS.pop("OfACell", None)


def test_whatever_counts_like_an_integer_is_written_as_one():
    class Seven:
        def __index__(self):
            return 7

    assert to_json(Entry(Seven())) == to_json(Entry(7))


def test_a_truth_value_that_is_no_bool_is_written_as_one():
    of_numpy = type("bool", (), {"__bool__": lambda self: True})

    assert to_json(of_numpy()) is True
