"""The cases of exercise 4.2: a follower's commit index after a request.

They cut up all small requests of a leader, each case a question of Figure 2, AppendEntries, step 5.
Whether a request matches the follower's log is not asked here.
"""

from collections.abc import Iterator
from itertools import combinations_with_replacement, product
from random import Random

from raftkit.course.chapters.commitment.cases.leader_commits import two_commands
from raftkit.course.chapters.commitment.cases.schedules import REFUSED, TWO_OF_FIVE
from raftkit.course.checking.cases import Checks
from raftkit.course.checking.small_world import Arguments, Region, Regions, SmallWorld
from raftkit.course.sample_logs import log_ending
from raftkit.course.small_values import OTHER, OWN, SERVERS
from raftkit.protocol import AppendEntriesRequest, Entry, Log, follower_commit_index
from raftkit.views import Picture, draw_logs


def _small_calls() -> Iterator[Arguments]:
    """Requests of two terms with up to two entries, and every index to one beyond the last."""
    for term, previous in product((1, 2), range(4)):
        for previous_term in range(1, term + 1) if previous else (0,):
            for count in range(3):
                terms = range(max(previous_term, 1), term + 1)
                for each in combinations_with_replacement(terms, count):
                    entries = tuple(map(Entry, each))
                    for leader_commit in range(7):
                        request = AppendEntriesRequest(
                            OTHER, OWN, term, previous, previous_term, entries, leader_commit
                        )
                        yield from product(range(7), (request,), (False, True))


def _drawn_call(random: Random) -> Arguments:
    """A request of a late term."""
    leader, follower = random.sample(SERVERS, 2)
    term, previous, count = (random.randint(least, 12) for least in (3, 4, 0))
    count = random.choice((count, count, 40))
    entries = tuple(Entry(term, f"x={number}") for number in range(1, count + 1))
    ends = (previous - 3, previous, previous + count, previous + count + 3)
    commit_index, leader_commit = (
        max(0, random.choice(ends) + random.randint(-2, 2)) for _ in range(2)
    )
    request = AppendEntriesRequest(
        leader, follower, term, previous, random.randint(1, term), entries, leader_commit
    )
    return commit_index, request, random.random() < 0.7


def _can_happen(commit_index: int, request: AppendEntriesRequest, success: bool) -> bool:
    """Up to its commit index, a follower's log is like that of every leader, so it matches.

    A late request may end before the commit index, and a leader may have committed more than it
    sends in one request.
    """
    return success or request.prev_log_index > commit_index


def _last_new(request: AppendEntriesRequest) -> int:
    return request.prev_log_index + len(request.entries)


def _two_logs(
    returned: int, right: int, commit_index: int, request: AppendEntriesRequest, success: bool
) -> Picture:
    """The leader's log, and the follower's as far as it is known to agree."""
    last_new = _last_new(request)
    more = max(last_new, request.leader_commit) - request.prev_log_index
    before = log_ending(request.prev_log_term, request.prev_log_index)
    leader = before.extend(Log.of_terms(*[request.term] * more))
    matching = leader.prefix(max(last_new, commit_index))
    refusing = leader.prefix(max(commit_index, request.prev_log_index - 2))
    return draw_logs(
        {"leader": leader, "follower": matching if success else refusing},
        {"leader": request.leader_commit, "follower": commit_index},
        compare=False,
        outline={"follower": (last_new,)} if success and last_new else None,
        title=f"leaderCommit {request.leader_commit}, last new entry {last_new}",
    )


def _refused(commit_index: int, request: AppendEntriesRequest, success: bool) -> str | None:
    if success:
        return None
    return (
        "The request was refused: our log does not match the leader's, so its leaderCommit says "
        "nothing of our entries (Figure 2, AppendEntries 2 and 5)."
    )


def _late(commit_index: int, request: AppendEntriesRequest, success: bool) -> str | None:
    """A leader that knows of fewer commits, and requests that end before the commit index."""
    if request.leader_commit < commit_index:
        return (
            f"leaderCommit = {request.leader_commit} is less than commitIndex = {commit_index}: "
            "the request is late, or the leader new. commitIndex never falls (Figure 2, State and "
            "AppendEntries 5)."
        )
    if _last_new(request) >= commit_index:
        return None
    return (
        f"The request says nothing of what lies beyond its last new entry, {_last_new(request)}, "
        f"and commitIndex is {commit_index} already. The smaller of the two would take a commit "
        "back, and commitIndex never falls (Figure 2, State and AppendEntries 5)."
    )


def _beyond(commit_index: int, request: AppendEntriesRequest, success: bool) -> str | None:
    last_new = _last_new(request)
    if request.leader_commit <= last_new:
        return None
    if not request.entries:
        return (
            f"No entry came, so the last new entry is prevLogIndex = {last_new}; up to there our "
            f"log is the leader's, and leaderCommit = {request.leader_commit} lies beyond (Figure "
            "2, AppendEntries 5)."
        )
    return (
        f"The leader has committed up to {request.leader_commit}, but we know our log to be like "
        f"its log only up to the last new entry, {last_new} = {request.prev_log_index} + "
        f"{len(request.entries)}. What lies after it may be another leader's (Figure 2, "
        "AppendEntries 5)."
    )


def _heartbeat(commit_index: int, request: AppendEntriesRequest, success: bool) -> str | None:
    """A heartbeat commits as well: up to prevLogIndex the logs are the same."""
    if request.entries:
        return None
    return (
        "No entry is new, but our log matches the leader's up to prevLogIndex = "
        f"{request.prev_log_index}, and leaderCommit = {request.leader_commit} counts in a "
        "heartbeat as in any request (§5.3; Figure 2, AppendEntries 5)."
    )


def _with_the_leader(commit_index: int, request: AppendEntriesRequest, success: bool) -> str | None:
    """Just as many entries have arrived as are committed, or more."""
    last_new = _last_new(request)
    if request.leader_commit == last_new:
        return f"The leader has committed {last_new}, and we hold it (Figure 2, AppendEntries 5)."
    return (
        f"Entries up to {last_new} have arrived, and the leader has committed up to "
        f"{request.leader_commit} only: to have an entry is not to have it committed (Figure 2, "
        "AppendEntries 5)."
    )


CHECKS = {
    "4.2": Checks(
        returns=int,
        cases=Regions(
            SmallWorld(
                follower_commit_index, _small_calls, _drawn_call, _can_happen, picture=_two_logs
            ),
            Region("a refused request says nothing", 1, _refused),
            Region("a late request takes no commit back", 1, _late),
            Region("goes no further than the last new entry", 1, _beyond),
            Region("a heartbeat tells what is committed", 1, _heartbeat),
            Region("commits as far as the leader, and no further", 1, _with_the_leader),
        ).cases,
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
