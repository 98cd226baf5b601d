"""`WatchedCluster`: a checked cluster with what a scenario asks of it.

Agreement on a command, one leader, servers cut off and connected again. It
watches what each server applies and who leads, independently of Figure 3's
checkers, so that it also judges a server that shows less than ours.
"""

from collections.abc import Generator
from typing import NoReturn

from raftkit.checkers.cluster import Cluster
from raftkit.checkers.raised_errors import raised_in_words
from raftkit.protocol import Entry, ServerState
from raftkit.protocol.roles import LEADER
from raftkit.scenarios.scenario import ScenarioFailed
from raftkit.simulator import Action, Mend, Partition, Started, Step

# A task of a scenario: it yields how long it waits, in milliseconds, and may return a log index.
Task = Generator[float, None, int | None]

LOOK_EVERY_MS = 5
# Three times what any scenario needs with the reference: so many at first, so many more a
# millisecond, and so many in all.
STEPS_AT_FIRST = 15_000
STEPS_PER_MS = 12
STEPS_AT_MOST = 100_000
LIMIT_MS = 120_000  # of virtual time in all
AGREE_WITHIN_MS = 10_000
COMMIT_WITHIN_MS = 2_000
ELECT_WITHIN_MS = 5_000
SAMPLE_EVERY_MS = 500


