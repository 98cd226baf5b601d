"""The cases of exercise 4.2: a follower's commit index after a request.

Each case asks one question of Figure 2, AppendEntries, step 5. Terms and indexes are drawn, so
that a table of answers learned by heart does not help.
"""

from random import Random

from raftkit.course.chapters.commitment.cases.leader_commits import two_commands
from raftkit.course.chapters.commitment.cases.schedules import REFUSED, TWO_OF_FIVE
from raftkit.course.checking.cases import Call, Case, Checks
from raftkit.course.sample_logs import log_ending
from raftkit.protocol import AppendEntriesRequest, Entry, Log
from raftkit.views import Picture, draw_logs

SERVERS = ("S1", "S2", "S3", "S4", "S5")


def _hears(
    random: Random,
    commit_index: int,
    leader_commit: int,
    expected: int,
    why: str,
    *,
    previous: int,
    new: int = 0,
    success: bool = True,
) -> Call:
    """One call of `follower_commit_index`, with prevLogIndex `previous` and `new` entries."""
    leader, follower = random.sample(SERVERS, 2)
    term = random.randint(2, 6)
    entries = tuple(Entry(term, f"x={number}") for number in range(1, new + 1))
    request = AppendEntriesRequest(
        leader, follower, term, previous, min(term, previous), entries, leader_commit
    )
    arguments = {"commit_index": commit_index, "request": request, "success": success}
    return Call(arguments, expected, why, picture=lambda: _two_logs(commit_index, request, success))


def _two_logs(commit_index: int, request: AppendEntriesRequest, success: bool) -> Picture:
    """The leader's log, and the follower's as far as it is known to agree."""
    last_new = request.prev_log_index + len(request.entries)
    more = max(last_new, request.leader_commit) - request.prev_log_index
    before = log_ending(request.prev_log_term, request.prev_log_index)
    leader = before.extend(Log.of_terms(*[request.term] * more))
    matching = leader.prefix(max(last_new, commit_index))
    refusing = leader.prefix(max(commit_index, request.prev_log_index - 2))
    return draw_logs(
        {"leader": leader, "follower": matching if success else refusing},
        {"leader": request.leader_commit, "follower": commit_index},
        compare=False,
        title=f"leaderCommit {request.leader_commit}, last new entry {last_new}",
    )


def _with_the_leader(random: Random) -> list[Call]:
    """More entries have arrived than are committed; and just as many."""
    previous, new = random.randint(3, 6), random.randint(2, 4)
    last_new = previous + new
    fewer = (
        f"Entries up to {last_new} have arrived, and the leader has committed up to {previous} "
        "only: to have an entry is not to have it committed (Figure 2, AppendEntries 5)."
    )
    equal = f"The leader has committed {last_new}, and we hold it now (Figure 2, AppendEntries 5)."
    return [
        _hears(random, previous - 2, previous, previous, fewer, previous=previous, new=new),
        _hears(random, previous - 2, last_new, last_new, equal, previous=previous, new=new),
    ]


def _heartbeat(random: Random) -> list[Call]:
    """A heartbeat commits as well: up to prevLogIndex the logs are the same."""
    previous = random.randint(3, 7)
    why = (
        f"No entry is new, but our log matches the leader's up to prevLogIndex = {previous}, and "
        "leaderCommit counts in a heartbeat as in any request (§5.3; Figure 2, AppendEntries 5)."
    )
    return [_hears(random, previous - 2, previous, previous, why, previous=previous)]


def _beyond(random: Random) -> list[Call]:
    """The leader has committed more than the request covers, with and without entries."""
    previous, new = random.randint(3, 6), random.randint(1, 3)
    last_new = previous + new
    ahead = last_new + random.randint(2, 4)
    why = (
        f"The leader has committed up to {ahead}, but we know our log to be like its log only up "
        f"to the last new entry, {last_new} = {previous} + {new}. What lies after it may be "
        "another leader's (Figure 2, AppendEntries 5)."
    )
    none = (
        f"No entry came, so the last new entry is prevLogIndex = {previous}; up to there our log "
        f"is the leader's, and leaderCommit = {ahead} lies beyond (Figure 2, AppendEntries 5)."
    )
    return [
        _hears(random, previous - 1, ahead, last_new, why, previous=previous, new=new),
        _hears(random, previous - 1, ahead, previous, none, previous=previous),
    ]


def _late(random: Random) -> list[Call]:
    """Two late requests: one with an older leaderCommit, one that ends before the commit index."""
    commit = random.randint(5, 8)
    old = (
        f"The request is late: its leaderCommit = {commit - 3} is from before. commitIndex is "
        f"{commit} and never falls (Figure 2, State and AppendEntries 5)."
    )
    short = (
        f"leaderCommit = {commit + 2} is larger than commitIndex = {commit}, but the request says "
        f"nothing of what lies beyond its last new entry, {commit - 2}. The smaller of the two "
        "would take a commit back, and commitIndex increases monotonically (Figure 2, State and "
        "AppendEntries 5)."
    )
    return [
        _hears(random, commit, commit - 3, commit, old, previous=commit - 1, new=2),
        _hears(random, commit, commit + 2, commit, short, previous=commit - 3, new=1),
    ]


def _refused(random: Random) -> list[Call]:
    """The entry at prevLogIndex does not match, with and without new entries."""
    commit, previous = random.randint(1, 3), random.randint(5, 7)
    why = (
        "The request was refused: our log does not match the leader's, so its leaderCommit says "
        "nothing of our entries (Figure 2, AppendEntries 2 and 5)."
    )
    return [
        _hears(
            random, commit, previous, commit, why, previous=previous, new=new, success=False
        )
        for new in (0, 2)
    ]  # fmt: skip


CHECKS = {
    "4.2": Checks(
        returns=int,
        cases=(
            Case("commits as far as the leader, and no further", 1, _with_the_leader),
            Case("a heartbeat tells what is committed", 1, _heartbeat),
            Case("goes no further than the last new entry", 1, _beyond),
            Case("a late request takes no commit back", 1, _late),
            Case("a refused request says nothing", 1, _refused),
        ),
        picture=lambda: draw_logs(
            {"leader": Log.of_terms(1, 1, 3, 3), "follower": Log.of_terms(1, 1, 2, 2)},
            {"leader": 4, "follower": 1},
            title="leaderCommit 4, prevLogIndex 2",
        ),
        story=two_commands,
        at_work="Two commands",
        schedules=(REFUSED, TWO_OF_FIVE),
    ),
}
