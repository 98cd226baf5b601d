"""Wrong answers about clients that must find a leader, and leaders that must reach a majority (§8).

A server that does not lead names the leader; a leader waits for no single follower.
"""

from raftkit.course.wrong_answer import (
    CLIENTS_ARE_ANSWERED,
    COMMANDS_COMMITTED,
    LINEARIZABILITY,
    WrongAnswers,
    breaks,
    thinking,
)
from raftkit.protocol import (
    AppendEntriesRequest,
    AppendEntriesResponse,
    ClientRequest,
    ClientResponse,
    Effects,
    Event,
    Server,
)
from raftkit.protocol.roles import LEADER

WRONG = WrongAnswers()
wrong = WRONG.answer

SUITE = "raftkit small world"


# Finding the leader -----------------------------------------------------------------------


@wrong("C44", SUITE, CLIENTS_ARE_ANSWERED, case="who leads")
@thinking("If I know no other leader, the client had best come back to me.")
@breaks("A server that does not lead names the leader it has heard of (§8).")
class SendsToItself(Server):
    """Its clients ask it again and again, as fast as the network allows, and no other server."""

    def redirect_client(self, request: ClientRequest) -> None:
        self.effects.replies += (
            ClientResponse(self.id, request.source, request.serial, False, leader_hint=self.id),
        )


@wrong("C45", SUITE, CLIENTS_ARE_ANSWERED, case="who leads")
@thinking("I remember the leader from the first time that I heard of it.")
@breaks("A follower names the leader that it has heard of last (§8).")
class RemembersTheFirstLeader(Server):
    """When the first leader is gone, only clients that find the new one by luck are answered."""

    _first: str | None = None

    def handle(self, event: Event) -> Effects:
        if isinstance(event, AppendEntriesRequest) and self._first is None:
            self._first = event.source
        return super().handle(event)

    def redirect_client(self, request: ClientRequest) -> None:
        self.leader_id = self._first
        super().redirect_client(request)


@wrong("C46", SUITE, CLIENTS_ARE_ANSWERED, case="who leads")
@thinking("I do not lead, so that request is none of my business.")
@breaks("A server that does not lead refuses a client and names the leader (§8).")
class SaysNothing(Server):
    """Each wrong guess costs a client a whole timeout."""

    def redirect_client(self, request: ClientRequest) -> None:
        return None


@wrong("C47", SUITE, LINEARIZABILITY, case="who leads")
@thinking("The request has arrived, so I confirm that.")
@breaks("A server that does not lead refuses a client (§8).")
class ConfirmsReceipt(Server):
    """To a client an answer means that its command is done; here no server has even stored it."""

    def redirect_client(self, request: ClientRequest) -> None:
        self.effects.replies += (ClientResponse(self.id, request.source, request.serial, True),)


# Reaching a majority ----------------------------------------------------------------------


@wrong("T9d", "raftkit clients", COMMANDS_COMMITTED, case="A dead server holds up no client")
@thinking("I send to one server, wait for its answer, and go on with the next.")
@breaks("AppendEntries are issued in parallel to all other servers (§5.3; Figure 2, Leaders).")
class OneAfterTheOther(Server):
    """A blocking remote call: a server that is down stops all servers after it in the line."""

    _line: tuple[str, ...] = ()
    _busy_with: str | None = None

    def become_leader(self) -> None:
        self._line, self._busy_with = (), None
        super().become_leader()

    def send_append_entries(self, peer: str) -> None:
        if self._busy_with in (None, peer):
            self._busy_with = peer
            super().send_append_entries(peer)
        elif peer not in self._line:
            self._line = (*self._line, peer)

    def handle(self, event: Event) -> Effects:
        if isinstance(event, AppendEntriesResponse) and event.source == self._busy_with:
            self._busy_with = None
            effects = super().handle(event)
            if self.standing.role == LEADER and self._line and self._busy_with is None:
                following, *rest = self._line
                self._line = tuple(rest)
                self.send_append_entries(following)
            return effects
        return super().handle(event)
