"""The cases of exercises 2.1 and 2.2: majorities and up-to-date logs.

Clusters of one to six servers have every kind of majority, odd and even; logs are given by how
they end, which is all that the rule sees.
"""

from random import Random

from raftkit.course.checking.cases import Checks
from raftkit.course.checking.small_world import Arguments, Region, Regions, SmallWorld
from raftkit.course.sample_logs import log_ending
from raftkit.course.small_values import small_ends
from raftkit.protocol import Log, has_majority, is_up_to_date
from raftkit.views import Picture, draw_ballot, draw_last_entries

# 2.1 What is a majority? -----------------------------------------------------------------


def _drawn_ballot(random: Random) -> Arguments:
    """Votes in a cluster of seven to 199 servers, about half of them for the candidate."""
    servers = random.choice((random.randint(7, 13), random.randint(14, 100), 199))
    granted = random.choice((random.randint(1, servers), servers // 2, servers // 2 + 1))
    return granted, random.randint(0, servers - granted), servers


def _ballot(returned: bool, right: bool, granted: int, refused: int, servers: int) -> Picture:
    return draw_ballot(granted, refused, servers - granted - refused)


MAJORITY = SmallWorld(
    rule=has_majority,
    candidates=lambda: (
        (granted, refused, servers)
        for servers in range(1, 7)
        for granted in range(servers + 1)
        for refused in range(servers - granted + 1)
    ),
    drawn=_drawn_ballot,
    # A candidate has its own vote, and each server answers once.
    can_happen=lambda granted, refused, servers: granted and granted + refused <= servers,
    picture=_ballot,
)


def _more_than_half(granted: int, refused: int, servers: int) -> str | None:
    if granted <= servers // 2:
        return None
    return f"{granted} of {servers} is more than half of the full cluster (§5.2)."


def _half(granted: int, refused: int, servers: int) -> str | None:
    if 2 * granted != servers:
        return None
    return f"{granted} of {servers} is half, and the other half could do the same (§5.2)."


def _silent_servers(granted: int, refused: int, servers: int) -> str | None:
    if granted + refused == servers:
        return None
    return (
        f"{granted} of {servers} is less than half. The servers that have not answered belong to "
        "the cluster, too: they may be electing a leader of their own (§5.2)."
    )


def _less_than_half(granted: int, refused: int, servers: int) -> str | None:
    return (
        f"{granted} of {servers} is less than half: the other {servers - granted} could elect "
        "another leader in the same term (§5.2)."
    )


# 2.2 Whose log is up to date? ------------------------------------------------------------

_ENDS = small_ends(terms=3, indexes=4)


def _drawn_number(random: Random) -> int:
    """Often about a power of ten, where numbers get one more digit."""
    return random.choice((random.randint(4, 9), 10 ** random.randint(1, 6)))


def _drawn_ends(random: Random) -> Arguments:
    """The ends of two long logs, whose last terms are often the same; one may be much longer."""
    term, length = _drawn_number(random), _drawn_number(random)
    near = term + random.randint(-1, 1), length + random.randint(-1, 3)
    other = term, length + random.choice((0, 0, 10**6, 10**12)) + random.randint(-1, 3)
    theirs, own = random.sample((near, other), 2)
    return (*theirs, *own)


def _two_logs(
    returned: bool, right: bool, term: int, index: int, own_term: int, own_index: int
) -> Picture:
    logs = {"candidate": log_ending(term, index), "own": log_ending(own_term, own_index)}
    return draw_last_entries(logs, title="How the two logs end")


UP_TO_DATE = SmallWorld(
    rule=is_up_to_date,
    candidates=lambda: ((*theirs, *own) for theirs in _ENDS for own in _ENDS),
    drawn=_drawn_ends,
    can_happen=lambda term, index, own_term, own_index: (
        (term == 0) == (index == 0) and (own_term == 0) == (own_index == 0)
    ),
    picture=_two_logs,
)


def _later_term(term: int, index: int, own_term: int, own_index: int) -> str | None:
    if term <= own_term:
        return None
    ours = f"ours of term {own_term}" if own_term else "and our log is empty"
    return (
        f"Its last entry is of term {term}, {ours}: the later term is more up-to-date, however "
        "short the log (§5.4.1)."
    )


def _earlier_term(term: int, index: int, own_term: int, own_index: int) -> str | None:
    if term >= own_term:
        return None
    if term == 0:
        return "Its log is empty, and ours is not: ours is more up-to-date (§5.4.1)."
    return (
        f"Its last entry is of term {term}, ours of term {own_term}: a longer log does not make "
        "up for an earlier term (§5.4.1)."
    )


def _equal_logs(term: int, index: int, own_term: int, own_index: int) -> str | None:
    if index != own_index:
        return None
    if index == 0:
        return "Two empty logs are equal; otherwise nobody could win the first election (§5.4.1)."
    return "The logs end alike, and *at least* as up-to-date is enough (§5.4.1)."


def _equal_terms(term: int, index: int, own_term: int, own_index: int) -> str | None:
    ends = f"Both logs end in term {term}"
    if index > own_index:
        return f"{ends}, and the longer one is more up-to-date (§5.4.1)."
    return f"{ends}, and ours is longer (§5.4.1)."


CHECKS = {
    "2.1": Checks(
        returns=bool,
        cases=Regions(
            MAJORITY,
            Region("just over half is a majority", 1, _more_than_half),
            Region("half of an even cluster is not", 1, _half),
            Region("servers that stay silent still count", 1, _silent_servers),
            Region("one vote fewer is not", 1, _less_than_half),
        ).cases,
        picture=lambda: draw_ballot(2, 1, 2),
    ),
    "2.2": Checks(
        returns=bool,
        cases=Regions(
            UP_TO_DATE,
            Region("a later last term wins, even with a shorter log", 1, _later_term),
            Region("an earlier last term loses, even with a longer log", 1, _earlier_term),
            Region("an equal log is up-to-date enough", 1, _equal_logs),
            Region("with equal last terms the longer log wins", 1, _equal_terms),
        ).cases,
        picture=lambda: draw_last_entries(
            {"S1": Log.of_terms(1, 1, 1, 1, 1), "S2": Log.of_terms(1, 1, 2)},
            title="Two logs, and how they end",
        ),
    ),
}
