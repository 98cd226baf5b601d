"""Arguments for the cases of notebook 03: logs, requests and answers drawn at random.

It also has the two stories that show right answers at work. What an exercise asks is not
known here.
"""

from random import Random

from raftkit.checkers import Cluster
from raftkit.protocol import AppendEntriesRequest, AppendEntriesResponse, Entry, Log, Standing
from raftkit.simulator import Drop, Timeout

SERVERS = ("S1", "S2", "S3", "S4", "S5")


def two_servers(random: Random) -> tuple[str, str]:
    """A leader and a follower."""
    leader, follower = random.sample(SERVERS, 2)
    return leader, follower


def grown_log(random: Random, length: int, first_term: int = 1) -> Log:
    """A log whose terms rise now and then, as they do when leaders change.

    >>> from random import Random
    >>> log = grown_log(Random(1), 4, first_term=2)
    >>> log.last_index, log.term_at(1), log.last_term <= 5
    (4, 2, True)
    """
    terms = [first_term]
    while len(terms) < length:
        terms.append(terms[-1] + random.randint(0, 1))
    return Log.of_terms(*terms[:length])


def commands_log(random: Random, length: int) -> Log:
    """A log like `grown_log`'s with another command in each entry."""
    terms = grown_log(random, length)
    return Log(Entry(entry.term, f"x={index}") for index, entry in enumerate(terms, start=1))


def longer(log: Log, *terms: int) -> Log:
    """The log, extended by entries of these terms."""
    return log.extend([Entry(term) for term in terms])


def request(
    random: Random, prev_log_index: int, prev_log_term: int, *terms: int, term: int = 0
) -> AppendEntriesRequest:
    """A request with entries of these terms, in `term` or else the latest of all these terms."""
    leader, follower = two_servers(random)
    latest = max(prev_log_term, *terms, 1) if terms else max(prev_log_term, 1)
    entries = tuple(Entry(each) for each in terms)
    return AppendEntriesRequest(
        leader, follower, term or latest, prev_log_index, prev_log_term, entries, 0
    )


def success(
    random: Random, term: int, match_index: int, standing_term: int = 0
) -> tuple[Standing, AppendEntriesResponse]:
    """A leader's standing and a success of `term`; the leader's term may be `standing_term`."""
    leader, follower = two_servers(random)
    response = AppendEntriesResponse(follower, leader, term, True, match_index, match_index)
    return Standing("leader", standing_term or term, leader), response


def refusal(
    random: Random, term: int, refused: int, conflict: tuple[int, int], standing_term: int = 0
) -> tuple[Standing, AppendEntriesResponse]:
    """A leader's standing and a refusal of prevLogIndex `refused`, with this conflict."""
    leader, follower = two_servers(random)
    response = AppendEntriesResponse(follower, leader, term, False, 0, refused, *conflict)
    return Standing("leader", standing_term or term, leader), response


# Stories ---------------------------------------------------------------------------------


def a_command_travels(cluster: Cluster) -> None:
    """S1 leads; a request with x=1 is lost, and sent again."""
    cluster.do(Timeout("S1"))
    cluster.run(ms=14)
    cluster.do(Drop("S1", "S3"))
    cluster.propose("x=1", to="S1")
    cluster.run(ms=70)


def a_follower_is_repaired(cluster: Cluster) -> None:
    """S3 misses two commands; a refusal shows this to a new leader, which repairs S3's log."""
    cluster.do(Timeout("S1"))
    cluster.run(ms=14)
    cluster.partition("S3")
    cluster.propose("x=1", to="S1")
    cluster.propose("x=2", to="S1")
    cluster.run(ms=14)
    cluster.heal()
    cluster.do(Timeout("S2"))
    cluster.run(ms=70)
