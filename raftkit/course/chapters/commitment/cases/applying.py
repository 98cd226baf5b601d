"""The cases of exercises 4.3 and 4.4: which entries are applied, and when a client is answered.

They cut up all small indexes, as far as a server applies no more than it knows to be committed,
and commits no more than its log has (Figure 2).
"""

from collections.abc import Iterable
from itertools import product
from random import Random

from raftkit.checkers import Cluster
from raftkit.course.chapters.commitment.cases.leader_commits import two_commands
from raftkit.course.chapters.commitment.cases.schedules import ANSWERED_EARLY, TWO_OF_FIVE
from raftkit.course.checking.cases import Checks
from raftkit.course.checking.small_world import Arguments, Region, Regions, SmallWorld
from raftkit.course.sample_logs import log_ending
from raftkit.protocol import Log, apply_through, may_answer_client
from raftkit.simulator import Timeout
from raftkit.views import Picture, draw_logs, space_time


def _indexes(random: Random) -> Arguments:
    """Three indexes, two of which are often the same or neighbours; some are far away."""
    first, away = random.randint(5, 20), (-1, 0, 0, 1, random.randint(-4, 4), 300)
    return tuple(first + random.choice(away) for _ in range(3))


def _one_log(last_index: int, commit_index: int, marked: Iterable[int]) -> Picture:
    """A log with its commit index, and the entries in question outlined."""
    log = log_ending(3, last_index)
    title = f"Committed up to {commit_index}"
    return draw_logs({"S1": log}, {"S1": commit_index}, outline={"S1": tuple(marked)}, title=title)


# 4.3 Into the state machine --------------------------------------------------------------


def _due(returned: int, right: int, last_applied: int, commit_index: int, last: int) -> Picture:
    return _one_log(last, commit_index, range(last_applied + 1, commit_index + 1))


def _not_yet(last_applied: int, commit_index: int, last_log_index: int) -> str | None:
    """The log goes on after the last committed entry, or nothing is due."""
    if last_log_index > commit_index:
        return (
            f"Entries after {commit_index} are in the log, but not committed: another leader may "
            "replace them, and no state machine can take a command back (§5.3; Figure 2, All "
            "servers)."
        )
    if commit_index > last_applied:
        return None
    return (
        f"commitIndex = {commit_index} is not beyond lastApplied = {last_applied}: nothing is due, "
        "and no entry is applied twice (Figure 2, All servers)."
    )


def _one(last_applied: int, commit_index: int, last_log_index: int) -> str | None:
    if commit_index - last_applied > 1:
        return None
    return (
        f"Entry {commit_index} is committed and not yet applied: if commitIndex > lastApplied, the "
        "next entry is applied (Figure 2, All servers)."
    )


def _several(last_applied: int, commit_index: int, last_log_index: int) -> str | None:
    """Several entries are committed at once, as in Figure 8 (e)."""
    return (
        f"commitIndex is {commit_index - last_applied} beyond lastApplied. Figure 2 says it again "
        f"and again until they are equal, so entries up to {commit_index} are applied now (Figure "
        "2, All servers)."
    )


# 4.4 Done, says the leader ---------------------------------------------------------------


def _asked_for(
    returned: bool, right: bool, index: int, commit_index: int, last_applied: int
) -> Picture:
    return _one_log(max(index, commit_index), commit_index, (index,))


def _done(index: int, commit_index: int, last_applied: int) -> str | None:
    if index > last_applied:
        return None
    return f"Entry {index} is applied: its result is known and final (§5.3; Figure 2, Leaders)."


def _uncommitted(index: int, commit_index: int, last_applied: int) -> str | None:
    """The entry is in the leader's log and perhaps in no other."""
    if index <= commit_index:
        return None
    return (
        f"Entry {index} is not committed: the next leader may not have it, and then it never "
        "happened (§5.3; Figure 2, Leaders)."
    )


def _unapplied(index: int, commit_index: int, last_applied: int) -> str | None:
    return (
        f"Entry {index} is committed, but the state machine has only come to {last_applied}: there "
        "is no result yet. The leader responds after the entry is applied (Figure 2, Leaders)."
    )


def _answered_in_time() -> Picture:
    """A client asks, a leader replicates, commits and applies, and only then it answers."""
    cluster = Cluster(servers=3, seed=4, clients=1)
    cluster.do(Timeout("S1"))
    cluster.run(ms=20)
    cluster.ask("C1", "x=1")
    cluster.run(ms=22)
    return space_time(cluster.history, first_ms=18, title="C1 asks S1 for x=1")


CHECKS = {
    "4.3": Checks(
        returns=int,
        cases=Regions(
            SmallWorld(
                apply_through,
                lambda: product(range(6), repeat=3),
                _indexes,
                can_happen=lambda applied, committed, last: 0 <= applied <= committed <= last,
                picture=_due,
            ),
            Region("applies nothing before it is committed", 1, _not_yet),
            Region("applies an entry that is committed", 1, _one),
            Region("applies all that are committed", 1, _several),
        ).cases,
        picture=lambda: draw_logs(
            {"S1": Log.of_terms(1, 1, 2, 3, 3, 3, 3)},
            {"S1": 5},
            outline={"S1": (4, 5)},
            title="4 and 5 wait to be applied",
        ),
        story=two_commands,
        at_work="Two commands",
        schedules=(TWO_OF_FIVE,),
    ),
    "4.4": Checks(
        returns=bool,
        cases=Regions(
            SmallWorld(
                may_answer_client,
                lambda: product(range(1, 6), range(6), range(6)),
                _indexes,
                can_happen=lambda index, committed, applied: index > 0 <= applied <= committed,
                picture=_asked_for,
            ),
            Region("answers when the command is applied", 1, _done),
            Region("does not answer before the commit", 1, _uncommitted),
            Region("nor before the state machine has a result", 1, _unapplied),
        ).cases,
        picture=_answered_in_time,
        story=two_commands,
        at_work="Two commands",
        schedules=(ANSWERED_EARLY,),
    ),
}
