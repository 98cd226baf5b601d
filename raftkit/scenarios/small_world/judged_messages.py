"""`MessageJudge`: what a server sends to other servers, beside what it should.

Answers must say what the reference's say, in the fields that matter. A candidate may ask again,
and a leader may send what it likes and when, as long as it is a piece of its log; but all must hear
of it when it wins and at each heartbeat, and entries must be sent by then. What clients are told is
judged in judged_clients.py.
"""

from collections.abc import Iterator

from raftkit.protocol import (
    AppendEntriesRequest,
    AppendEntriesResponse,
    Log,
    Progress,
    ServerState,
    TimerFired,
)
from raftkit.protocol.messages import HEARTBEAT
from raftkit.protocol.roles import LEADER
from raftkit.scenarios.scenario import terms_of
from raftkit.scenarios.small_world.complaint import (
    BEATING,
    PROGRESS,
    SENDING,
    Complaint,
)
from raftkit.scenarios.small_world.judged_answers import (
    entries_in_words,
    judged_answers,
    judged_candidates,
    judged_votes,
)
from raftkit.scenarios.small_world.judged_clients import ClientJudge
from raftkit.scenarios.small_world.stories import Step, Story
from raftkit.scenarios.small_world.taken_steps import TakenStep

_PIECE = (
    "A request names an entry of the leader's log and holds the entries that follow "
    "it, settings.batch at most (§5.3; Figure 2, AppendEntries)."
)
_ADDRESSED = "A request comes from the leader itself, and goes to a server of the cluster (§5.1)."
_KEPT = (
    "A leader keeps nextIndex and matchIndex for each follower: a success raises "
    "both, a refusal lowers nextIndex, to what is not acknowledged (Figure 2, "
    "Leaders)."
)
_OLD = "What is of an older term changes and sends nothing (§5.1)."


