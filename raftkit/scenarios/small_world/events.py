"""Everything that can happen to a lone server next: the small alphabet of its stories.

Candidates and leaders of the term before, of the same and of the next; peers that answer what
they were asked; a client; the timers that run; a restart. Terms go up to three.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from raftkit.protocol import (
    AppendEntriesRequest,
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
from raftkit.scenarios.small_world.surroundings import Surroundings, small_logs

LAST_TERM = 3
RESTART = "restart"
_SPEAKING = 3  # peers that answer; a fourth would say nothing new
Happening = Event | str  # RESTART is the only string


@dataclass(frozen=True)
class Alphabet:
    """Which kinds of events a story may have, and how long the logs of others are."""

    kinds: frozenset[str]
    entries: int = 2

    def after(
        self, server: Server, around: Surroundings
    ) -> Iterator[tuple[Happening, Surroundings]]:
        """Each event that can come next, with what is known after it."""
        for kind, events in _KINDS.items():
            if kind in self.kinds:
                yield from events(server, around, self.entries)


def _timers(
    server: Server, around: Surroundings, _: int
) -> Iterator[tuple[Happening, Surroundings]]:
    leads = server.standing.role == LEADER
    if leads or server.standing.current_term < LAST_TERM:
        yield TimerFired(HEARTBEAT if leads else ELECTION), around


def _restarts(
    server: Server, around: Surroundings, _: int
) -> Iterator[tuple[Happening, Surroundings]]:
    yield RESTART, around


def _clients(
    server: Server, around: Surroundings, _: int
) -> Iterator[tuple[Happening, Surroundings]]:
    if server.log.last_index < 3:
        serial = 1 + sum(entry.client == "C1" for entry in server.log)
        # A read has its place in the log, too (§8).
        yield ClientRequest("C1", server.id, serial, "x=1" if serial == 1 else "x"), around


def _candidates(
    server: Server, around: Surroundings, _: int
) -> Iterator[tuple[Happening, Surroundings]]:
    """S2 and S3 ask for votes, with logs that end before, at, or after the server's own."""
    current, log = server.standing.current_term, server.log
    for term in _terms(current):
        ends = {
            (0, 0),
            (log.last_index, log.last_term),
            (log.last_index + 1, log.last_term),
            (max(0, log.last_index - 1), log.last_term),
            (1, log.last_term + 1),
            (log.last_index + 2, log.last_term - 1),
        }
        for candidate in around.peers[:2]:
            if around.votes.get((candidate, term)):
                continue
            known = around.ends.get((candidate, term))
            for index, last in sorted(ends if known is None else {known}):
                if last < term and (index > 0) == (last > 0):
                    asks = RequestVoteRequest(candidate, server.id, term, index, last)
                    yield asks, around.hearing(asks)


def _voters(
    server: Server, around: Surroundings, _: int
) -> Iterator[tuple[Happening, Surroundings]]:
    """Peers answer what S1 has asked, in its term, before it, or from a later one."""
    current = server.standing.current_term
    for term in (*sorted(around.asked), current + 1):
        later = term not in around.asked
        granted = around.grants(term)
        elsewhere = term in around.leaders or not _is_complete(server.log, around)
        for peer in around.peers[:_SPEAKING]:
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
                if later and current >= LAST_TERM:
                    continue
                answers = RequestVoteResponse(peer, server.id, term, vote)
                yield answers, around if later else around.hearing(answers)


def _is_complete(log: Log, around: Surroundings) -> bool:
    """Whether a server with this log can win: it holds all that is committed (§5.4)."""
    return log.extends(around.committed)


def _leaders(
    server: Server, around: Surroundings, entries: int
) -> Iterator[tuple[Happening, Surroundings]]:
    """The leader of a term sends every piece of every log that it can have."""
    current = server.standing.current_term
    own = server.log
    for term in _terms(current):
        if term in around.led or around.grants(term) > len(around.servers) - around.majority:
            continue
        name, known = around.leaders.get(term, (_leader_of(server, term), None))
        told: set[AppendEntriesRequest] = set()
        for log in around.possible(small_logs(term, entries)):
            if known is not None and not (log.extends(known) or known.extends(log)):
                continue
            if term >= current and not log.extends(around.committed):
                continue
            if not _may_lead(log, term, around):
                continue
            longest = log if known is None or log.extends(known) else known
            for previous in range(log.last_index + 1):
                for last in range(previous, log.last_index + 1):
                    new = log.entries(previous + 1, last) if last > previous else ()
                    for commit in sorted({0, last - 1, log.last_index} - {-1}):
                        sent = AppendEntriesRequest(
                            name, server.id, term, previous, log.term_at(previous), new, commit
                        )
                        if sent in told or (term < current and told):
                            continue
                        if (
                            own.prefix(server.commit_index) != longest.prefix(server.commit_index)
                            and term >= current
                        ):
                            continue
                        told.add(sent)
                        yield sent, around.led_by(name, term, longest, commit)


def _may_lead(log: Log, term: int, around: Surroundings) -> bool:
    """Whether entries of the terms with a known leader are that leader's."""
    for of, (_, known) in around.leaders.items():
        if of < term:
            held = [i for i in range(1, log.last_index + 1) if log.term_at(i) == of]
            if held and not known.extends(log.prefix(held[-1])):
                if not log.prefix(held[-1]).extends(known):
                    return False
    return True


def _leader_of(server: Server, term: int) -> str:
    """Who leads a term of which nothing is known: the one S1 has voted for, if it has."""
    standing = server.standing
    if term == standing.current_term and standing.voted_for not in (None, server.id):
        return str(standing.voted_for)
    return "S3" if term > standing.current_term else "S2"


def _followers(
    server: Server, around: Surroundings, entries: int
) -> Iterator[tuple[Happening, Surroundings]]:
    """Peers answer the leader's requests, as servers with every small log would."""
    current = server.standing.current_term
    if server.standing.role == LEADER:
        for peer in around.peers[:_SPEAKING]:
            yield from _answers(server, around, peer, entries)
    for peer in around.peers[:1]:
        for term in sorted(around.led - {current}):
            if term < current:
                late = AppendEntriesResponse(
                    peer, server.id, term, True, server.log.last_index, server.log.last_index
                )
                yield late, around
                if server.log.last_index:
                    old = AppendEntriesResponse(
                        peer, server.id, term, False, 0, server.log.last_index, 0, 1
                    )
                    yield old, around
        if around.led and current < LAST_TERM:
            yield AppendEntriesResponse(peer, server.id, current + 1, False), around


def _answers(
    server: Server, around: Surroundings, peer: str, entries: int
) -> Iterator[tuple[Happening, Surroundings]]:
    """What a peer can answer to what it was sent in this term."""
    term, log = server.standing.current_term, server.log
    sent, held = around.sent.get(peer, frozenset()), around.held.get(peer, 0)
    for _, last in sorted(sent):
        done = AppendEntriesResponse(peer, server.id, term, True, last, last)
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


def _terms(current: int) -> range:
    """The term before, the current one and the next."""
    return range(max(1, current - 1), min(LAST_TERM, current + 1) + 1)


_KINDS = {
    "timers": _timers,
    "restarts": _restarts,
    "voters": _voters,
    "candidates": _candidates,
    "followers": _followers,
    "leaders": _leaders,
    "clients": _clients,
}
