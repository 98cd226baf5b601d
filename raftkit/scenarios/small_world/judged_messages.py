"""`MessageJudge`: what a server sends to other servers and to clients, beside what it should.

Answers must say what the reference's say, in the fields that matter. A candidate may ask again,
and a leader may send what it likes and when, as long as it is a piece of its log; but all must hear
of it when it wins and at each heartbeat, and entries must be sent by then.
"""

from collections.abc import Iterator

from raftkit.protocol import (
    AppendEntriesRequest,
    AppendEntriesResponse,
    ClientRequest,
    ClientResponse,
    Log,
    Progress,
    Reply,
    ServerState,
    TimerFired,
)
from raftkit.protocol.messages import HEARTBEAT
from raftkit.protocol.roles import LEADER
from raftkit.scenarios.scenario import terms_of
from raftkit.scenarios.small_world.complaint import (
    BEATING,
    CLIENTS,
    NAMING,
    PROGRESS,
    SENDING,
    Complaint,
)
from raftkit.scenarios.small_world.events import RESTART
from raftkit.scenarios.small_world.judged_answers import (
    entries_in_words,
    judged_answers,
    judged_candidates,
    judged_votes,
)
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
_ANSWERED = (
    "A client is answered once, by the server that took its command, when its entry "
    "is applied (§5.3, §8)."
)


class MessageJudge:
    """Judges the messages of one story's steps, in their order."""

    def __init__(self, story: Story) -> None:
        self._batch = story.world.settings.batch
        self._id, self._peers = story.world.id, story.world.peers
        self.alone = not self._peers
        self._sent_up_to: dict[str, int] = {}
        self._end_at_win = 0
        self._refused: set[str] = set()
        self._owed: set[tuple[str, int]] = set()  # replies of the step before
        self._next: dict[str, int] = {}  # of the server itself
        self._taken: dict[tuple[str, int], tuple[int, int]] = {}

    def complaints(self, step: Step, taken: TakenStep, same_state: bool) -> Iterator[Complaint]:
        """What is wrong with what was said in a step."""
        yield from judged_votes(step, taken)
        yield from judged_answers(step, taken)
        if same_state:
            yield from judged_candidates(step, taken, self._id, self._peers)
            yield from self._of_leaders(step, taken)
            yield from self._of_clients(step, taken)

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
            fault = self._fault_in(peer, step, has, must)
            self._next[peer] = has.next_index
            if fault:
                yield Complaint(PROGRESS, fault, _KEPT)
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
        event = step.event
        if isinstance(event, AppendEntriesResponse) and event.source == peer:
            refused = event.prev_log_index
            self._refused |= set() if event.success else {peer}
            current = event.term == step.after.standing.current_term and not event.success
            if current and self._next.get(peer) == refused + 1 and refused > must.match_index:
                if has.next_index > refused:
                    return (
                        f"{peer} refused what follows entry {refused}, and its nextIndex is "
                        f"still {has.next_index}."
                    )
        return ""

    # Clients -------------------------------------------------------------------------------

    def _of_clients(self, step: Step, taken: TakenStep) -> Iterator[Complaint]:
        event = step.event
        if isinstance(event, ClientRequest):
            if step.after.standing.role != LEADER:
                yield from self._of_redirection(step, event, taken)
                return
            place = step.after.log.last_index, step.after.log.last_term
            self._taken[event.source, event.serial] = place
        yield from self._of_answered(step, taken)
        for reply in taken.replies:
            if isinstance(reply, ClientResponse) and not reply.ok:
                right = self._gives_up(_client_of(reply), step)
                if not right or reply.leader_hint not in (None, step.leader):
                    yield Complaint(CLIENTS, f"It told {reply.target} {reply}.", _ANSWERED)

    def _of_answered(self, step: Step, taken: TakenStep) -> Iterator[Complaint]:
        """Who was told that a command is done. With the next event is early enough."""
        if not (taken.replies or step.effects.replies or self._owed):
            return
        found = [_client_of(reply) for reply in taken.replies if _says_done(reply)]
        expected = {_client_of(reply) for reply in step.effects.replies if isinstance(reply, Reply)}
        due, self._owed = self._owed, expected - set(found)
        if step.event == RESTART:
            return
        allowed = [*expected, *due, *self._late(step)]
        wrong = [client for client in found if client not in allowed]
        indexes = {
            _client_of(reply): reply.index
            for reply in step.effects.replies
            if isinstance(reply, Reply)
        }
        misplaced = [
            reply
            for reply in taken.replies
            if isinstance(reply, Reply)
            and indexes.get(_client_of(reply), reply.index) != reply.index
        ]
        if wrong or misplaced or due - set(found) or len(set(found)) != len(found):
            must = ", ".join(f"{client} ({serial})" for client, serial in sorted(expected | due))
            has = ", ".join(map(str, taken.replies)) or "nothing"
            text = f"Clients were told {has}; expected an answer to {must or 'nobody'}."
            yield Complaint(CLIENTS, text, _ANSWERED)

    def _gives_up(self, client: tuple[str, int], step: Step) -> bool:
        """Whether a leader whose term is over may tell a client so, whose answer that then is."""
        _, term = self._taken.get(client, (0, step.after.standing.current_term))
        leads = step.after.standing.role == LEADER and step.after.standing.current_term == term
        return not leads and self._taken.pop(client, None) is not None

    def _late(self, step: Step) -> Iterator[tuple[str, int]]:
        """Whose command a deposed leader may still call done: its very entry is applied."""
        applied = {(index, entry.term) for index, entry in step.effects.applied}
        for client, place in self._taken.items():
            if place in applied:
                yield client

    def _of_redirection(
        self, step: Step, event: ClientRequest, taken: TakenStep
    ) -> Iterator[Complaint]:
        """A server that does not lead says so, and whom it takes for the leader."""
        answers = [
            reply
            for reply in taken.replies
            if isinstance(reply, ClientResponse)
            and (reply.target, reply.serial, reply.ok) == (event.source, event.serial, False)
        ]
        why = (
            "A server that does not lead refuses a client's command and names the leader "
            "that it has heard of in this term, or None (§8)."
        )
        if (
            len(answers) != 1
            or len([r for r in taken.replies if _client_of(r) not in self._owed]) != 1
        ):
            has = ", ".join(map(str, taken.replies)) or "nothing"
            yield Complaint(NAMING, f"It does not lead, and told {event.source} {has}.", why)
            return
        hint, known = answers[0].leader_hint, step.leader
        if hint != known:
            text = f"It named {hint or 'nobody'} as the leader; expected {known or 'nobody'}."
            yield Complaint(NAMING, text, why)


def _client_of(reply: Reply | ClientResponse) -> tuple[str, int]:
    """Whom a reply is for: the client, and the serial of its command."""
    return (reply.client if isinstance(reply, Reply) else reply.target), reply.serial


def _says_done(reply: Reply | ClientResponse) -> bool:
    return isinstance(reply, Reply) or reply.ok


def _is_piece(log: Log, sent: AppendEntriesRequest, batch: int) -> bool:
    """Whether the entries stand in `log` just behind the entry that the request names."""
    before, count = sent.prev_log_index, len(sent.entries)
    if not 0 <= before <= log.last_index or log.term_at(before) != sent.prev_log_term:
        return False
    here = log.entries(before + 1, before + count) if count else ()
    return count <= batch and here == tuple(sent.entries)
