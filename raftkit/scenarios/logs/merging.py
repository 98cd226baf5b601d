"""What becomes of a follower's log (§5.3; Figure 2, AppendEntries 3 and 4).

A conflict deletes, and nothing else does; what is there already is not appended again.
"""

from itertools import permutations

from raftkit.protocol import AppendEntriesRequest, Entry, Log, Persistent
from raftkit.scenarios.logs.append_entries import (
    answer,
    expect_log,
    follower,
    name_case,
    name_request,
    request,
)
from raftkit.scenarios.scenario import Suite, expect, terms_of
from raftkit.scenarios.system_under_test import SystemUnderTest

SUITE = Suite("raftkit logs", tells_rule=True)


def _expect_taken(
    system: SystemUnderTest,
    own: tuple[int, ...],
    heard: AppendEntriesRequest,
    after: tuple[int, ...],
) -> None:
    """A follower with a log of the terms `own` must take a request, and then hold `after`."""
    server = follower(system, *own)
    case = name_case(server, heard)
    answer(server, heard)
    expect_log(server, case, *after)


@SUITE.scenario("A heartbeat cuts nothing off", "HeartbeatCutsNothing")
def heartbeat_cuts_nothing(system: SystemUnderTest) -> None:
    """Only a conflict deletes entries, and a heartbeat has none (Figure 2, AppendEntries 3).

    After L2: a late heartbeat would take away entries that were acknowledged, and committed.
    """
    for heard in (request(1, 1), request(0, 0), request(3, 1)):
        _expect_taken(system, (1, 1, 1), heard, (1, 1, 1))


@SUITE.scenario("A repeated request cuts nothing off", "RepeatCutsNothing")
def repeat_cuts_nothing(system: SystemUnderTest) -> None:
    """Only a conflict deletes entries; a request that comes twice has none (§5.3; Figure 2,
    AppendEntries 3).

    After L2b: the copy is as old as its prevLogIndex, and the log has grown since.
    """
    server = follower(system)
    first, second = request(0, 0, 1), request(1, 1, 1, 2)
    answer(server, first)
    answer(server, second)
    case = name_case(server, first)
    answer(server, first)
    expect_log(server, f"{case}, for the second time", 1, 1, 2)


@SUITE.scenario("A short request does not end the log", "ShortRequestEndsNothing")
def short_request_ends_nothing(system: SystemUnderTest) -> None:
    """A request says what is there, not what is missing behind it (Figure 2, AppendEntries 3).

    After L2c: a shorter request that was overtaken by a longer one takes its entries back.
    """
    for heard in (request(0, 0, 1, 1), request(1, 1, 1), request(0, 0, 1)):
        _expect_taken(system, (1, 1, 2, 2), heard, (1, 1, 2, 2))


@SUITE.scenario("Requests may come in any order, and twice", "AnyOrder")
def any_order(system: SystemUnderTest) -> None:
    """In whatever order requests come, and how often, entries once taken stay (§5.3; Figure 2,
    AppendEntries 3).

    After L2d: it knows only the latest request when it comes again, not an older one.
    """
    parts = (request(0, 0, 1), request(1, 1, 1), request(2, 1, 4), request(0, 0, 1, 1, 4))
    for order in permutations(parts):
        server = follower(system)
        longest = 0
        for heard in (*order, *order):
            case = name_case(server, heard)
            answer(server, heard)
            expect(
                server.log.last_index >= longest,
                f"{case}; now it holds {terms_of(server.log)}, and the entries after that had "
                "been acknowledged.",
            )
            longest = server.log.last_index
        expect_log(server, f"S1 heard, twice over, {name_requests(order)}", 1, 1, 4)


def name_requests(heard: tuple[AppendEntriesRequest, ...]) -> str:
    """Requests in words, in their order."""
    return ", ".join(name_request(each) for each in heard)