class MessageJudge:
    """Judges the messages of one story's steps, in their order."""

    def __init__(self, story: Story) -> None:
        self._batch = story.world.settings.batch
        self._id, self._peers = story.world.id, story.world.peers
        self.alone = not self._peers
        self._sent_up_to: dict[str, int] = {}
        self._end_at_win = 0
        self._refused: set[str] = set()
        self._next: dict[str, int] = {}  # of the server itself
        self._clients = ClientJudge()

    def complaints(self, step: Step, taken: TakenStep, same_state: bool) -> Iterator[Complaint]:
        """What is wrong with what was said in a step."""
        yield from judged_votes(step, taken)
        yield from judged_answers(step, taken)
        if same_state:
            yield from judged_candidates(step, taken, self._id, self._peers)
            yield from self._of_leaders(step, taken)
            yield from self._clients.complaints(step, taken)

    # A leader ------------------------------------------------------------------------------

    def _of_leaders(self, step: Step, taken: TakenStep) -> Iterator[Complaint]:
        """What is wrong with a leader's requests, and with what it knows of its followers."""
        before, after = step.before, step.after
        requests = taken.sent(AppendEntriesRequest)
        if after.standing.role != LEADER:
            if requests:
                text = f"It sent AppendEntries to {requests[0].target}, and does not lead."
                yield Complaint(SENDING, text, "Only leaders send AppendEntries (§5.2).")
            return
        won = before.standing.role != LEADER
        if won:
            self._end_at_win = before.log.last_index
            self._sent_up_to, self._next = {}, {}
            self._refused = set()
        matches = dict(zip(self._peers, (p.match_index for p in after.progress), strict=True))
        for request in requests:
            if request.source != self._id or request.target not in matches:
                yield Complaint(SENDING, f"It is {self._id}, and sent {request}.", _ADDRESSED)
                return
            yield from self._of_request(step, request, matches[request.target])
        if won or step.event == TimerFired(HEARTBEAT):
            yield from self._of_broadcast(step, requests)
        elif requests and (term := _older_term(step)):
            text = f"It sent {requests[0]}, because of a message of term {term}."
            yield Complaint(PROGRESS, text, _OLD)
        yield from self._of_progress(step, taken.state)

    def _of_request(
        self, step: Step, request: AppendEntriesRequest, match: int
    ) -> Iterator[Complaint]:
        before, after = step.before, step.after
        if not _is_piece(after.log, request, self._batch):
            yield Complaint(
                SENDING, f"It leads with {entries_in_words(after.log)}, and sent {request}.", _PIECE
            )
        elif request.term != after.standing.current_term or not (
            before.commit_index <= request.leader_commit <= after.commit_index
        ):
            text = (
                f"It sent {request}; its term is {after.standing.current_term} and its "
                f"commitIndex {after.commit_index}."
            )
            yield Complaint(
                SENDING,
                text,
                "A request carries the leader's term and commitIndex (Figure 2, AppendEntries).",
            )
        elif request.prev_log_index < match and request.entries:
            text = (
                f"{request.target} had acknowledged everything up to entry {match}, and was sent "
                f"entry {request.prev_log_index + 1} again."
            )
            yield Complaint(PROGRESS, text, _KEPT)
        end = request.prev_log_index + len(request.entries)
        self._sent_up_to[request.target] = max(self._sent_up_to.get(request.target, 0), end)

    def _of_broadcast(
        self, step: Step, requests: tuple[AppendEntriesRequest, ...]
    ) -> Iterator[Complaint]:
        """All hear of the leader, and by each heartbeat they were sent what is new."""
        told = {request.target for request in requests}
        if not told >= set(self._peers):
            missing = ", ".join(peer for peer in self._peers if peer not in told)
            why = (
                "A leader sends AppendEntries to every server, at once and with each heartbeat, "
                "whether it answers or not (Figure 2, Leaders; §5.3)."
            )
            yield Complaint(BEATING, f"It sent nothing to {missing}.", why)
            return
        last = step.after.log.last_index
        if step.event != TimerFired(HEARTBEAT) or last == self._end_at_win:
            return
        due = self._end_at_win + 1
        for peer in self._peers:
            if peer not in self._refused and self._sent_up_to.get(peer, 0) < due:
                text = f"{peer} was never sent entry {due} of its log, {terms_of(step.after.log)}."
                why = (
                    "If the last index is nextIndex or more, the entries from there on are sent "
                    "(Figure 2, Leaders)."
                )
                yield Complaint(SENDING, text, why)
                return

    def _of_progress(self, step: Step, state: ServerState) -> Iterator[Complaint]:
        found, expected = state.progress, step.after.progress
        if len(found) != len(expected):
            text = f"observe told of {len(found)} followers; expected {len(expected)}."
            yield Complaint(PROGRESS, text, _KEPT)
            return
        for peer, has, must in zip(self._peers, found, expected, strict=True):
            fault, knew = self._fault_in(peer, step, has, must), self._next.get(peer)
            self._next[peer] = has.next_index
            if fault:
                yield Complaint(PROGRESS, fault, _KEPT)
                return
            if knew not in (None, has.next_index) and _older_term(step):
                text = f"{peer}'s nextIndex was {knew}, and is {has.next_index} now."
                yield Complaint(PROGRESS, text, _OLD)
                return

    def _fault_in(self, peer: str, step: Step, has: Progress, must: Progress) -> str:
        """What is wrong with what a leader knows of a follower, in a sentence."""
        if has.match_index != must.match_index:
            return f"{peer}'s matchIndex is {has.match_index}; expected {must.match_index}."
        most = step.after.log.last_index + 1
        if not must.match_index < has.next_index <= most:
            return (
                f"{peer}'s nextIndex is {has.next_index}; its matchIndex is {must.match_index}, "
                f"and the log ends at {most - 1}."
            )
        event, knew = step.event, self._next.get(peer)
        if isinstance(event, AppendEntriesResponse) and event.source == peer:
            refused = event.prev_log_index
            self._refused |= set() if event.success else {peer}
            current = event.term == step.after.standing.current_term and not event.success
            if current and knew is not None and has.next_index > knew:
                return f"{peer} refused, and its nextIndex rose from {knew} to {has.next_index}."
            if current and knew == refused + 1 and refused > must.match_index:
                if has.next_index > refused:
                    return (
                        f"{peer} refused what follows entry {refused}, and its nextIndex is "
                        f"still {has.next_index}."
                    )
        return ""


def _older_term(step: Step) -> int:
    """The term of a message that is of an older one than the server's; else 0."""
    term = getattr(step.event, "term", 0)
    return term if term < step.before.standing.current_term else 0


def _is_piece(log: Log, sent: AppendEntriesRequest, batch: int) -> bool:
    """Whether the entries stand in `log` just behind the entry that the request names."""
    before, count = sent.prev_log_index, len(sent.entries)
    if not 0 <= before <= log.last_index or log.term_at(before) != sent.prev_log_term:
        return False
    here = log.entries(before + 1, before + count) if count else ()
    return count <= batch and here == tuple(sent.entries)
