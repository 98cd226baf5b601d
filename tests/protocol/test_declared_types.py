"""The one judge of types: what fits a declared type, and which field is the first that does not."""

from typing import Any, Literal

import pytest

from raftkit.protocol import (
    AppendEntriesRequest,
    Campaign,
    Entry,
    Log,
    Persistent,
    Progress,
    RequestVoteRequest,
    Standing,
    Tally,
)
from raftkit.protocol.declared_types import first_misfit, fits
from raftkit.protocol.record import record


class Seven:
    """Counts like numpy's integers: an index, and no int."""

    def __index__(self):
        return 7


class Heir(Entry):
    """An entry of a student's own, which is no record: it has no JSON form."""

    __slots__ = ()


@record
class EntryOfThisTest(Entry):
    """An entry of an extension, which is a record."""

    by: int = 1


def request_with(*entries):
    return AppendEntriesRequest("S1", "S2", 1, 0, 0, entries, 0)


@pytest.mark.parametrize(
    ("value", "declared", "exactly", "loosely"),
    [
        (1, int, True, True),
        (True, int, False, False),
        (Seven(), int, False, True),
        (1.0, int, False, False),
        (1, float, True, True),
        (True, float, False, False),
        (Seven(), float, False, True),
        (True, bool, True, True),
        (1, bool, False, False),
        ("S1", str, True, True),
        (None, str | None, True, True),
        (3, str | None, False, False),
        ("leader", Literal["leader", "follower"], True, True),
        ("king", Literal["leader", "follower"], False, False),
        (["leader"], Literal["leader", "follower"], False, False),
        (object(), Any, True, True),
        ((), tuple[str, ...], True, True),
        (["S1"], tuple[str, ...], False, True),
        ([1], tuple[str, ...], False, False),
        ([Entry(1)], tuple[Entry, ...], False, True),
        ((Entry(1), 2), tuple[Entry, ...], False, False),
        ((3, Entry(1)), tuple[int, Entry], True, True),
        ((3,), tuple[int, Entry], False, False),
        ((Entry(1), 3), tuple[int, Entry], False, False),
        (Log(), Log, True, True),
        ((), Log, False, False),
        (Entry(1), Entry | Standing, True, True),
        (Heir(1), Entry, False, False),
        (EntryOfThisTest(1), Entry, True, True),
    ],
)
def test_a_value_fits_its_type_or_does_not(value, declared, exactly, loosely):
    assert (fits(value, declared), fits(value, declared, loosely=True)) == (exactly, loosely)


@pytest.mark.parametrize(
    ("value", "where"),
    [
        (Entry(1, "x=1"), None),
        ("no record", None),
        (Entry("one"), (Entry, "term", "one")),
        (request_with(Entry(1), Entry(1, "x", 5)), (Entry, "client", 5)),
        (request_with(1), (AppendEntriesRequest, "entries", (1,))),
        ((Entry(1), (Progress(1, None),)), (Progress, "match_index", None)),
        (Campaign(Standing("king"), Tally(), ()), (Standing, "role", "king")),
        (Persistent(1, None, Log([Entry("one")])), None),
        (RequestVoteRequest("S1", "S2", 1, True, 0), (RequestVoteRequest, "last_log_index", True)),
    ],
)
def test_the_first_field_that_does_not_fit_is_found(value, where):
    found = first_misfit(value)

    assert (found and (type(found.record), found.name, found.part)) == where


def test_what_counts_fits_only_loosely():
    progress = Progress(Seven(), 1)

    assert first_misfit(progress).name == "next_index"
    assert first_misfit(progress, loosely=True) is None
