"""The cases of exercises 4.3 and 4.4: which entries are applied, and when a client is answered.

Each case asks one question of Figure 2. Indexes are drawn, so that a table of answers learned by
heart does not help.
"""

from collections.abc import Iterable
from random import Random

from raftkit.checkers import Cluster
from raftkit.course.chapters.commitment.cases.leader_commits import two_commands
from raftkit.course.chapters.commitment.cases.schedules import ANSWERED_EARLY, TWO_OF_FIVE
from raftkit.course.checking.cases import Call, Case, Checks
from raftkit.course.sample_logs import log_ending
from raftkit.protocol import Log
from raftkit.simulator import Timeout
from raftkit.views import Picture, draw_logs, space_time

# 4.3 Into the state machine --------------------------------------------------------------


def _apply(
    last_applied: int, commit_index: int, last_log_index: int, expected: int, why: str
) -> Call:
    arguments = {
        "last_applied": last_applied,
        "commit_index": commit_index,
        "last_log_index": last_log_index,
    }
    due = range(last_applied + 1, commit_index + 1)
    return Call(
        arguments, expected, why, picture=lambda: _one_log(last_log_index, commit_index, due)
    )


def _one_log(last_index: int, commit_index: int, marked: Iterable[int]) -> Picture:
    """A log with its commit index, and the entries in question outlined."""
    log = log_ending(3, last_index)
    title = f"Committed up to {commit_index}"
    return draw_logs({"S1": log}, {"S1": commit_index}, outline={"S1": tuple(marked)}, title=title)


def _one(random: Random) -> list[Call]:
    """The last entry of the log is committed and not yet applied."""
    index = random.randint(3, 8)
    why = (
        f"Entry {index} is committed and not yet applied: if commitIndex > lastApplied, the next "
        "entry is applied (Figure 2, All servers)."
    )
    return [_apply(index - 1, index, index, index, why)]


def _several(random: Random) -> list[Call]:
    """Several entries are committed at once, as in Figure 8 (e)."""
    last_applied, more = random.randint(1, 4), random.randint(3, 5)
    commit = last_applied + more
    why = (
        f"commitIndex is {more} beyond lastApplied. Figure 2 says it again and again until they "
        f"are equal, so entries up to {commit} are applied now (Figure 2, All servers)."
    )
    return [_apply(last_applied, commit, commit, commit, why)]


def _not_yet(random: Random) -> list[Call]:
    """The log goes on after the last committed entry, which is not yet applied, or is."""
    commit, more = random.randint(3, 6), random.randint(2, 4)
    last = commit + more
    why = (
        f"Entries after {commit} are in the log, but not committed: another leader may replace "
        "them, and no state machine can take a command back (§5.3; Figure 2, All servers)."
    )
    return [
        _apply(commit - 1, commit, last, commit, why),
        _apply(commit, commit, last, commit, why),
    ]


# 4.4 Done, says the leader ---------------------------------------------------------------


def _answer(index: int, commit_index: int, last_applied: int, expected: bool, why: str) -> Call:
    arguments = {"index": index, "commit_index": commit_index, "last_applied": last_applied}
    last_index = max(index, commit_index)
    return Call(
        arguments, expected, why, picture=lambda: _one_log(last_index, commit_index, (index,))
    )


def _done(random: Random) -> list[Call]:
    """The entry just applied, and one that was applied long ago."""
    index = random.randint(2, 7)
    why = f"Entry {index} is applied: its result is known and final (§5.3; Figure 2, Leaders)."
    return [
        _answer(index, index, index, True, why),
        _answer(index, index + 4, index + 3, True, why),
    ]


def _uncommitted(random: Random) -> list[Call]:
    """The entry is in the leader's log and perhaps in no other."""
    commit = random.randint(1, 6)
    index = commit + random.randint(2, 4)
    why = (
        f"Entry {index} is not committed: the next leader may not have it, and then it never "
        "happened (§5.3; Figure 2, Leaders)."
    )
    return [_answer(index, commit, commit, False, why)]


def _unapplied(random: Random) -> list[Call]:
    """The first entry after last_applied, and the last one committed."""
    last_applied = random.randint(1, 6)
    commit = last_applied + 3
    return [
        _answer(
            index,
            commit,
            last_applied,
            False,
            f"Entry {index} is committed, but the state machine has only come to {last_applied}: "
            "there is no result yet. The leader responds after the entry is applied (Figure 2, "
            "Leaders).",
        )
        for index in (last_applied + 1, commit)
    ]


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
        cases=(
            Case("applies an entry that is committed", 1, _one),
            Case("applies all that are committed", 1, _several),
            Case("applies nothing before it is committed", 1, _not_yet),
        ),
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
        cases=(
            Case("answers when the command is applied", 1, _done),
            Case("does not answer before the commit", 1, _uncommitted),
            Case("nor before the state machine has a result", 1, _unapplied),
        ),
        picture=_answered_in_time,
        story=two_commands,
        at_work="Two commands",
        schedules=(ANSWERED_EARLY,),
    ),
}
