"""Which requests a follower with some log can get from a leader, small ones and drawn ones.

A term has one leader, whose log only grows (§5.2, §5.3; Figure 3). So two logs that both have
entries of a term are alike up to there, and entries of the current term are its leader's. What an
exercise asks about the requests is not known here.
"""

from collections.abc import Iterator
from functools import cache
from random import Random

from raftkit.course.small_values import OTHER, OWN, SERVERS, small_logs
from raftkit.protocol import AppendEntriesRequest, Entry, Log

# A follower's log, and a request.
Asked = tuple[Log, AppendEntriesRequest]

# Logs of three entries can part in the middle, and go on for longer than a request. Requests begin
# up to one entry beyond such a log's end, and a commit index can be beyond their entries.
LONGEST, TERMS = 3, 3
_HIGHEST_COMMIT = 2


def terms_of(log: Log) -> list[int]:
    """The terms of a log's entries."""
    return [entry.term for entry in log]


def can_both_exist(one: Log, another: Log) -> bool:
    """Whether a cluster can have both logs: up to the latest term in both they are one leader's.

    >>> can_both_exist(Log.of_terms(1, 2, 2), Log.of_terms(1, 1, 3))
    True
    >>> can_both_exist(Log.of_terms(1, 3), Log.of_terms(2, 2, 3))
    False
    """
    shared = {*terms_of(one)} & {*terms_of(another)}
    if not shared:
        return True
    last = min(log.last_index_of(max(shared)) for log in (one, another))
    return terms_of(one.prefix(last)) == terms_of(another.prefix(last))


def can_be_asked(log: Log, request: AppendEntriesRequest) -> bool:
    """Whether a follower with this log can get this request in the request's term.

    An empty request comes from the end of the leader's log, which may have grown since. And there
    is one entry of a term at an index.
    """
    leading = _leaders_terms(log, request)
    own = terms_of(log)
    return (
        (request.prev_log_index == 0) == (request.prev_log_term == 0)
        and leading == sorted(leading)
        and max((*leading, *own, 1)) <= request.term
        and (log.last_term < request.term or own == leading[: len(own)])
        and (bool(request.entries) or request.leader_commit <= request.prev_log_index)
        and can_both_exist(log, Log.of_terms(*leading))
        and all(own == new for own, new in _at_one_index(log, request) if own.term == new.term)
    )


def _at_one_index(log: Log, request: AppendEntriesRequest) -> Iterator[tuple[Entry, Entry]]:
    """Each new entry for whose index the log has one, with that one."""
    return zip(log.entries(request.prev_log_index + 1), request.entries, strict=False)


def _leaders_terms(log: Log, request: AppendEntriesRequest) -> list[int]:
    """The terms of a leader's log of which the request can be a piece, if there is such a log.

    Before the piece it is as much like the follower's log as the terms allow.
    """
    index, term = request.prev_log_index, request.prev_log_term
    alike = [each for each in terms_of(log)[: max(0, index - 1)] if each < term]
    terms = [*alike, *[term] * (index - len(alike)), *(entry.term for entry in request.entries)]
    if log.last_term == request.term:
        terms += terms_of(log)[len(terms) :]
    return terms


# Small and drawn ---------------------------------------------------------------------------


@cache
def small_requests() -> tuple[Asked, ...]:
    """Every small log of a follower with every piece of a leader's log that can come to it."""
    return tuple(
        (log, request)
        for log in small_logs(LONGEST, TERMS)
        for request in _small_pieces()
        if can_be_asked(log, request)
    )


@cache
def _small_pieces() -> tuple[AppendEntriesRequest, ...]:
    """Up to three entries behind each of the first indexes, in every term from theirs on."""
    requests = (
        AppendEntriesRequest(OTHER, OWN, term, before, before_term, entries.entries(), commit)
        for before in range(LONGEST + 2)
        for before_term in (range(1, TERMS + 1) if before else (0,))
        for entries in small_logs(LONGEST, TERMS)
        for term in range(1, TERMS + 1)
        for commit in range(_HIGHEST_COMMIT + 1)
    )
    # An empty log can get whatever a leader can send at all.
    return tuple(request for request in requests if can_be_asked(Log(), request))


def drawn_request(random: Random) -> Asked:
    """A longer log, and a request that begins near the place where it parts from the leader's."""
    term, leading, log = drawn_logs(random)
    end = leading.last_index
    away = random.choice((random.randint(-2, 2), -20, 20))
    before = min(end, max(0, log.common_prefix(leading) + away))
    entries = leading.entries(before + 1, before + random.choice((random.randint(0, 6), 12, 60)))
    committed = random.randint(0, end if entries else before)
    leader, follower = random.sample(SERVERS, 2)
    return log, AppendEntriesRequest(
        leader, follower, term, before, leading.term_at(before), entries, committed
    )


def drawn_logs(random: Random) -> tuple[int, Log, Log]:
    """A leader's term and log, and a follower's log, which parts from it somewhere."""
    commands = random.choice((("",), ("x=1", "x=2")))
    numbered = random.choice((True, False))  # or entries of one term can be equal

    @cache
    def entry(index: int, term: int) -> Entry:
        """The one entry of a term at an index, in whichever log."""
        client = ("C1", index) if numbered else ("", 0)
        return Entry(term, random.choice(commands), *client)

    def grown(log: Log, entries: int) -> Log:
        """The log with some more entries, whose terms rise now and then."""
        for _ in range(entries):
            term = max(1, log.last_term + random.choice((0, 0, 1, 2)))
            log = log.extend([entry(log.last_index + 1, term)])
        return log

    leading = grown(Log(), random.choice((random.randint(5, 11), random.randint(20, 60))))
    kept = leading.prefix(random.randint(0, leading.last_index))
    log = grown(kept, random.choice((0, 0, 1, 2, 3, 30)))
    return max(leading.last_term, log.last_term) + random.randint(0, 2), leading, log
