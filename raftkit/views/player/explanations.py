"""Explains a step of a Raft server: the rule that decided, and a sentence about the decision.

It compares the server's state before and after the step, so it explains any server, also a
student's. The names are those of `Rules`. It does not know what is shown of an explanation.
"""

from dataclasses import dataclass
from typing import Any

from raftkit.protocol import ServerState
from raftkit.protocol.messages import (
    ELECTION,
    AppendEntriesRequest,
    AppendEntriesResponse,
    ClientRequest,
    RequestVoteRequest,
    RequestVoteResponse,
    TimerFired,
)
from raftkit.protocol.roles import CANDIDATE, LEADER
from raftkit.simulator.process import Started
from raftkit.simulator.records import Step
from raftkit.views.descriptions import command_in_words, listed


@dataclass(frozen=True, slots=True)
class Reason:
    """The name in `Rules` of the rule that decided, and a sentence about its decision."""

    rule: str
    words: str


def reason_for(before: ServerState | None, step: Step) -> Reason | None:
    """The reason for a step of a Raft server; None for a step of another process.

    `before` is the server's state before the step, None if it has just started.

    >>> from raftkit.simulator import RaftSystem, Step, Timeout
    >>> cluster = RaftSystem(servers=3, seed=1)
    >>> cluster.do(Timeout("S1"))
    >>> step = [each for each in cluster.history.records if type(each) is Step][-1]
    >>> reason_for(None, step).rule
    'start_election'
    """
    after = step.state
    if not isinstance(after, ServerState):
        return None
    reason = _decision(before or after, step, after)
    term = after.standing.current_term
    adopted = before is not None and term > before.standing.current_term
    if reason is None or not adopted or getattr(step.event, "term", None) != term:
        return reason
    if reason.words:
        return Reason(reason.rule, f"Adopts term {term} first (§5.1). {reason.words}")
    return Reason("adopt_term", f"Adopts the higher term {term} and is a follower in it (§5.1).")


def _decision(before: ServerState, step: Step, after: ServerState) -> Reason | None:
    """The decision about the event itself, without the adoption of its term."""
    match step.event:  # Nearly all are of the first two kinds.
        case AppendEntriesRequest():
            return _entries_request(before, step, after)
        case AppendEntriesResponse():
            return _entries_response(before, step.event, after)
        case Started():
            words = "Starts as a follower; term, vote and log are what its disk holds (Figure 2)."
            return Reason("restart", words)
        case TimerFired(timer):
            return _timer(timer, after)
        case RequestVoteRequest():
            return _vote_request(before, step, after)
        case RequestVoteResponse():
            return _vote_response(before, step.event, after)
        case ClientRequest():
            return _client_request(before, step.event, after)
    return None


def _timer(timer: str, after: ServerState) -> Reason:
    """The reason for the effects of a timer that ran out."""
    if timer != ELECTION:
        words = "Sends to everybody, so that nobody's patience ends (§5.2)."
        return Reason("heartbeat_targets", words)
    term = after.standing.current_term
    words = f"Has heard of no leader for too long: votes for itself in term {term} (§5.2)."
    return Reason("start_election", words)


# Votes -----------------------------------------------------------------------------------


def _vote_request(before: ServerState, step: Step, after: ServerState) -> Reason:
    """The reason for granting a candidate's request, or one of three for refusing it."""
    request, standing = step.event, after.standing
    answers = [sent for sent in _sent(step) if isinstance(sent, RequestVoteResponse)]
    if not answers:
        return Reason("treat_request", "Stays silent: the candidate will never know why.")
    if answers[0].vote_granted:
        return Reason("should_grant_vote", _granted(before, request, step.process))
    if request.term < standing.current_term:
        return _stale(request.term, standing.current_term)
    if standing.voted_for not in (None, request.source):
        words = (
            f"Refuses: its vote of term {standing.current_term} is "
            f"{_whose(standing.voted_for, step.process)} already (§5.2)."
        )
        return Reason("should_grant_vote", words)
    words = (
        f"Refuses: {request.source}'s log ends in term {request.last_log_term} at index "
        f"{request.last_log_index}, its own in term {after.log.last_term} at index "
        f"{after.log.last_index} (§5.4.1)."
    )
    return Reason("is_up_to_date", words)


def _granted(before: ServerState, request: RequestVoteRequest, server: str) -> str:
    """Why a vote was granted; it names a check that a student's rule has left out."""
    standing, log = before.standing, before.log
    earlier = standing.voted_for if standing.current_term == request.term else None
    if request.term < standing.current_term:
        return f"Grants, although term {request.term} is over (§5.1)."
    if earlier not in (None, request.source):
        whose = _whose(earlier, server)
        return f"Grants, although its vote of term {request.term} is {whose} already (§5.2)."
    theirs = (request.last_log_term, request.last_log_index)
    if theirs < (log.last_term, log.last_index):
        return (
            f"Grants, although {request.source}'s log ends in term {theirs[0]} at index "
            f"{theirs[1]}, its own in term {log.last_term} at index {log.last_index} (§5.4.1)."
        )
    return (
        f"Grants: no other vote in term {request.term}, and {request.source}'s log is at least as "
        "up-to-date (§5.2, §5.4.1)."
    )


