"""Everything that can happen to a lone server next: the small alphabet of its stories.

Candidates and leaders of terms around the current one; peers that answer what they were asked; a
client; the timers that run; a restart. What leaders send stands in leaders_requests.py.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from raftkit.protocol import (
    AppendEntriesResponse,
    ClientRequest,
    Event,
    Log,
    RequestVoteRequest,
    RequestVoteResponse,
    Server,
    TimerFired,
)
from raftkit.protocol.messages import ELECTION, HEARTBEAT
from raftkit.protocol.roles import LEADER
from raftkit.scenarios.small_world.leaders_requests import requests, requests_of_long_logs
from raftkit.scenarios.small_world.living import RESTART
from raftkit.scenarios.small_world.surroundings import Surroundings, log_of, small_logs

# The end of a log that is longer than any number that a term may be multiplied by; and a term that
# is further away than any number that a term may be cut to.
_VERY_FAR = 10**15
Happening = Event | str  # RESTART is the only string


@dataclass(frozen=True)
class Alphabet:
    """Which kinds of events a story may have, and how long the logs of others are.

    Others are so many terms before or after the server at most, and in no term after the last; if
    that is more than one, the last of them is very far away.
    """

    kinds: frozenset[str]
    entries: int = 2
    reach: int = 1
    last_term: int = 3

    def terms(self, current: int) -> Iterable[int]:
        """The terms before the current one, this one, and those after it."""
        return *range(max(1, current - self.reach), current + 1), *self.later(current)

    def later(self, current: int) -> Sequence[int]:
        """The terms after the current one."""
        near = range(current + 1, min(self.last_term, current + self.reach) + 1)
        return near if self.reach == 1 else (*near[:-1], _VERY_FAR)

    def logs(self, current: int, term: int) -> Iterable[Log]:
        """What the log of a server in `term` may be, next to one in the current term."""
        if term < _VERY_FAR:
            return small_logs(term, self.entries)
        return *small_logs(current, self.entries), log_of(term)

    def forgotten(self, current: int) -> range:
        """The terms in which the server may have stood or led before its story begins.

        Without a wider reach, only what happens in the story is answered late.
        """
        return range(max(1, current - self.reach), current if self.reach > 1 else 1)

    def after(
        self, server: Server, around: Surroundings
    ) -> Iterator[tuple[Happening, Surroundings]]:
        """Each event that can come next, with what is known after it."""
        for kind, events in _KINDS.items():
            if kind in self.kinds:
                yield from events(server, around, self)


def _timers(
    server: Server, around: Surroundings, alphabet: Alphabet
) -> Iterator[tuple[Happening, Surroundings]]:
    leads = server.standing.role == LEADER
    if leads or alphabet.later(server.standing.current_term):
        yield TimerFired(HEARTBEAT if leads else ELECTION), around


def _restarts(
    server: Server, around: Surroundings, _: Alphabet
) -> Iterator[tuple[Happening, Surroundings]]:
    yield RESTART, around


def _clients(
    server: Server, around: Surroundings, _: Alphabet
) -> Iterator[tuple[Happening, Surroundings]]:
    if server.standing.role != LEADER and server.log.last_index:
        # Its log may have this very command: that says nothing of what is committed.
        yield ClientRequest("C9", server.id, 2, "x=1"), around
    if server.log.last_index < 3:
        serial = 1 + sum(entry.client == "C1" for entry in server.log)
        # A read has its place in the log, too (§8).
        yield ClientRequest("C1", server.id, serial, "x=1" if serial == 1 else "x"), around


def _candidates(
    server: Server, around: Surroundings, alphabet: Alphabet
) -> Iterator[tuple[Happening, Surroundings]]:
    """Two peers ask for votes, with logs that end before, at, or after the server's own."""
    current, log = server.standing.current_term, server.log
    ends = {
        (0, 0),
        (log.last_index, log.last_term),
        (log.last_index + 1, log.last_term),
        (max(0, log.last_index - 1), log.last_term),
        (min(1, log.last_index), log.last_term),
        (1, log.last_term + 1),
        (log.last_index + 2, log.last_term - 1),
        (log.last_index + _VERY_FAR, log.last_term - 1),
    }
    for term in alphabet.terms(current):
        for candidate in _some(around.peers, 2):
            if around.votes.get((candidate, term)):
                continue
            known = around.ends.get((candidate, term))
            for index, last in sorted(ends if known is None else {known}):
                if last < term and (index > 0) == (last > 0):
                    asks = RequestVoteRequest(candidate, server.id, term, index, last)
                    yield asks, around.hearing(asks)


