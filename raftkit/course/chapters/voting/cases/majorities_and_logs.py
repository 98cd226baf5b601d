"""The cases of exercises 2.1 and 2.2: majorities and up-to-date logs.

Each case asks one question of Figure 2. Terms, indexes and names are drawn, so that a table of
answers learned by heart does not help.
"""

from random import Random

from raftkit.course.checking.cases import Call, Case, Checks
from raftkit.course.sample_logs import log_ending
from raftkit.protocol import Log
from raftkit.views import draw_ballot, draw_last_entries, draw_logs

# 2.1 What is a majority? -----------------------------------------------------------------


def _ballot(granted: int, refused: int, servers: int, expected: bool, why: str) -> Call:
    """One call of `has_majority`, and the ballot as a picture of it."""
    return Call(
        {"granted": granted, "refused": refused, "servers": servers},
        expected,
        why,
        picture=lambda: draw_ballot(granted, refused, servers - granted - refused),
    )


def _just_enough(random: Random) -> list[Call]:
    """The smallest majority of an odd cluster, all its servers, and a cluster of one server."""
    half = random.randint(1, 4)
    servers = 2 * half + 1
    why = f"{half + 1} of {servers} is more than half of the full cluster (§5.2)."
    lone = "A cluster of one server is its own majority (§5.2)."
    everybody = f"More than needed is enough, too: {servers} of {servers} (§5.2)."
    return [
        _ballot(half + 1, 0, servers, True, why),
        _ballot(servers, 0, servers, True, everybody),
        _ballot(1, 0, 1, True, lone),
    ]


def _one_too_few(random: Random) -> list[Call]:
    """The largest minority; all other servers refuse, so none of them is silent."""
    half = random.randint(2, 4)
    servers = 2 * half + 1
    why = (
        f"{half} of {servers} is less than half: the other {half + 1} could elect "
        "another leader in the same term (§5.2)."
    )
    return [_ballot(half, half + 1, servers, False, why)]


def _exactly_half(random: Random) -> list[Call]:
    """Only an even cluster has halves, and there `>=` would elect two leaders."""
    half = random.randint(2, 4)
    why = f"{half} of {2 * half} is half, and the other half could do the same (§5.2)."
    return [_ballot(half, half, 2 * half, False, why)]


def _silent_servers(random: Random) -> list[Call]:
    """No refusal, and still no majority: this catches majorities of the answers."""
    half = random.randint(2, 4)
    servers = 2 * half + 1
    why = (
        f"The {servers - half} servers that have not answered belong to the cluster too: "
        "they may be electing a leader of their own (§5.2)."
    )
    return [_ballot(half, 0, servers, False, why)]


# 2.2 Whose log is up to date? ------------------------------------------------------------


def _logs(theirs: tuple[int, int], own: tuple[int, int], expected: bool, why: str) -> Call:
    """One call of `is_up_to_date`, with two logs given by how they end, as (term, index)."""
    return Call(
        {
            "last_log_term": theirs[0],
            "last_log_index": theirs[1],
            "own_last_log_term": own[0],
            "own_last_log_index": own[1],
        },
        expected,
        why,
        picture=lambda: draw_logs({"candidate": log_ending(*theirs), "own": log_ending(*own)}),
    )


def _later_term(random: Random) -> list[Call]:
    """The candidate's log is shorter by two, so length alone would decide the other way."""
    term, length = random.randint(2, 4), random.randint(3, 5)
    why = (
        f"Its last entry is of term {term + 1}, ours of term {term}: the later term is more "
        "up-to-date, however short the log (§5.4.1)."
    )
    return [_logs((term + 1, length - 2), (term, length), True, why)]


def _earlier_term(random: Random) -> list[Call]:
    """The candidate's log is longer by three, so length alone would decide the other way."""
    term, length = random.randint(3, 5), random.randint(1, 3)
    why = (
        f"Its last entry is of term {term - 1}, ours of term {term}: a longer log does not make "
        "up for an earlier term (§5.4.1)."
    )
    return [_logs((term - 1, length + 3), (term, length), False, why)]


def _equal_terms(random: Random) -> list[Call]:
    """With equal last terms the length decides, in both directions."""
    term, length = random.randint(1, 4), random.randint(2, 5)
    longer = f"Both logs end in term {term}, and the longer one is more up-to-date (§5.4.1)."
    shorter = f"Both logs end in term {term}, and ours is longer (§5.4.1)."
    return [
        _logs((term, length + 1), (term, length), True, longer),
        _logs((term, length - 1), (term, length), False, shorter),
    ]


def _equal_logs(random: Random) -> list[Call]:
    """Equal logs, and two empty ones: with `>` a new cluster would never have a leader."""
    term, length = random.randint(1, 4), random.randint(1, 5)
    why = "The logs end alike, and *at least* as up-to-date is enough (§5.4.1)."
    empty = "Two empty logs are equal; otherwise nobody could win the first election (§5.4.1)."
    return [_logs((term, length), (term, length), True, why), _logs((0, 0), (0, 0), True, empty)]


CHECKS = {
    "2.1": Checks(
        returns=bool,
        cases=(
            Case("just over half is a majority", 1, _just_enough),
            Case("one vote fewer is not", 1, _one_too_few),
            Case("half of an even cluster is not", 1, _exactly_half),
            Case("servers that stay silent still count", 1, _silent_servers),
        ),
        picture=lambda: draw_ballot(2, 1, 2),
    ),
    "2.2": Checks(
        returns=bool,
        cases=(
            Case("a later last term wins, even with a shorter log", 1, _later_term),
            Case("an earlier last term loses, even with a longer log", 1, _earlier_term),
            Case("with equal last terms the longer log wins", 1, _equal_terms),
            Case("an equal log is up-to-date enough", 1, _equal_logs),
        ),
        picture=lambda: draw_last_entries(
            {"S1": Log.of_terms(1, 1, 1, 1, 1), "S2": Log.of_terms(1, 1, 2)},
            title="Two logs, and how they end",
        ),
    ),
}
