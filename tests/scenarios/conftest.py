"""Wrong rules that students write, each with the scenarios that must catch it."""

from collections.abc import Callable
from typing import Any

import pytest

from raftkit.protocol import (
    AppendEntriesRequest,
    AppendEntriesResponse,
    Campaign,
    Log,
    Persistent,
    Progress,
    RequestVoteRequest,
    RequestVoteResponse,
    Restarted,
    Rules,
    Standing,
    Tally,
    restart,
    start_election,
)
from raftkit.protocol.roles import LEADER

WRONG: dict[str, tuple[str, Callable[..., Any]]] = {}


def wrong(rule: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Enter a function as a wrong version of `rule`, under its own name."""

    def enter(function: Callable[..., Any]) -> Callable[..., Any]:
        WRONG[function.__name__] = (rule, function)
        return function

    return enter


@pytest.fixture(scope="session")
def wrong_rules() -> Callable[[str], Rules]:
    """The reference's rules with one wrong, by its name."""
    return lambda name: Rules().with_rule(*WRONG[name])


@pytest.fixture(scope="session")
def wrong_names() -> tuple[str, ...]:
    """The names of all wrong rules but the storm, which has a test of its own."""
    return tuple(name for name in WRONG if name != "beats_without_pause")


# Terms and votes -------------------------------------------------------------------------


@wrong("should_grant_vote")
def votes_twice(standing: Standing, request: RequestVoteRequest, up_to_date: bool) -> bool:
    return request.term >= standing.current_term and up_to_date


@wrong("is_up_to_date")
def votes_for_any_log(term: int, index: int, own_term: int, own_index: int) -> bool:
    return True


@wrong("is_up_to_date")
def compares_length_only(term: int, index: int, own_term: int, own_index: int) -> bool:
    return index >= own_index


@wrong("has_majority")
def half_is_enough(granted: int, refused: int, servers: int) -> bool:
    return granted >= servers // 2


@wrong("has_majority")
def majority_of_answers(granted: int, refused: int, servers: int) -> bool:
    return granted > (granted + refused) // 2


@wrong("adopt_term")
def deaf_to_higher_terms(standing: Standing, message: Any) -> Standing:
    return standing


@wrong("adopt_term")
def keeps_leading(standing: Standing, message: Any) -> Standing:
    if message.term > standing.current_term:
        role = LEADER if standing.role == LEADER else "follower"
        return Standing(role, message.term, None)
    return standing


@wrong("adopt_term")
def forgets_vote_when_conceding(standing: Standing, message: Any) -> Standing:
    if message.term > standing.current_term:
        return Standing("follower", message.term, None)
    if standing.role == "candidate" and isinstance(message, AppendEntriesRequest):
        return Standing("follower", standing.current_term, None)
    return standing


@wrong("treat_request")
def obeys_old_leaders(current_term: int, request: Any) -> str:
    return "process"


@wrong("start_election")
def does_not_vote_for_itself(*arguments: Any) -> Campaign:
    campaign = start_election(*arguments)
    standing = Standing("candidate", campaign.standing.current_term, None)
    return Campaign(standing, Tally(), campaign.requests)


@wrong("count_vote")
def counts_old_votes(standing: Standing, tally: Tally, response: RequestVoteResponse) -> Tally:
    return Tally((*tally.granted, response.source), tally.refused)


@wrong("start_election")
def asks_with_the_new_term_as_its_last(*arguments: Any) -> Campaign:
    *who, term = arguments
    return start_election(*who, term + 1)


@wrong("has_majority")
def does_not_count_itself(granted: int, refused: int, servers: int) -> bool:
    return granted - 1 > servers // 2


# Timers ----------------------------------------------------------------------------------


@wrong("election_timeout")
def fixed_timeout(settings: Any, draw: float) -> int:
    return int(settings.election_timeout_min)


@wrong("election_timer_change")
def never_resets_its_timer(role: str, occasion: str) -> str:
    return "restart" if occasion in ("started up", "started an election") else "keep"


@wrong("heartbeat_targets")
def silent_leader(occasion: str, peers: tuple[str, ...], owing: tuple[str, ...]) -> tuple[str, ...]:
    return ()


@wrong("heartbeat_interval")
def beats_too_often(settings: Any) -> int:
    return 10_000


@wrong("heartbeat_interval")
def beats_without_pause(settings: Any) -> int:
    return 0


# Logs ------------------------------------------------------------------------------------


@wrong("previous_entry_matches")
def ignores_the_entry_before(log: Log, request: AppendEntriesRequest) -> bool:
    return True


@wrong("merge_entries")
def never_truncates(log: Log, request: AppendEntriesRequest) -> Log:
    return log.extend(request.entries[max(log.last_index - request.prev_log_index, 0) :])


@wrong("merge_entries")
def always_truncates(log: Log, request: AppendEntriesRequest) -> Log:
    return log.prefix(request.prev_log_index).extend(request.entries)


@wrong("append_command")
def every_server_takes_commands(standing: Standing, log: Log, entry: Any) -> Log:
    return log.extend((entry,))


@wrong("match_index_after")
def reports_its_whole_log(log: Log, request: AppendEntriesRequest) -> int:
    return log.last_index


@wrong("make_append_entries")
def sends_everything_each_time(
    source: str, target: str, term: int, log: Log, next_index: int, commit: int, batch: int
) -> AppendEntriesRequest:
    return AppendEntriesRequest(source, target, term, 0, 0, log.entries(), commit)


@wrong("back_up")
def never_backs_up(
    standing: Standing, log: Log, progress: Progress, response: AppendEntriesResponse
) -> Progress:
    return progress


# Commitment ------------------------------------------------------------------------------


@wrong("advance_commit_index")
def commits_older_terms(log: Log, current_term: int, commit_index: int, matches: list[int]) -> int:
    return max(commit_index, sorted(matches, reverse=True)[len(matches) // 2])


@wrong("advance_commit_index")
def stops_at_an_older_term(
    log: Log, current_term: int, commit_index: int, matches: list[int]
) -> int:
    following = commit_index + 1
    held = sorted(matches, reverse=True)[len(matches) // 2] >= following
    return following if held and log.term_at(following) == current_term else commit_index


@wrong("advance_commit_index")
def commits_at_once(log: Log, current_term: int, commit_index: int, matches: list[int]) -> int:
    return log.last_index


@wrong("follower_commit_index")
def commits_beyond_the_match(
    commit_index: int, request: AppendEntriesRequest, success: bool
) -> int:
    return max(commit_index, request.leader_commit)


@wrong("apply_through")
def applies_before_commit(last_applied: int, commit_index: int, last_log_index: int) -> int:
    return last_log_index


# Persistence -----------------------------------------------------------------------------


@wrong("writes_needed")
def forgets_votes(on_disk: Persistent, in_memory: Persistent) -> tuple[Persistent, ...]:
    return (Persistent(in_memory.current_term, None, in_memory.log),)


@wrong("writes_needed")
def writes_nothing(on_disk: Persistent, in_memory: Persistent) -> tuple[Persistent, ...]:
    return ()


@wrong("writes_needed")
def forgets_terms(on_disk: Persistent, in_memory: Persistent) -> tuple[Persistent, ...]:
    return (Persistent(0, in_memory.voted_for, in_memory.log),)


@wrong("restart")
def restarts_as_leader(persistent: Persistent) -> Restarted:
    follower = restart(persistent)
    standing = Standing(LEADER, persistent.current_term, persistent.voted_for)
    return Restarted(standing, follower.commit_index, follower.last_applied)


# Broken code -----------------------------------------------------------------------------


@wrong("should_grant_vote")
def not_written_yet(standing: Standing, request: RequestVoteRequest, up_to_date: bool) -> bool:
    raise NotImplementedError("write this rule")
