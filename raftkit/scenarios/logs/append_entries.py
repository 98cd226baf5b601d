"""AppendEntries by hand: requests to a lone follower, answers to a lone leader, and their names.

Logs go by their terms, as Figure 7 draws them. A leader may have appended a no-op when it
won (§8), so its log is looked at and never taken for granted.
"""

from collections.abc import Iterable

from raftkit.protocol import (
    AppendEntriesRequest,
    AppendEntriesResponse,
    Entry,
    ForbiddenTransition,
    Log,
    Message,
    Persistent,
    Settings,
)
from raftkit.scenarios.lone_server import LoneServer
from raftkit.scenarios.scenario import ScenarioFailed, expect, terms_of
from raftkit.scenarios.system_under_test import SystemUnderTest

# The term of S2, whose requests the follower S1 hears: later than that of any entry in a log.
S2_LEADS = 6


# A follower ------------------------------------------------------------------------------


def follower(system: SystemUnderTest, *terms: int) -> LoneServer:
    """S1, one of three, a follower of S2 whose log has entries of these terms."""
    return system.server(persistent=Persistent(S2_LEADS, None, Log.of_terms(*terms)))


def request(after: int, of_term: int, *terms: int, leader_commit: int = 0) -> AppendEntriesRequest:
    """S2 sends S1 entries of `terms` (none: a heartbeat) that follow entry `after` of `of_term`."""
    entries = tuple(Entry(term) for term in terms)
    return AppendEntriesRequest("S2", "S1", S2_LEADS, after, of_term, entries, leader_commit)


def answer(server: LoneServer, to: AppendEntriesRequest) -> AppendEntriesResponse:
    """Hand the server a request; its answer, of which there must be just one."""
    case = name_case(server, to)
    answers = [
        message
        for message in _hear(server, to, case)
        if isinstance(message, AppendEntriesResponse) and message.target == to.source
    ]
    expect(len(answers) == 1, f"{case}; it gave {len(answers) or 'no'} answers, expected one.")
    return answers[0]


def _hear(server: LoneServer, message: Message, case: str) -> list[Message]:
    """Hand the server a message; what it sends. If it raises, `case` says over what."""
    try:
        return server.hear(message)
    except ForbiddenTransition:
        # Figure 4 forbids it, which says enough.
        raise
    # Servers under test may raise anything.
    except Exception as error:
        raise ScenarioFailed(f"{case}; it raised {type(error).__name__}: {error}.") from error


def name_case(server: LoneServer, heard: AppendEntriesRequest) -> str:
    """What the server holds and what it hears, in a sentence that is still to be ended.

    "S1 held entries of terms 1 1 and heard a heartbeat after entry 1 of term 1"
    """
    return f"{server.id} held {name_entries(server.log)} and heard {name_request(heard)}"


def name_entries(log: Log) -> str:
    """The entries of a log in words, by their terms.

    >>> name_entries(Log.of_terms(1, 1, 2)), name_entries(Log.of_terms(3)), name_entries(Log())
    ('entries of terms 1 1 2', 'an entry of term 3', 'nothing')
    """
    if log.last_index > 1:
        return f"entries of terms {terms_of(log)}"
    return f"an entry of term {log.last_term}" if log.last_index else "nothing"


def name_request(heard: AppendEntriesRequest) -> str:
    """A request in words, by its terms.

    >>> name_request(request(1, 1, 2, 2)), name_request(request(0, 0, leader_commit=3))
    ('a request with entries of terms 2 2 after entry 1 of term 1', \
'a heartbeat before the first entry with leaderCommit 3')
    """
    what = f"a request with {name_entries(Log(heard.entries))}" if heard.entries else "a heartbeat"
    where = f"after entry {heard.prev_log_index} of term {heard.prev_log_term}"
    if not heard.prev_log_index:
        where = "from the first entry on" if heard.entries else "before the first entry"
    told = f" with leaderCommit {heard.leader_commit}" if heard.leader_commit else ""
    return f"{what} {where}{told}"


