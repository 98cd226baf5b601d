"""What the leader of a term can send a lone server: pieces of every log that it can have (§5.3).

Which logs are tried is handed in; which of them this leader can have, beside what is known of the
others, is decided here (Figure 3).
"""

from collections.abc import Callable, Iterable, Iterator

from raftkit.protocol import AppendEntriesRequest, Log, Server
from raftkit.scenarios.small_world.surroundings import Surroundings, entry_of

Pieces = Iterator[tuple[int, int, Iterable[int]]]


def requests(
    server: Server, around: Surroundings, term: int, logs: Iterable[Log]
) -> Iterator[tuple[AppendEntriesRequest, Surroundings]]:
    """What the leader of a term sends if it has one of these logs, with what is known then."""
    return _requests(server, around, term, logs, _every_piece)


def requests_of_long_logs(
    server: Server, around: Surroundings
) -> Iterator[tuple[AppendEntriesRequest, Surroundings]]:
    """What the leader of the current term sends that has much of the server's own long log."""
    own, term = server.log, server.standing.current_term
    end = own.last_index
    logs = [
        own.prefix(kept).extend([entry_of(term)] * new)
        for kept in sorted({0, end // 3, end - 1, end})
        for new in (0, 1, 5, 40)
    ]
    places = {0, end // 3, end - 1, end}
    return _requests(server, around, term, logs, lambda log: _some_pieces(log, places))


def _requests(
    server: Server,
    around: Surroundings,
    term: int,
    logs: Iterable[Log],
    pieces: Callable[[Log], Pieces],
) -> Iterator[tuple[AppendEntriesRequest, Surroundings]]:
    current, own = server.standing.current_term, server.log
    if term in around.led or around.grants(term) > len(around.servers) - around.majority:
        return
    name, known = around.leaders.get(term, (_leader_of(server, around, term), None))
    told: set[AppendEntriesRequest] = set()
    for log in around.possible(logs):
        if not _can_have(log, known, term, around) or (
            term >= current and not log.extends(around.committed)
        ):
            continue
        longest = log if known is None or log.extends(known) else known
        done = server.commit_index
        if term >= current and own.prefix(done) != longest.prefix(done):
            continue
        for previous, last, commits in pieces(log):
            new = log.entries(previous + 1, last) if last > previous else ()
            for commit in commits:
                sent = AppendEntriesRequest(
                    name, server.id, term, previous, log.term_at(previous), new, commit
                )
                # Of an old leader, one request says as much as all.
                if sent not in told and (term >= current or not told):
                    told.add(sent)
                    yield sent, around.led_by(name, term, longest, commit)


def _every_piece(log: Log) -> Pieces:
    """Each pair of prevLogIndex and the last index that is sent, with what can be committed."""
    for previous in range(log.last_index + 1):
        for last in range(previous, log.last_index + 1):
            yield previous, last, sorted({0, last - 1, log.last_index} - {-1})


def _some_pieces(log: Log, places: set[int]) -> Pieces:
    """Pieces of a long log that begin at one of the places, or end the log."""
    end = log.last_index
    for previous in sorted(place for place in {*places, end} if place <= end):
        for last in sorted({previous, min(previous + 5, end), end}):
            yield previous, last, (0, end)


def _can_have(log: Log, known: Log | None, term: int, around: Surroundings) -> bool:
    """Whether a leader can have a log: its entries of terms with a known leader are theirs."""
    if known is not None and not (log.extends(known) or known.extends(log)):
        return False
    for of, (_, theirs) in around.leaders.items():
        if of < term:
            held = [i for i in range(1, log.last_index + 1) if log.term_at(i) == of]
            if held and not theirs.extends(log.prefix(held[-1])):
                if not log.prefix(held[-1]).extends(theirs):
                    return False
    return True


def _leader_of(server: Server, around: Surroundings, term: int) -> str:
    """Who leads a term of which nothing is known: the one that the server voted for, if any."""
    standing = server.standing
    if term == standing.current_term and standing.voted_for not in (None, server.id):
        return str(standing.voted_for)
    return around.peers[:2][term > standing.current_term]
