"""`ProgressJudge`: what a leader knows of its followers, beside what it should (Figure 2, Leaders).

matchIndex must be the reference's. nextIndex is free between what is acknowledged and the log's
end, so that a leader may raise it when it sends; but a refusal lowers it.
"""

from collections.abc import Iterator

from raftkit.protocol import AppendEntriesRequest, AppendEntriesResponse, Progress, ServerState
from raftkit.protocol.roles import LEADER
from raftkit.scenarios.small_world.complaint import PROGRESS, Complaint
from raftkit.scenarios.small_world.stories import Step

KEPT = (
    "A leader keeps nextIndex and matchIndex for each follower: a success raises "
    "both, a refusal lowers nextIndex, to what is not acknowledged (Figure 2, "
    "Leaders)."
)
OLD = "What is of an older term changes and sends nothing (§5.1)."

Requests = tuple[AppendEntriesRequest, ...]


class ProgressJudge:
    """Judges nextIndex and matchIndex after each of one story's steps as a leader."""

    def __init__(self, peers: tuple[str, ...]) -> None:
        self._peers = peers
        self._next: dict[str, int] = {}
        # The lowest place that a follower refused since the last heartbeat or command: another
        # refusal of it may be a copy, and what it asks for on its way.
        self._refused: dict[str, int] = {}
        self._sent: dict[str, int] = {}  # the last index sent since then

    def twin(self) -> "ProgressJudge":
        """A judge who has seen the same."""
        made = ProgressJudge(self._peers)
        made._next, made._refused = self._next.copy(), self._refused.copy()
        made._sent = self._sent.copy()
        return made

    def known(self, peer: str, last: int) -> int:
        """The last entry that a follower has, or was sent and has not refused."""
        return max(self._next.get(peer, last + 1) - 1, self._sent.get(peer, 0))

    def complaints(self, step: Step, state: ServerState, requests: Requests) -> Iterator[Complaint]:
        """What is wrong with what the server tells of its followers, and sent them."""
        if step.before.standing.role != LEADER:
            self._next, self._refused, self._sent = {}, {}, {}
        found, expected = state.progress, step.after.progress
        if len(found) != len(expected):
            text = f"observe told of {len(found)} followers; expected {len(expected)}."
            yield Complaint(PROGRESS, text, KEPT)
            return
        for peer, has, must in zip(self._peers, found, expected, strict=True):
            sent = tuple(request for request in requests if request.target == peer)
            fault, knew = self._fault_in(peer, step, has, must, sent), self._next.get(peer)
            self._next[peer] = has.next_index
            if fault:
                yield Complaint(PROGRESS, fault, KEPT)
                return
            if knew not in (None, has.next_index) and older_term(step):
                text = f"{peer}'s nextIndex was {knew}, and is {has.next_index} now."
                yield Complaint(PROGRESS, text, OLD)
                return
        for request in requests:
            end = request.prev_log_index + len(request.entries)
            self._sent[request.target] = max(end, self._sent.get(request.target, 0))
        if not isinstance(step.event, AppendEntriesResponse) and requests:
            self._refused = {}

    def _fault_in(
        self, peer: str, step: Step, has: Progress, must: Progress, sent: Requests
    ) -> str:
        """What is wrong with what a leader knows of a follower, in a sentence."""
        if has.match_index != must.match_index:
            return f"{peer}'s matchIndex is {has.match_index}; expected {must.match_index}."
        most = step.after.log.last_index + 1
        if not must.match_index < has.next_index <= most:
            return (
                f"{peer}'s nextIndex is {has.next_index}; its matchIndex is {must.match_index}, "
                f"and the log ends at {most - 1}."
            )
        event = step.event
        if isinstance(event, AppendEntriesResponse) and not event.success and peer in self._next:
            if event.source == peer and event.term == step.after.standing.current_term:
                return self._fault_after_refusal(event, has, sent)
        return ""

    def _fault_after_refusal(
        self, refusal: AppendEntriesResponse, has: Progress, sent: Requests
    ) -> str:
        """What is wrong with nextIndex after a refusal; it may rise with what is sent again."""
        peer, refused = refusal.source, refusal.prev_log_index
        knew, before = self._next[peer], self._refused.get(peer, refused + 1)
        self._refused[peer] = min(refused, before)
        first = min([has.next_index, *(request.prev_log_index + 1 for request in sent)])
        if has.next_index > knew and first == has.next_index:
            return f"{peer} refused, and its nextIndex rose from {knew} to {has.next_index}."
        if has.match_index < refused < before:
            self._sent.pop(peer, None)
            if first > refused and knew > refused:
                return (
                    f"{peer} refused what follows entry {refused}, and its nextIndex is "
                    f"still {has.next_index}."
                )
        return ""


def older_term(step: Step) -> int:
    """The term of a message that is of an older one than the server's; else 0."""
    term = getattr(step.event, "term", 0)
    return term if term < step.before.standing.current_term else 0