class WatchedCluster:
    """A cluster whose every run is watched."""

    def __init__(self, cluster: Cluster) -> None:
        self.cluster = cluster
        self.servers = cluster.servers
        # What the scenario has done to servers; the cluster itself knows links and processes.
        self.cut: set[str] = set()
        self.down: set[str] = set()
        self._read = 0
        self._turn = 0
        self._applied: dict[str, list[Entry]] = {server: [] for server in self.servers}
        # What the first server applied at each index: every other must apply the same.
        self._agreed: list[tuple[str, Entry]] = []
        self._leaders: dict[int, str] = {}

    # Time and verdicts -----------------------------------------------------------------

    @property
    def now_ms(self) -> float:
        """The virtual time, in milliseconds."""
        return self.cluster.now_ms

    def run(self, ms: float) -> None:
        """Let virtual time pass, and look at what happened every few milliseconds."""
        end = self.now_ms + ms
        # Less than half a microsecond is not time but the rounding of floats.
        while (left := end - self.now_ms) > 0.0005:
            try:
                self.cluster.run(min(left, LOOK_EVERY_MS))
            except Exception as error:
                self._raised(error)
            self.look()

    def look(self) -> None:
        """Read what has happened since the last look; fail if something broke."""
        if self.cluster.violations:
            broken = self.cluster.violations[0]
            self.fail(f"{broken.property} ({broken.section}) is broken: {broken.detail}")
        records = self.cluster.history.records
        for record in records[self._read :]:
            # A client is a process too, but has no log and leads nobody.
            if type(record) is Step and record.process in self._applied:
                self._watch(record)
        self._read = len(records)
        limit = min(STEPS_AT_FIRST + STEPS_PER_MS * int(self.now_ms), STEPS_AT_MOST)
        if len(records) > limit:
            self.fail(f"the servers took more than {limit:,} steps: a storm of messages.")
        if self.now_ms > LIMIT_MS:
            self.fail(f"the scenario takes more than {LIMIT_MS:,} ms of virtual time.")

    def expect(self, condition: object, sentence: str) -> None:
        """Fail with the virtual time and `sentence` unless `condition` holds."""
        if not condition:
            self.fail(sentence)

    def fail(self, sentence: str) -> NoReturn:
        """Fail the scenario, naming the virtual time."""
        raise ScenarioFailed(f"At {self.now_ms:,.0f} ms: {sentence}")

    def _raised(self, error: Exception) -> NoReturn:
        """An error in a server fails the scenario; the last step tells whose it is."""
        server = self.cluster.history.steps()[-1].process
        self.fail(f"{server} {raised_in_words(error)}")

    def _watch(self, step: Step) -> None:
        """Check a step for what a client could notice: what is applied, and who leads."""
        if type(step.event) is Started:
            self._applied[step.process] = []
        for index, entry in step.effects.applied:
            self._check_applied(step.process, index, entry)
        standing = step.state.standing
        if standing.role == LEADER:
            first = self._leaders.setdefault(standing.current_term, step.process)
            if first != step.process:
                self.fail(f"{first} and {step.process} both lead term {standing.current_term}.")

    def _check_applied(self, server: str, index: int, entry: Entry) -> None:
        """Compare an applied entry with what others applied at its index (§5.4.3)."""
        applied = self._applied[server]
        if index != len(applied) + 1:
            self.fail(f"{server} applied entry {index}, but entry {len(applied) + 1} was next.")
        applied.append(entry)
        if index > len(self._agreed):
            self._agreed.append((server, entry))
        other, agreed = self._agreed[index - 1]
        if agreed != entry:
            self.fail(
                f"at index {index}, {other} applied {agreed.command!r} "
                f"but {server} applied {entry.command!r}."
            )

    # Servers ---------------------------------------------------------------------------

    def usable(self) -> list[str]:
        """The servers that run and are not cut off."""
        return [server for server in self.servers if server not in self.cut | self.down]

    def state(self, server: str) -> ServerState:
        """What can be seen of a running server."""
        state = self.cluster.state(server)
        if state is None:
            self.fail(f"{server} is down.")
        return state

    def after(self, server: str, places: int = 1) -> str:
        """The server that comes `places` after `server` in the circle of all servers."""
        return self.servers[(self.servers.index(server) + places) % len(self.servers)]

    def cut_off(self, *servers: str) -> None:
        """Cut each of these servers off from every other."""
        for server in servers:
            rest = tuple(other for other in self.servers if other != server)
            self.do(Partition(((server,), rest)))
            self.cut.add(server)

    def connect(self, *servers: str) -> None:
        """Connect servers with every other that is not cut off."""
        self.cut -= set(servers)
        for server in servers:
            # A link to somebody who is cut off stays cut until that one is connected too.
            for other in self.servers:
                if other != server and other not in self.cut:
                    self.do(Mend(server, other))

    def crash(self, *servers: str) -> None:
        """Stop servers; they keep their disks."""
        for server in servers:
            self.cluster.crash(server)
            self.down.add(server)

    def restart(self, *servers: str) -> None:
        """Start servers from their disks; one that runs is crashed first."""
        for server in servers:
            if server not in self.down:
                self.cluster.crash(server)
            self.cluster.restart(server)
            self.down.discard(server)

    def do(self, *actions: Action) -> None:
        """Let faults happen now."""
        self.cluster.do(*actions)

    # Elections -------------------------------------------------------------------------

    def one_leader(self) -> str:
        """The leader among the usable servers, waited for; fails if none is elected in time."""
        end = self.now_ms + ELECT_WITHIN_MS
        while self.now_ms < end:
            self.run(SAMPLE_EVERY_MS)
            leaders = self._usable_leaders()
            if leaders:
                # Two leaders of different terms are right for a while; the later one is the
                # leader.
                return max(leaders, key=lambda server: self.state(server).standing.current_term)
        self.fail(
            f"expected a leader among {', '.join(self.usable())} within {ELECT_WITHIN_MS:,} ms; "
            "there is none."
        )

    def no_leader(self) -> None:
        """Fail if a usable server leads."""
        leaders = self._usable_leaders()
        self.expect(not leaders, f"{', '.join(leaders)} leads without a majority in reach.")

    def common_term(self) -> int:
        """The term of all usable servers; fails if they differ."""
        terms = {server: self.state(server).standing.current_term for server in self.usable()}
        self.expect(
            len(set(terms.values())) == 1, f"the servers do not agree on the term: {terms}."
        )
        return next(iter(terms.values()))

    def _usable_leaders(self) -> list[str]:
        """Who leads of those that run and are connected; cut off, an old leader may lead on."""
        return [server for server in self.usable() if self.state(server).standing.role == LEADER]

    # Agreement -------------------------------------------------------------------------

    def propose(self, server: str, command: str) -> int | None:
        """Hand a command to a server; its log index, None if refused."""
        try:
            index = self.cluster.propose(command, to=server)
        except Exception as error:
            self._raised(error)
        self.look()
        return index

    def propose_to_leader(self, server: str, command: str) -> int:
        """Hand a command to a server that must take it; its log index."""
        index = self.propose(server, command)
        if index is None:
            self.fail(f"{server} refused {command!r} although it leads.")
        return index

    def committed(self, index: int) -> tuple[int, str | None]:
        """How many servers have applied the entry at `index`, and its command."""
        count = sum(len(applied) >= index for applied in self._applied.values())
        return count, self._agreed[index - 1][1].command if count else None

    def none_committed(self, index: int) -> None:
        """Fail if a server has applied the entry at `index`."""
        count, command = self.committed(index)
        self.expect(
            count == 0, f"{count} servers applied {command!r} at {index} without a majority."
        )

    def wait_until_committed(self, index: int, servers: int) -> str:
        """Wait until so many servers have applied the entry at `index`; its command."""
        end = self.now_ms + AGREE_WITHIN_MS
        while self.now_ms < end:
            count, command = self.committed(index)
            if count >= servers and command is not None:
                return command
            self.run(LOOK_EVERY_MS)
        self.fail(f"expected {servers} servers to apply entry {index}; {count} did.")

    def agree(self, command: str, servers: int | None = None, retry: bool = True) -> int:
        """Have `servers` (all, without it) apply `command`, proposed anew if `retry`; its index."""
        task = self.agreeing(command, servers, retry)
        while True:
            try:
                self.run(next(task))
            except StopIteration as done:
                return int(done.value)

    def agreeing(
        self,
        command: str,
        servers: int | None = None,
        retry: bool = True,
        within_ms: int = AGREE_WITHIN_MS,
    ) -> Task:
        """`agree` as a task, so that several can go on at once."""
        wanted = len(self.servers) if servers is None else servers
        end = self.now_ms + within_ms
        index: int | None = None
        while self.now_ms < end:
            index = self._propose_somewhere(command)
            if index is None:
                yield 50
                continue
            give_up = self.now_ms + COMMIT_WITHIN_MS
            while self.now_ms < give_up:
                count, chosen = self.committed(index)
                if count >= wanted and chosen == command:
                    return index
                yield LOOK_EVERY_MS
            if not retry:
                break
        found = "no server in reach led" if index is None else "they did not"
        self.fail(f"expected {wanted} servers to apply {command!r} in time; {found}.")

    def _propose_somewhere(self, command: str) -> int | None:
        """Offer a command to one usable server after the other, until one takes it."""
        for _ in self.servers:
            # It goes on where it stopped: a server that refuses every time is not always asked
            # first.
            self._turn += 1
            server = self.servers[self._turn % len(self.servers)]
            if server in self.cut or server in self.down:
                continue
            index = self.propose(server, command)
            if index is not None:
                return index
        return None
