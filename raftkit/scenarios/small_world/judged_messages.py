"""`MessageJudge`: what a server sends to other servers, beside what it should.

Answers must say what the reference's say, in the fields that matter. A candidate may ask again,
and a leader may send what it likes and when, as long as it is a piece of its log; but all must hear
of it when it wins and at each heartbeat, and entries must be sent by then. What it makes of
answers is judged in judged_progress.py, what clients are told in judged_clients.py.
"""

from collections.abc import Iterator
from copy import copy

from raftkit.protocol import (
    AppendEntriesRequest,
    AppendEntriesResponse,
    Log,
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
from raftkit.scenarios.small_world.judged_progress import KEPT, OLD, ProgressJudge, older_term
from raftkit.scenarios.small_world.stories import Step, World
from raftkit.scenarios.small_world.taken_steps import TakenStep

Requests = tuple[AppendEntriesRequest, ...]

_PIECE = (
    "A request names an entry of the leader's log and holds the entries that follow "
    "it, settings.batch at most (§5.3; Figure 2, AppendEntries)."
)
_ADDRESSED = "A request comes from the leader itself, and goes to a server of the cluster (§5.1)."
_PUT_OFF = (
    "A leader that is always busy sends no heartbeat, so what puts it off does its work: it begins "
    "at nextIndex, or where the last request ended, and carries entries (Figure 2, Leaders)."
)
_NO_NEWS = (
    "A leader repeats to a follower what that follower lacks; if each answer made requests to all, "
    "they would grow to a flood (§5.3)."
)


class MessageJudge:
    """Judges the messages of one story's steps, in their order."""

    def __init__(self, world: World) -> None:
        self._batch = world.settings.batch
        self._id, self._peers = world.id, world.peers
        self.alone = not self._peers
        self._sent_up_to: dict[str, int] = {}
        self._end_at_win = 0
        self._refused: set[str] = set()
        self._progress = ProgressJudge(self._peers)
        self._clients = ClientJudge()

    def twin(self) -> "MessageJudge":
        """A judge who has seen the same."""
        made = copy(self)
        made._sent_up_to, made._refused = self._sent_up_to.copy(), self._refused.copy()
        made._progress, made._clients = self._progress.twin(), self._clients.twin()
        return made

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
            self._sent_up_to, self._refused = {}, set()
        matches = dict(zip(self._peers, (p.match_index for p in after.progress), strict=True))
        for request in requests:
            if request.source != self._id or request.target not in matches:
                yield Complaint(SENDING, f"It is {self._id}, and sent {request}.", _ADDRESSED)
                return
            yield from self._of_request(step, request, matches[request.target])
        yield from self._of_occasion(step, requests, matches, taken.timer(HEARTBEAT) == "restart")
        event = step.event
        if isinstance(event, AppendEntriesResponse) and not event.success:
            self._refused.add(event.source)
        yield from self._progress.complaints(step, taken.state, requests)

    def _of_occasion(
        self, step: Step, requests: Requests, matches: dict[str, int], beats: bool
    ) -> Iterator[Complaint]:
        """Whether this is a reason to send anything, or to send to all; `beats` is of the timer."""
        event = step.event
        if step.before.standing.role != LEADER or event == TimerFired(HEARTBEAT):
            yield from self._of_broadcast(step, requests)
        elif requests and (term := older_term(step)):
            text = f"It sent {requests[0]}, because of a message of term {term}."
            yield Complaint(PROGRESS, text, OLD)
        elif beats:
            yield from self._of_putting_off(step, requests, matches)
        if isinstance(event, AppendEntriesResponse):
            yield from _of_answering(step, event, requests)

    def _of_putting_off(
        self, step: Step, requests: Requests, matches: dict[str, int]
    ) -> Iterator[Complaint]:
        """Requests in place of heartbeats do what heartbeats do: they leave no gap."""
        last = step.after.log.last_index
        for peer in self._peers:
            # What this very step's answer acknowledges is known, too.
            known = max(self._progress.known(peer, last), matches[peer])
            sent = [request for request in requests if request.target == peer]
            if sent and not any(_goes_on(request, known, last) for request in sent):
                text = (
                    f"It put off its heartbeats, and sent {sent[0]}; its log ends at {last}, and "
                    f"{peer} was sent nothing after entry {known}, or has refused it."
                )
                yield Complaint(SENDING, text, _PUT_OFF)
                return

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
            yield Complaint(PROGRESS, text, KEPT)
        end = request.prev_log_index + len(request.entries)
        self._sent_up_to[request.target] = max(self._sent_up_to.get(request.target, 0), end)

    def _of_broadcast(self, step: Step, requests: Requests) -> Iterator[Complaint]:
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


def _goes_on(sent: AppendEntriesRequest, known: int, last: int) -> bool:
    """Whether a request carries what comes after the known entries, if anything does."""
    return sent.prev_log_index <= known and bool(sent.entries or sent.prev_log_index == last)


def _of_answering(
    step: Step, event: AppendEntriesResponse, requests: Requests
) -> Iterator[Complaint]:
    """An answer is news to all only if it commits something."""
    others = [request for request in requests if request.target != event.source]
    if others and step.after.commit_index == step.before.commit_index:
        text = f"{event.source} answered, nothing was committed, and it sent {others[0]}."
        yield Complaint(PROGRESS, text, _NO_NEWS)


def _is_piece(log: Log, sent: AppendEntriesRequest, batch: int) -> bool:
    """Whether the entries stand in `log` just behind the entry that the request names."""
    before, count = sent.prev_log_index, len(sent.entries)
    if not 0 <= before <= log.last_index or log.term_at(before) != sent.prev_log_term:
        return False
    here = log.entries(before + 1, before + count) if count else ()
    return count <= batch and here == tuple(sent.entries)
