"""`Clients`: the clients of a watched cluster at work: what they ask, are told, and wait for.

It judges answers as a client's user would, from outside, and knows nothing of
servers but their names. Times are in milliseconds, unless a name says otherwise.
"""

from collections.abc import Generator, Iterator
from typing import TYPE_CHECKING, Any

from raftkit.protocol import ClientRequest, ClientResponse
from raftkit.protocol.record import record
from raftkit.scenarios.tasks import Tasks
from raftkit.scenarios.watched_cluster import Task, WatchedCluster
from raftkit.simulator import Ask, Partition, Step
from raftkit.simulator.action_effects import take_effect
from raftkit.simulator.client_calls import Answered
from raftkit.simulator.clients import RETRY
from raftkit.simulator.number_arguments import MILLISECOND

if TYPE_CHECKING:
    from raftkit.simulator.simulation import Simulation

LOOK_EVERY_MS = 5
# Their clients ask all servers again so soon; ours alone would wait for 400 ms, and ask one.
NAG_AFTER_MS = 100
# Theirs wait five seconds for a test of a few commands; so does a user here for one answer.
PATIENCE_MS = 5_000

Key = tuple[str, int]


@record
class Nag:
    """Let a client send the command under way, if any, to one server after the other, at once."""

    client: str
    servers: int


@take_effect.register(Nag)
def _nag(action: Nag, simulation: "Simulation") -> None:
    """Each time its patience ends, a client tries the next server of its circle."""
    host = simulation.hosts[action.client]
    for _ in range(action.servers):
        if host.deadline(RETRY) is not None:
            host.fire(RETRY)


class Clients:
    """The clients of `cluster`, whose calls are read from its history as it grows."""

    def __init__(self, cluster: WatchedCluster) -> None:
        self.cluster = cluster
        self.names = cluster.cluster.clients
        # In the order of the first sending; a call and its answer are matched by the serial.
        self._calls: dict[Key, Answered] = {}
        self._asked = dict.fromkeys(self.names, 0)
        self._read = 0

    # Asking ----------------------------------------------------------------------------

    def ask(self, client: str, command: str) -> Key:
        """Let a client ask for a command; the key of its call."""
        self._asked[client] += 1
        self.cluster.do(Ask(client, command))
        return client, self._asked[client]

    def answer(self, client: str, command: str, within_ms: int = PATIENCE_MS) -> str | None:
        """Ask, and wait for the answer; fails if it does not come in time."""
        return self.all_answers([self.ask(client, command)], within_ms)[0]

    def all_answers(self, keys: list[Key], within_ms: int = PATIENCE_MS) -> list[str | None]:
        """The answers to calls, all waited for; fails if one does not come in time."""
        end = self.cluster.now_ms + within_ms
        tasks = Tasks(self.cluster)
        for key in keys:
            tasks.start(self._waiting(key))
        while tasks.waiting:
            late = [client for client, serial in keys if not self.is_answered((client, serial))]
            self.cluster.expect(
                self.cluster.now_ms < end,
                f"{', '.join(late)} waited {within_ms:,} ms for an answer, in vain.",
            )
            tasks.run(LOOK_EVERY_MS)
        return [self._calls[key].result for key in keys]

    def expect_answer(self, client: str, command: str, expected: str | None) -> None:
        """Ask, wait, and fail unless the answer is `expected`."""
        told = self.answer(client, command)
        self.cluster.expect(
            told == expected, f"{client} asked for {command} and was told {told!r}, "
            f"expected {expected!r}."
        )  # fmt: skip

    def work(self, client: str, commands: Iterator[str], pause_ms: float = 0) -> Task:
        """A task: a client asks for one command after the other, with a pause after each answer."""
        for command in commands:
            yield from self._waiting(self.ask(client, command))
            yield pause_ms
        return None

    def _waiting(self, key: Key) -> Generator[float, None, None]:
        """Wait for the answer to a call, with less and less patience."""
        nag = self.cluster.now_ms + NAG_AFTER_MS
        while not self.is_answered(key):
            if self.cluster.now_ms >= nag:
                # Not in the simulator's list of faults: it is the scenario's own.
                nagging: Any = Nag(key[0], len(self.cluster.servers))
                self.cluster.do(nagging)
                nag += NAG_AFTER_MS
            yield LOOK_EVERY_MS

    def all_work(self, commands: dict[str, Iterator[str]], pause_ms: float = 0) -> Tasks:
        """Every client of `commands` at work on its own; time passes in the tasks that return."""
        tasks = Tasks(self.cluster)
        for client, own in commands.items():
            tasks.start(self.work(client, own, pause_ms))
        return tasks

    # Being told ------------------------------------------------------------------------

    def is_answered(self, key: Key) -> bool:
        """Whether a call has its answer by now."""
        self._read_on()
        call = self._calls.get(key)
        return call is not None and call.returned is not None

    def calls(self) -> list[Answered]:
        """Every call that has been sent so far, answered or not."""
        self._read_on()
        return list(self._calls.values())

    def longest_wait_ms(self) -> float:
        """The longest that a client has waited for an answer, or is still waiting."""
        now = int(self.cluster.now_ms * MILLISECOND)
        waits = [(call.returned or now) - call.invoked for call in self.calls()]
        return max(waits, default=0) / MILLISECOND

    def expect_short_waits(self, at_most_ms: int) -> None:
        """Fail if a client has waited longer than `at_most_ms` for an answer."""
        longest = self.longest_wait_ms()
        self.cluster.expect(
            longest <= at_most_ms,
            f"a client waited {longest:,.0f} ms for an answer, at most {at_most_ms:,} ms are fair.",
        )

    def expect_own_appends(self) -> None:
        """Fail unless each client, alone at its key, was told all its appends, each once."""
        texts = dict.fromkeys(self.names, "")
        for call in self.calls():
            if call.returned is None:
                continue
            texts[call.client] += call.command.partition("+=")[2]
            self.cluster.expect(
                call.result == texts[call.client],
                f"{call.client}, alone at its key, was told …{(call.result or 'nothing')[-12:]} "
                f"after {call.command}, expected …{texts[call.client][-12:]}.",
            )

    # Cutting ---------------------------------------------------------------------------

    def partition(self, *group: str) -> None:
        """Mend every link, then cut these servers and clients off from all the others."""
        everybody = (*self.cluster.servers, *self.names)
        rest = tuple(name for name in everybody if name not in group)
        self.cluster.cluster.heal()
        self.cluster.do(Partition((group, rest)))

    def heal(self) -> None:
        """Mend every link."""
        self.cluster.cluster.heal()

    # Reading ---------------------------------------------------------------------------

    def _read_on(self) -> None:
        """Take in what has happened since the last look."""
        records = self.cluster.cluster.history.records
        for entry in records[self._read :]:
            if type(entry) is Step and entry.process in self._asked:
                self._take(entry)
        self._read = len(records)

    def _take(self, step: Step) -> None:
        """Note what a client has sent, and what it was told."""
        event = step.event
        if isinstance(event, ClientResponse) and event.ok:
            key = (event.target, event.serial)
            call = self._calls.get(key)
            if call is not None and call.returned is None:
                self._calls[key] = Answered(*key, call.command, call.invoked, step.time,
                                            event.result)  # fmt: skip
        for sent in step.effects.messages:
            if isinstance(sent, ClientRequest):
                key = (sent.source, sent.serial)
                self._calls.setdefault(key, Answered(*key, sent.command, step.time, None, None))
