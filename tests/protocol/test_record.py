"""A record that was changed in place, which nothing forbids at run time, is noticed."""

import pytest

from raftkit.protocol import AppendEntriesRequest, Entry, Log
from raftkit.protocol.record import _hash_of_parts, fingerprint


@pytest.mark.parametrize("told", [fingerprint, _hash_of_parts])
def test_a_change_deep_inside_of_arguments_is_told(told):
    entry = Entry(1, "x=1")
    arguments = (Log.of_terms(1), AppendEntriesRequest("S1", "S2", 1, 1, 1, (entry,), 0), 7)
    before = told(arguments)

    assert told(arguments) == before

    entry.term = 2
    assert told(arguments) != before


def test_what_has_no_hash_cannot_be_told():
    assert fingerprint(([],)) is None
