"""What a student's function returned, told in one sentence where it cannot be an answer."""

import pytest

from raftkit.course import StudentError
from raftkit.course.checking.answers import read_answer
from raftkit.protocol import AppendEntriesRequest, Conflict, Entry, Log, Progress, Settings


def request_with(**parts):
    usual = {"source": "S1", "target": "S2", "term": 2, "prev_log_index": 0, "prev_log_term": 0}
    return AppendEntriesRequest(**(usual | {"entries": (), "leader_commit": 0} | parts))


class Seven:
    """Counts like numpy's integers: an index, and no int."""

    def __index__(self):
        return 7


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
        (request_with(entries=[Entry(1)]), AppendEntriesRequest),
    ],
)
def test_a_right_form_is_taken_as_it_is(result, returns):
    assert read_answer(result, returns) is result


def test_whatever_counts_is_a_whole_number():
    assert read_answer(Seven(), int) == 7


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
