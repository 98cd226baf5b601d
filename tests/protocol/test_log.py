"""The log: counted from 1, never changed, and shared instead of copied."""

import pytest

from raftkit.protocol import Entry, Log


def test_index_0_is_before_the_first_entry_and_has_term_0() -> None:
    assert Log().term_at(0) == 0
    assert (Log().last_index, Log().last_term) == (0, 0)


@pytest.mark.parametrize("index", [-1, 0, 4])
def test_an_entry_outside_the_log_is_an_error_that_names_the_log(index: int) -> None:
    log = Log.of_terms(1, 1, 2)

    with pytest.raises(IndexError, match=f"no entry {index}: it holds entries 1 to 3"):
        log[index]


def test_an_empty_log_says_that_it_is_empty() -> None:
    with pytest.raises(IndexError, match="no entry 1: it is empty"):
        Log().term_at(1)


@pytest.mark.parametrize("index", [-1, 4])
def test_a_term_outside_the_log_is_an_error_and_never_the_last_term(index: int) -> None:
    log = Log.of_terms(1, 1, 2)

    with pytest.raises(IndexError, match=f"no entry {index}"):
        log.term_at(index)


def test_entries_are_both_ends_included_and_cut_at_the_logs_ends() -> None:
    log = Log.of_terms(1, 2, 3)

    found = [log.entries(), log.entries(2), log.entries(2, 2), log.entries(-5, 99), log.entries(4)]

    terms = [[entry.term for entry in entries] for entries in found]
    assert terms == [[1, 2, 3], [2, 3], [2], [1, 2, 3], []]


def test_an_end_before_the_log_gives_no_entries_of_a_longer_log_either() -> None:
    short = Log.of_terms(1)
    short.extend(Log.of_terms(2, 3))

    assert [short.entries(1, -1), short.entries(-5, -2), short.entries(1, 0)] == [(), (), ()]


def test_extending_leaves_the_log_that_was_extended_as_it_is() -> None:
    short = Log.of_terms(1)

    long = short.extend([Entry(2), Entry(3)])

    assert (short, short.last_term, len(short)) == (Log.of_terms(1), 1, 1)
    assert list(short) == [Entry(1)]
    assert long == Log.of_terms(1, 2, 3)


def test_two_continuations_of_one_log_do_not_see_each_other() -> None:
    log = Log.of_terms(1)

    first = log.extend([Entry(2), Entry(2)])
    second = log.extend([Entry(3)])
    third = log.prefix(0).extend([Entry(4)])

    assert [log, first, second, third] == [
        Log.of_terms(1),
        Log.of_terms(1, 2, 2),
        Log.of_terms(1, 3),
        Log.of_terms(4),
    ]


def test_a_prefix_that_grows_again_does_not_change_the_longer_log() -> None:
    long = Log.of_terms(1, 2, 2)

    other = long.prefix(1).extend([Entry(3)])

    assert long == Log.of_terms(1, 2, 2)
    assert other == Log.of_terms(1, 3)


def test_a_log_extended_by_itself_is_twice_as_long() -> None:
    log = Log.of_terms(1, 2)

    assert log.extend(log) == Log.of_terms(1, 2, 1, 2)


def test_the_list_a_log_was_made_from_may_change_afterwards() -> None:
    entries = [Entry(1)]
    log = Log(entries)

    entries.append(Entry(9))
    extended = log.extend(entries)
    entries.clear()

    assert log == Log.of_terms(1)
    assert extended == Log.of_terms(1, 1, 9)


def test_appending_copies_nothing() -> None:
    log = Log.of_terms(1)
    shared = log._entries

    for term in range(2, 1_000):
        log = log.extend((Entry(term),))

    # One list for all thousand values: an append costs the same however long the log is.
    assert log._entries is shared
    assert log.prefix(500)._entries is shared


def test_appending_to_a_shorter_log_copies_once_and_then_no_more() -> None:
    log = Log.of_terms(1, 2, 3)

    fork = log.prefix(2).extend((Entry(4),))
    longer = fork.extend((Entry(5),))

    assert fork._entries is not log._entries
    assert longer._entries is fork._entries


def test_the_first_index_of_a_term_is_where_it_begins_or_would() -> None:
    log = Log.of_terms(1, 1, 4, 4, 6)

    assert [log.first_index_of(term) for term in (1, 2, 4, 6, 9)] == [1, 3, 3, 5, 6]