def expect_log(server: LoneServer, case: str, *terms: int) -> None:
    """Fail unless the server's log has these terms; `case` is what led to it."""
    expected = Log.of_terms(*terms)
    expect(
        server.log == expected,
        f"{case}; now it holds {terms_of(server.log)}, expected {terms_of(expected)}.",
    )


# A leader --------------------------------------------------------------------------------


def leader(
    system: SystemUnderTest, *terms: int, servers: int = 3, settings: Settings | None = None
) -> LoneServer:
    """S1, just elected, with a log of these terms; it leads the term after that of its last."""
    log = Log.of_terms(*terms)
    server = system.server(
        servers=servers, persistent=Persistent(log.last_term, None, log), settings=settings
    )
    server.become_leader()
    return server


def acknowledge(
    server: LoneServer, peer: str, index: int, term: int | None = None
) -> list[Message]:
    """Tell the leader that `peer` agrees with it up to `index`; what the leader then sends."""
    answered = server.term if term is None else term
    case = f"{server.id} led with {name_entries(server.log)}, and {peer} had it up to entry {index}"
    success = AppendEntriesResponse(peer, server.id, answered, True, index, index)
    return _hear(server, success, case)


def refuse(
    server: LoneServer,
    peer: str,
    after: int,
    conflict_term: int = 0,
    conflict_index: int = 1,
    term: int | None = None,
) -> list[Message]:
    """Tell the leader that `peer` lacks its entry `after`; what the leader then sends.

    Without a conflict's term and index the follower's log is empty.
    """
    answered = server.term if term is None else term
    case = f"{server.id} led with {name_entries(server.log)}, and {peer} did not have entry {after}"
    told = (answered, False, 0, after, conflict_term, conflict_index)
    return _hear(server, AppendEntriesResponse(peer, server.id, *told), case)


def refuse_all(server: LoneServer, peer: str = "S2") -> list[Message]:
    """Refuse for `peer`, whose log is empty, until it is sent entry 1, or for twenty heartbeats.

    What the leader sends on the way. However it backs up, it gets there.
    """
    refused = server.log.last_index
    sent: list[Message] = []
    for _ in range(20):
        sent += refuse(server, peer, after=refused)
        sent += server.beat()
        latest = requests(sent, peer)[-1:]
        if not latest or not latest[0].prev_log_index:
            break
        refused = latest[0].prev_log_index
    return sent


def requests(messages: Iterable[Message], peer: str = "S2") -> list[AppendEntriesRequest]:
    """What `peer` is sent as a follower, among `messages`."""
    return [
        message
        for message in messages
        if isinstance(message, AppendEntriesRequest) and message.target == peer
    ]


def indexes(messages: Iterable[Message], peer: str = "S2") -> list[int]:
    """The indexes of the entries that `peer` is sent among `messages`, each once, in order."""
    sent = requests(messages, peer)
    return sorted({each.prev_log_index + 1 + n for each in sent for n in range(len(each.entries))})


def expect_pieces(server: LoneServer, messages: Iterable[Message]) -> None:
    """Fail unless every request among `messages` is a piece of the leader's log, as it stands."""
    for each in messages:
        if isinstance(each, AppendEntriesRequest):
            case = (
                f"{server.id} leads with {name_entries(server.log)}, and sent {name_request(each)}"
            )
            expect(_is_piece(server.log, each), f"{case}: its log has no such piece.")


def _is_piece(log: Log, sent: AppendEntriesRequest) -> bool:
    """Whether the entries stand in `log` just behind the entry that the request names."""
    before = sent.prev_log_index
    if not 0 <= before <= log.last_index or log.term_at(before) != sent.prev_log_term:
        return False
    here = log.entries(before + 1, before + len(sent.entries)) if sent.entries else ()
    return here == tuple(sent.entries)