def _vote_response(
    before: ServerState, response: RequestVoteResponse, after: ServerState
) -> Reason:
    """The effect of a voter's response on a candidate."""
    term = after.standing.current_term
    if after.standing.role == LEADER and before.standing.role == CANDIDATE:
        return Reason("has_majority", f"Has the votes of a majority: leads term {term} (§5.2).")
    if response.term > before.standing.current_term:
        return Reason("adopt_term", "")
    if response.term < term:
        words = f"Ignores it: a vote of term {response.term} says nothing in term {term} (§5.2)."
        return Reason("count_vote", words)
    if after.standing.role == LEADER:
        return Reason("count_vote", "Leads already: the vote changes nothing (§5.2).")
    if after.standing.role != CANDIDATE or after.tally is None:
        return Reason("count_vote", "Is no candidate any more: the vote changes nothing (§5.2).")
    granted, refused = len(after.tally.granted), len(after.tally.refused)
    return Reason("count_vote", f"Counts: {granted} for, {refused} against so far (§5.2).")


# Entries ---------------------------------------------------------------------------------


def _entries_request(before: ServerState, step: Step, after: ServerState) -> Reason:
    """The reason for a follower's answer to entries or a heartbeat."""
    request = step.event
    answers = [sent for sent in _sent(step) if isinstance(sent, AppendEntriesResponse)]
    if not answers:
        return Reason("treat_request", "Does not answer.")
    if not answers[0].success and request.term < after.standing.current_term:
        return _stale(request.term, after.standing.current_term)
    if not answers[0].success:
        words = (
            f"Refuses: it has no entry of term {request.prev_log_term} at index "
            f"{request.prev_log_index} (§5.3)."
        )
        return Reason("previous_entry_matches", words)
    return _entries_accepted(before, request, after)


def _entries_accepted(
    before: ServerState, request: AppendEntriesRequest, after: ServerState
) -> Reason:
    """What a follower did with entries that follow its own."""
    parts = []
    if after.log is not before.log:
        kept = after.log.common_prefix(before.log)
        if kept < before.log.last_index:
            parts.append(f"deletes what conflicts after index {kept}")
        parts.append(f"holds entries up to {after.log.last_index}")
    if after.commit_index > before.commit_index:
        parts.append(f"learns that entries up to {after.commit_index} are committed")
        rule = "follower_commit_index"
    else:
        rule = "merge_entries"
    if not parts:
        if request.entries:
            return Reason(rule, "Has these entries already: nothing changes (§5.3).")
        return Reason("election_timer_change", "Hears from its leader: waits anew (§5.2).")
    return Reason(rule, f"{_sentence(parts)} (§5.3).")


def _entries_response(
    before: ServerState, response: AppendEntriesResponse, after: ServerState
) -> Reason | None:
    """The effect of a follower's response on its leader."""
    if response.term > before.standing.current_term:
        return Reason("adopt_term", "")
    if after.standing.role != LEADER:
        return Reason("advance_progress", "Leads no more: the answer changes nothing.")
    if after.commit_index > before.commit_index:
        entry = f"Entry {after.commit_index}"
        words = f"{entry} is on a majority and of this term: committed (§5.3, §5.4.2)."
        return Reason("advance_commit_index", words)
    if not response.success:
        if after.progress == before.progress:
            return Reason("back_up", "An old refusal: it has since moved on (§5.3).")
        words = f"Tries {response.source} with earlier entries (§5.3)."
        return Reason("back_up", words)
    if after.progress == before.progress:
        return Reason("advance_progress", "Knew that already: answers come late and twice (§5.3).")
    if response.match_index > after.commit_index and _on_majority(after, response.match_index):
        words = (
            f"Entry {response.match_index} is on a majority, but of an older term: it is not "
            "committed by counting (§5.4.2, Figure 8)."
        )
        return Reason("advance_commit_index", words)
    return Reason(
        "advance_progress", f"{response.source} has entries up to {response.match_index} (§5.3)."
    )


def _on_majority(state: ServerState, index: int) -> bool:
    """Whether a leader knows that an entry is on a majority, itself included."""
    have = 1 + sum(progress.match_index >= index for progress in state.progress)
    return have > (len(state.progress) + 1) // 2


def _client_request(before: ServerState, request: ClientRequest, after: ServerState) -> Reason:
    """The effect of a command from a client or from outside."""
    if after.log is not before.log:
        command = command_in_words(request.command)
        words = f"Appends {command} at index {after.log.last_index} and sends it out (§5.3)."
        return Reason("append_command", words)
    return Reason("append_command", "Takes no command: only a leader does (§8).")


# Words -----------------------------------------------------------------------------------


def _sent(step: Step) -> tuple[Any, ...]:
    """All messages of a step, also those that wait for the disk."""
    return (*step.effects.early_messages, *step.effects.messages)


def _stale(term: int, current: int) -> Reason:
    """The reason for refusing a request of an earlier term."""
    return Reason("treat_request", f"Refuses: term {term} is over, it is term {current} (§5.1).")


def _whose(candidate: str | None, own: str) -> str:
    """The owner of a vote, as a word in a sentence."""
    return "its own" if candidate == own else f"{candidate}'s"


def _sentence(parts: list[str]) -> str:
    """Parts as one sentence, without a full stop.

    >>> _sentence(["holds entries up to 3", "waits"])
    'Holds entries up to 3 and waits'
    """
    said = listed(parts)
    return said[0].upper() + said[1:]