def _voters(
    server: Server, around: Surroundings, alphabet: Alphabet
) -> Iterator[tuple[Happening, Surroundings]]:
    """Peers answer what the server has asked, in its term, before it, or from a later one."""
    current = server.standing.current_term
    asked = {*around.asked, *alphabet.forgotten(current)}
    for term in sorted({*asked, *alphabet.later(current)}):
        later = term not in asked
        granted = around.grants(term)
        elsewhere = term in around.leaders or not _is_complete(server.log, around)
        for peer in _speaking(around):
            for vote in (True, False):
                if (peer, term) in around.votes and around.votes[peer, term] != vote:
                    continue
                if (peer, term) in around.ends and vote:
                    continue  # It was a candidate itself.
                again = (peer, term) in around.votes
                if vote and not again:
                    most = len(around.servers) - around.majority if elsewhere else 99
                    if later or granted + 1 > most:
                        continue
                answers = RequestVoteResponse(peer, server.id, term, vote)
                yield answers, around if later else around.hearing(answers)


def _speaking(around: Surroundings) -> tuple[str, ...]:
    """The peers that answer: enough to win; of fewer than four, a fourth would say nothing new."""
    return _some(around.peers, max(3, around.majority - 1))


def _some(peers: tuple[str, ...], many: int) -> tuple[str, ...]:
    """So many of the peers at most, the last one among them."""
    return *peers[:-1][: many - 1], *peers[-1:]


def _is_complete(log: Log, around: Surroundings) -> bool:
    """Whether a server with this log can win: it holds all that is committed (§5.4)."""
    return log.extends(around.committed)


def _leaders(
    server: Server, around: Surroundings, alphabet: Alphabet
) -> Iterator[tuple[Happening, Surroundings]]:
    """The leader of a term sends every piece of every log that it can have.

    So may the server's own log be that a client's command has made: it outlives its leader.
    """
    current, own = server.standing.current_term, server.log
    made = own != log_of(*(entry.term for entry in own))
    for term in alphabet.terms(current):
        logs = alphabet.logs(current, term)
        if made and own.last_term <= term:
            logs = *logs, own
        yield from requests(server, around, term, logs)


def _long_leaders(
    server: Server, around: Surroundings, _: Alphabet
) -> Iterator[tuple[Happening, Surroundings]]:
    """The leader of the term has much of the server's log, and many entries after it."""
    yield from requests_of_long_logs(server, around)


def _followers(
    server: Server, around: Surroundings, alphabet: Alphabet
) -> Iterator[tuple[Happening, Surroundings]]:
    """Peers answer the leader's requests, as servers with every small log would."""
    current = server.standing.current_term
    if server.standing.role == LEADER:
        for peer in _speaking(around):
            yield from _answers(server, around, peer, alphabet.entries)
    forgotten = {term for term in alphabet.forgotten(current) if term >= server.log.last_term}
    led = around.led | forgotten
    for peer in around.peers[:1]:
        for term in sorted(led - {current}):
            if term < current:
                late = AppendEntriesResponse(
                    peer, server.id, term, True, server.log.last_index, server.log.last_index
                )
                yield late, around
                if server.log.last_index:
                    yield AppendEntriesResponse(peer, server.id, term, False, 0, 1, 0, 1), around
        for term in alphabet.later(current) if led else ():
            yield AppendEntriesResponse(peer, server.id, term, False), around


def _answers(
    server: Server, around: Surroundings, peer: str, entries: int
) -> Iterator[tuple[Happening, Surroundings]]:
    """What a peer can answer to what it was sent in this term."""
    term, log = server.standing.current_term, server.log
    sent, held = around.sent.get(peer, frozenset()), around.held.get(peer, 0)
    for previous, last in sorted(sent):
        done = AppendEntriesResponse(peer, server.id, term, True, last, previous)
        yield done, around.hearing(done)
    refusals = set()
    for previous, _ in sorted(sent):
        lower = any(other < previous for other, _ in sent)
        if not previous or (held >= previous and not lower):
            continue
        for other in around.possible(small_logs(term - 1, entries)):
            voted = around.votes.get((peer, term))
            if voted and (other.last_term, other.last_index) > (log.last_term, log.last_index):
                continue
            if other.last_index < previous:
                conflict = 0, other.last_index + 1
            elif other.term_at(previous) != log.term_at(previous):
                found = other.term_at(previous)
                conflict = found, other.first_index_of(found)
            else:
                continue
            refusals.add(
                AppendEntriesResponse(peer, server.id, term, False, 0, previous, *conflict)
            )
    for refusal in sorted(refusals, key=repr):
        yield refusal, around


_KINDS = {
    "timers": _timers,
    "restarts": _restarts,
    "voters": _voters,
    "candidates": _candidates,
    "followers": _followers,
    "leaders": _leaders,
    "long leaders": _long_leaders,
    "clients": _clients,
}
