"""The broken rules of notebook 06. A cluster that obeys one of them is a broken Raft.

The catalogue of wrong answers has them, too, with the thought behind each. They are here so
that the exercises load without the catalogue.
"""

from collections.abc import Sequence

from raftkit.protocol import (
    AppendEntriesRequest,
    AppendEntriesResponse,
    Log,
    Persistent,
    Progress,
    RequestVoteRequest,
    RequestVoteResponse,
    Standing,
    Tally,
)


def majority_of_the_answers(granted: int, refused: int, servers: int) -> bool:
    """A candidate that is cut off wins one to nothing, while the others elect another leader."""
    return granted > refused


def votes_for_everybody(standing: Standing, request: RequestVoteRequest, up_to_date: bool) -> bool:
    """Two candidates of a term both win: the plainest way to break Election Safety."""
    return request.term >= standing.current_term and up_to_date


def vote_in_memory_only(on_disk: Persistent, in_memory: Persistent) -> tuple[Persistent, ...]:
    """A restart in the middle of a term gives the server a second vote in it."""
    written = Persistent(in_memory.current_term, None, in_memory.log)
    return (written,) if written != on_disk else ()


def counts_messages(standing: Standing, tally: Tally, response: RequestVoteResponse) -> Tally:
    """A vote that the network repeats makes two, and two of five servers elect a leader."""
    if standing.role != "candidate" or response.term != standing.current_term:
        return tally
    if response.vote_granted:
        return Tally((*tally.granted, response.source), tally.refused)
    return Tally(tally.granted, (*tally.refused, response.source))


def cuts_at_every_request(log: Log, request: AppendEntriesRequest) -> Log:
    """A heartbeat from the time before the last entry takes it back, acknowledged or not."""
    return log.prefix(request.prev_log_index).extend(request.entries)


def tries_the_same_again(
    standing: Standing, log: Log, progress: Progress, response: AppendEntriesResponse
) -> Progress:
    """The follower refuses again, for the same reason, as long as the leader lives."""
    return progress


def counts_copies_only(
    log: Log, current_term: int, commit_index: int, match_indexes: Sequence[int]
) -> int:
    """A server with a later term can still win without the entry, and overwrite it."""
    majority_index = sorted(match_indexes)[(len(match_indexes) - 1) // 2]
    return max(commit_index, majority_index)
