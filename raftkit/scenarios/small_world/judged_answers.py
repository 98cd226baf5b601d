"""What a server answers to candidates and leaders, and whom a candidate asks.

Answers must say what the reference's say, in the fields that matter; a candidate may ask again
whom it likes.
"""

from collections.abc import Iterator
from typing import TypeVar

from raftkit.protocol import (
    AppendEntriesRequest,
    AppendEntriesResponse,
    Log,
    RequestVoteRequest,
    RequestVoteResponse,
)
from raftkit.protocol.roles import CANDIDATE
from raftkit.scenarios.scenario import terms_of
from raftkit.scenarios.small_world.complaint import (
    CHECKING,
    ELECTING,
    HEEDING,
    PROGRESS,
    TERMS,
    VOTING,
    Complaint,
)
from raftkit.scenarios.small_world.stories import Step
from raftkit.scenarios.small_world.taken_steps import TakenStep

T = TypeVar("T")


def judged_votes(step: Step, taken: TakenStep) -> Iterator[Complaint]:
    """What is wrong with the answers to candidates."""
    found, expected = taken.sent(RequestVoteResponse), _expected(step, RequestVoteResponse)
    if not (found or expected) or sorted(found, key=repr) == sorted(expected, key=repr):
        return
    why = (
        "Every request is answered, to its candidate alone: granted if the term is not over, the "
        "vote is free or the candidate's own, and its log is at least as up-to-date "
        "(Figure 2, RequestVote)."
    )
    yield Complaint(
        voting_rule(step), f"It sent {_listed(found)}; expected {_listed(expected)}.", why
    )


def voting_rule(step: Step) -> str:
    """The rule that a vote is about: with an empty log, every candidate is up-to-date."""
    return HEEDING if len(step.before.log) else VOTING


def judged_answers(step: Step, taken: TakenStep) -> Iterator[Complaint]:
    """What is wrong with the answers to leaders."""
    found, expected = taken.sent(AppendEntriesResponse), _expected(step, AppendEntriesResponse)
    if len(found) != len(expected):
        yield Complaint(
            CHECKING,
            f"It sent {_listed(found)}; expected {_listed(expected)}.",
            "Each AppendEntries is answered once, a refused one too (Figure 2, AppendEntries).",
        )
    for has, must in zip(found, expected, strict=False):
        rule, why = _fault_in_answer(step, has, must)
        if rule:
            yield Complaint(rule, f"It sent {has}; expected {must}.", why)


def _fault_in_answer(
    step: Step, has: AppendEntriesResponse, must: AppendEntriesResponse
) -> tuple[str, str]:
    """The rule that an answer breaks, and why; "" if it is right."""
    if (has.source, has.target, has.term) != (must.source, must.target, must.term):
        return (
            TERMS,
            "An answer carries the server's own current term, to the leader that asked (§5.1).",
        )
    stale = isinstance(step.event, AppendEntriesRequest) and step.event.term < must.term
    if has.success != must.success:
        if stale:
            return TERMS, "A request of an older term is refused (§5.1)."
        return (
            CHECKING,
            (
                "A request succeeds if the log has an entry at prevLogIndex whose term is "
                "prevLogTerm (Figure 2, AppendEntries 2)."
            ),
        )
    if must.success and has.match_index != must.match_index:
        return (
            PROGRESS,
            (
                "matchIndex is the last index that surely agrees with the leader: prevLogIndex "
                "and the number of entries (§5.3)."
            ),
        )
    if not (must.success or stale or _leads_back(has, must)):
        return (
            PROGRESS,
            (
                "A refusal repeats prevLogIndex, and tells the conflicting term and its first "
                "index, or the log's end (§5.3)."
            ),
        )
    return "", ""


def _leads_back(has: AppendEntriesResponse, must: AppendEntriesResponse) -> bool:
    """Whether a refusal tells the conflict, or a place to try next without one (Figure 2)."""
    told = has.prev_log_index, has.conflict_term, has.conflict_index
    if told == (must.prev_log_index, must.conflict_term, must.conflict_index):
        return True
    return told[:2] == (must.prev_log_index, 0) and 1 <= told[2] <= must.prev_log_index


def judged_candidates(
    step: Step, taken: TakenStep, id: str, peers: tuple[str, ...]
) -> Iterator[Complaint]:
    """What is wrong with the requests of a candidate. It may ask again whom it likes."""
    standing, log = step.after.standing, step.after.log
    requests = taken.sent(RequestVoteRequest)
    why = (
        "A candidate asks every other server for its vote, with its term and the end of "
        "its log (Figure 2, RequestVote)."
    )
    for request in requests:
        told = request.source, request.term, request.last_log_index, request.last_log_term
        right = told == (id, standing.current_term, log.last_index, log.last_term)
        if not right or standing.role != CANDIDATE:
            yield Complaint(
                ELECTING,
                f"It is a {standing.role} of term {standing.current_term} with "
                f"{entries_in_words(log)}, and sent {request}.",
                why,
            )
            return
    begun = standing.current_term > step.before.standing.current_term
    if begun and standing.role == CANDIDATE:
        asked = sorted(request.target for request in requests)
        if asked != sorted(peers):
            has = ", ".join(asked) or "nobody"
            yield Complaint(
                ELECTING, f"It asked {has} for votes; expected {', '.join(peers)}.", why
            )


def _expected(step: Step, kind: type[T]) -> list[T]:
    """The reference's messages of a kind to others."""
    others = [message for message in step.effects.messages if message.target != message.source]
    return [message for message in others if isinstance(message, kind)]


def entries_in_words(log: Log) -> str:
    return f"entries of terms {terms_of(log)}" if len(log) else "an empty log"


def _listed(messages: object) -> str:
    return ", ".join(map(str, messages)) or "nothing"  # type: ignore[call-overload]