def test_the_last_index_of_a_term_is_where_it_ends_or_the_one_before_did() -> None:
    log = Log.of_terms(1, 1, 4, 4, 6)

    assert [log.last_index_of(term) for term in (0, 1, 2, 4, 6, 9)] == [0, 2, 2, 4, 5, 5]


def test_searches_do_not_look_beyond_the_end_of_a_prefix() -> None:
    log = Log.of_terms(1, 1, 4, 4, 6).prefix(3)

    assert (log.first_index_of(6), log.last_index_of(6), log.last_index_of(4)) == (4, 3, 3)


def test_logs_are_equal_if_their_entries_are() -> None:
    log = Log.of_terms(1, 2)

    assert log == Log.of_terms(1).extend((Entry(2),))
    assert log == Log.of_terms(1, 2, 3).prefix(2)
    assert hash(log) == hash(Log.of_terms(1, 2, 3).prefix(2))
    assert log != Log([Entry(1), Entry(2, "x=1")])
    assert log != Log.of_terms(1)
    assert log != "Log.of_terms(1, 2)"


def test_a_rewritten_middle_does_not_hide_behind_an_equal_end() -> None:
    one = Log([Entry(1), Entry(2, "x=1"), Entry(3)])
    other = Log([Entry(1), Entry(2, "x=2"), Entry(3)])

    assert one != other
    assert one.common_prefix(other) == 1


def test_a_log_extends_its_prefixes_and_itself_and_nothing_else() -> None:
    log = Log.of_terms(1, 2, 3)

    assert all(log.extends(log.prefix(last)) for last in range(4))
    assert not log.extends(Log.of_terms(1, 3))
    assert not log.prefix(2).extends(log)


def test_a_log_is_printed_so_that_it_can_be_pasted() -> None:
    logs = (Log(), Log.of_terms(1, 2), Log([Entry(1, "x=1", "C1", 7)]))

    assert [eval(repr(log), {"Log": Log, "Entry": Entry}) for log in logs] == list(logs)


# After a snapshot ------------------------------------------------------------------------

REST = Log([Entry(2), Entry(3)], last_included_index=5, last_included_term=2)


def test_a_log_after_a_snapshot_counts_on_and_knows_the_last_included_term() -> None:
    assert (REST.last_index, REST.last_term, len(REST)) == (7, 3, 2)
    assert [REST.term_at(index) for index in (5, 6, 7)] == [2, 2, 3]
    assert [entry.term for entry in REST.entries(1)] == [2, 3]
    assert (REST.entries(7, 7), REST[6]) == ((Entry(3),), Entry(2))
    assert [REST.first_index_of(3), REST.last_index_of(2), REST.last_index_of(1)] == [7, 6, 5]


@pytest.mark.parametrize("index", [0, 4, 8])
def test_what_a_snapshot_holds_is_outside_the_log(index: int) -> None:
    with pytest.raises(IndexError, match=f"no entry {index}: it holds entries 6 to 7"):
        REST.term_at(index)


def test_a_log_after_a_snapshot_grows_and_shrinks_as_far_as_its_beginning() -> None:
    grown = REST.extend([Entry(4)])
    empty = REST.prefix(3)

    assert (grown.last_index, grown.last_term) == (8, 4)
    assert (empty.last_index, empty.last_term, list(empty)) == (5, 2, [])
    assert empty.extend([Entry(9)]) == Log([Entry(9)], 5, 2)
    assert grown.growth_since(REST) == (7, 3, (Entry(4),))


def test_logs_with_other_beginnings_differ_and_agree_on_what_both_hold() -> None:
    whole = Log.of_terms(1, 1, 1, 2, 2, 2, 3, 3)

    assert whole.prefix(7) != REST
    assert Log(REST.entries(), 5, 1) != REST
    assert (REST.common_prefix(whole), whole.common_prefix(REST)) == (7, 7)
    assert Log([Entry(2), Entry(4)], 5, 2).common_prefix(whole) == 6
    assert repr(REST) == "Log([Entry(2), Entry(3)], 5, 2)"


def test_two_lengths_of_one_log_agree_up_to_the_shorter() -> None:
    whole = Log.of_terms(1, 1, 2)

    assert whole.common_prefix(whole.prefix(2)) == whole.prefix(2).common_prefix(whole) == 2
    assert whole.common_prefix(whole) == 3
