"""What a student's function returned, told in one sentence where it cannot be an answer."""

from collections import namedtuple

import pytest

from raftkit.course import StudentError
from raftkit.course.checking.answers import read_answer
from raftkit.protocol import AppendEntriesRequest, Conflict, Entry, Log, Progress, Settings, Tally
from raftkit.protocol.json_form import from_json, to_json


def request_with(**parts):
    usual = {"source": "S1", "target": "S2", "term": 2, "prev_log_index": 0, "prev_log_term": 0}
    return AppendEntriesRequest(**(usual | {"entries": (), "leader_commit": 0} | parts))


class Seven:
    """Counts like numpy's integers: an index, and no int."""

    def __index__(self):
        return 7


# Like numpy's truth value by its name, and no bool.
Truth = type("bool_", (), {"__bool__": lambda self: True})


@pytest.mark.parametrize(
    ("result", "returns"),
    [
        (None, Log | None),
        (Log.of_terms(1), Log | None),
        (Log(), Log),
        (3, int),
        (Progress(3, 2), Progress),
        (Conflict(0, 1), Conflict),
        (request_with(entries=(Entry(1),)), AppendEntriesRequest),
    ],
)
def test_a_right_form_is_taken_as_it_is(result, returns):
    assert read_answer(result, returns) is result


@pytest.mark.parametrize(
    ("result", "returns", "plain"),
    [
        (Seven(), int, 7),
        (Truth(), bool, True),
        (Progress(Seven(), Seven()), Progress, Progress(7, 7)),
        (Conflict(0, Seven()), Conflict, Conflict(0, 7)),
        (Log([Entry(1), Entry(Seven())]), Log, Log.of_terms(1, 7)),
        (request_with(term=Seven()), AppendEntriesRequest, request_with(term=7)),
        (request_with(entries=[Entry(1)]), AppendEntriesRequest, request_with(entries=(Entry(1),))),
        (Tally(["S1"], ("S2",)), Tally, Tally(("S1",), ("S2",))),
        (["S2", "S3"], tuple[str, ...], ("S2", "S3")),
    ],
)
def test_what_passes_for_an_answer_becomes_one_as_it_does_on_its_way_from_another_process(
    result, returns, plain
):
    """Or a cluster would add a list to a tuple, and the grading see other values."""
    answer = read_answer(result, returns)

    assert (answer, repr(answer)) == (plain, repr(plain))
    assert from_json(to_json(result)) == plain


def test_a_list_that_is_filled_anew_does_not_change_a_request_that_was_sent():
    entries = [Entry(1)]
    sent = read_answer(request_with(entries=entries), AppendEntriesRequest)
    entries.clear()

    assert sent.entries == (Entry(1),)


@pytest.mark.parametrize(
    ("result", "returns", "said"),
    [
        (None, Log, "does every path end in a return?"),
        ([Entry(1)], Log, "and a Log was expected: Log(entries) makes one of them."),
        ([Entry(1)], Log | None, "Log(entries) makes one of them."),
        (Log([Entry(1), "x=1"]), Log, "'x=1' stands among the entries, and it is no Entry."),
        (Log([Entry(None)]), Log, "Entry(None) has no term"),
        (True, int, "and a whole number was expected."),
        (2.0, int, "Your function returned 2.0, and a whole number was expected."),
        ((3, 2), Progress, "write Progress(3, 2)."),
        ([3, 2], Progress, "write Progress(3, 2)."),
        (namedtuple("Known", "next match")(3, 2), Progress, "write Progress(3, 2)."),
        (namedtuple("Progress", "next match")(3, 2), Progress, "a Progress of your own hides"),
        (Tally({"S1"}), Tally, "granted is {'S1'}: it is a tuple of names, such as"),
        ((10, 20, 2), Settings, "write Settings(10, 20, 2)."),
        ((3,), Progress, "is there a comma too many?"),
        (Progress(3, None), Progress, "match_index is None, and it is a whole number."),
        (Conflict(2.5, 1), Conflict, "term is 2.5, and it is a whole number."),
        (request_with(target=2), AppendEntriesRequest, "target is 2, and it is a server's name."),
        (request_with(term="2"), AppendEntriesRequest, "term is '2', and it is a whole number."),
        (
            request_with(entries=Log.of_terms(1)),
            AppendEntriesRequest,
            "entries is Log.of_terms(1): it is a tuple of Entry",
        ),
        (request_with(entries=(1,)), AppendEntriesRequest, "1 stands among the entries"),
        (None, AppendEntriesRequest, "and an AppendEntriesRequest was expected"),
    ],
)
def test_a_wrong_form_is_said_to_be_what_it_is(result, returns, said):
    with pytest.raises(StudentError) as told:
        read_answer(result, returns)

    assert said in told.value.text
