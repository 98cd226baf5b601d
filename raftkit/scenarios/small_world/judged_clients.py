"""`ClientJudge`: what a server tells clients, beside what it should (§5.3, §8).

Who took a command answers it when its entry is applied, or with the next event; who leads no more
may tell its clients so, once; whoever does not lead names the leader.
"""

from collections.abc import Iterator

from raftkit.protocol import ClientRequest, ClientResponse, Reply
from raftkit.protocol.roles import LEADER
from raftkit.scenarios.small_world.complaint import CLIENTS, NAMING, Complaint
from raftkit.scenarios.small_world.living import RESTART
from raftkit.scenarios.small_world.stories import Step
from raftkit.scenarios.small_world.taken_steps import TakenStep

_ANSWERED = (
    "A client is answered once, by the server that took its command, when its entry "
    "is applied (§5.3, §8)."
)


class ClientJudge:
    """Judges what the clients of one story are told, step by step."""

    def __init__(self) -> None:
        self._owed: dict[tuple[str, int], int] = {}  # indexes of the step before, by client
        self._taken: dict[tuple[str, int], int] = {}  # its term, by who was told nothing yet

    def twin(self) -> "ClientJudge":
        """A judge who has seen the same."""
        made = ClientJudge()
        made._owed, made._taken = self._owed.copy(), self._taken.copy()
        return made

    def complaints(self, step: Step, taken: TakenStep) -> Iterator[Complaint]:
        """What is wrong with what clients were told in a step."""
        event = step.event
        if isinstance(event, ClientRequest):
            if step.after.standing.role != LEADER:
                yield from self._of_redirection(step, event, taken)
                return
            self._taken[event.source, event.serial] = step.after.standing.current_term
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
        expected = {_client_of(r): r.index for r in step.effects.replies if isinstance(r, Reply)}
        due, self._owed = (
            self._owed,
            {client: index for client, index in expected.items() if client not in found},
        )
        if step.event == RESTART:
            return
        allowed = {**self._late(step), **due, **expected}
        wrong = [client for client in found if client not in allowed]
        for client in found:
            self._taken.pop(client, None)  # It is told nothing else.
        misplaced = [
            reply
            for reply in taken.replies
            if isinstance(reply, Reply) and allowed.get(_client_of(reply)) != reply.index
        ]
        if wrong or misplaced or due.keys() - set(found) or len(set(found)) != len(found):
            must = ", ".join(
                f"{client} ({serial})" for client, serial in sorted({**due, **expected})
            )
            has = ", ".join(map(str, taken.replies)) or "nothing"
            text = f"Clients were told {has}; expected an answer to {must or 'nobody'}."
            yield Complaint(CLIENTS, text, _ANSWERED)

    def _gives_up(self, client: tuple[str, int], step: Step) -> bool:
        """Whether a leader whose term is over may tell a client so, whose answer that then is."""
        term = self._taken.get(client, step.after.standing.current_term)
        leads = step.after.standing.role == LEADER and step.after.standing.current_term == term
        return not leads and self._taken.pop(client, None) is not None

    def _late(self, step: Step) -> dict[tuple[str, int], int]:
        """Whose command a deposed leader may still call done, because it is applied, and where."""
        applied = [((entry.client, entry.serial), index) for index, entry in step.effects.applied]
        return {client: index for client, index in applied if client in self._taken}

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