@SUITE.scenario("A repeated request adds nothing", "RepeatAddsNothing")
def repeat_adds_nothing(system: SystemUnderTest) -> None:
    """A follower appends only entries that are not in its log yet (Figure 2, AppendEntries 4).

    After L9b: requests are sent again until they are answered, so copies are common, and a copy
    may have grown.
    """
    for own, heard in (
        ((1, 2), request(1, 1, 2)),
        ((1, 2), request(0, 0, 1, 2)),
        ((1, 1, 1), request(0, 0, 1)),
    ):
        _expect_taken(system, own, heard, own)
    # Here the end is new and the beginning is not: two requests for the same entries overlap.
    _expect_taken(system, (1, 2), request(0, 0, 1, 2, 2, 5), (1, 2, 2, 5))


@SUITE.scenario("A conflicting entry gives way", "ConflictGivesWay")
def conflict_gives_way(system: SystemUnderTest) -> None:
    """An entry that conflicts with the leader's is deleted (§5.3; Figure 2, AppendEntries 3).

    After L3: who only appends keeps what an old leader left, and is never repaired.
    """
    _expect_taken(system, (1, 2), request(1, 1, 3), (1, 3))
    _expect_taken(system, (1, 2, 2), request(0, 0, 1, 3, 3), (1, 3, 3))
    _expect_taken(system, (2,), request(0, 0, 3, 3), (3, 3))


@SUITE.scenario("What follows a conflict goes with it", "ConflictTakesTheRest")
def conflict_takes_the_rest(system: SystemUnderTest) -> None:
    """A conflict deletes the entry and all that follow it (§5.3; Figure 2, AppendEntries 3).

    After L31: what is kept behind the new entries follows an entry that is no longer there.
    """
    _expect_taken(system, (1, 2, 2, 2), request(1, 1, 3), (1, 3))
    _expect_taken(system, (2, 2, 2), request(0, 0, 1), (1,))


@SUITE.scenario("What comes before a conflict stays", "ConflictKeepsTheBeginning")
def conflict_keeps_the_beginning(system: SystemUnderTest) -> None:
    """Up to the conflict the logs agree, and nothing there is deleted (§5.3; Figure 2,
    AppendEntries 3).

    After L32: entries that were acknowledged, and may be committed, are gone.
    """
    _expect_taken(system, (1, 1, 2), request(2, 1, 3), (1, 1, 3))
    _expect_taken(system, (1, 1, 2, 2), request(1, 1, 1, 3), (1, 1, 3))


@SUITE.scenario("The same command may be asked for twice", "EqualEntriesAreTwo")
def equal_entries_are_two(system: SystemUnderTest) -> None:
    """An entry is known by its index and term, not by what is in it (§5.3; Figure 2,
    AppendEntries 4).

    After L43: a counter that is to be raised twice is raised once, on this server only.
    """
    entry = Entry(1, "x+=1")
    server = system.server(persistent=Persistent(1, None, Log([entry])))
    server.hear(AppendEntriesRequest("S2", "S1", 1, 1, 1, (entry,), 0))
    expect(
        server.log == Log([entry, entry]),
        "S1 held x+=1 of term 1 as entry 1 and heard of another x+=1 of term 1 as entry 2; its "
        f"log holds {server.log.last_index} entries, expected 2.",
    )


@SUITE.scenario("The same command of another term is another entry", "TermsTellEntriesApart")
def terms_tell_entries_apart(system: SystemUnderTest) -> None:
    """Entries conflict when their terms differ, whatever their commands are (§5.3; Figure 2,
    AppendEntries 3).

    After L4: index and term name an entry. Two clients may well ask for the same.
    """
    own, new = Entry(2, "x=1"), Entry(3, "x=1")
    server = system.server(persistent=Persistent(3, None, Log([own])))
    server.hear(AppendEntriesRequest("S2", "S1", 3, 0, 0, (new,), 0))
    case = "S1 held x=1 of term 2 as entry 1 and heard its leader's x=1 of term 3 for that place"
    expect(
        server.log == Log([new]),
        f"{case}; it holds {terms_of(server.log)}, expected 3.",
    )
