"""One machine of the simulation: a process with its disk, its clock and its timers.

It owns what the process itself must not know: when a timer fires, when a write is durable,
what a crash loses. It does not know what the process computes.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from raftkit.protocol.effects import Effects, Reply
from raftkit.protocol.log import Entry
from raftkit.protocol.messages import ClientResponse, TimerFired
from raftkit.simulator.disk import Disk
from raftkit.simulator.process import MakeProcess, Process, Started, StateMachine
from raftkit.simulator.records import Released, Row

if TYPE_CHECKING:
    from raftkit.simulator.simulation import Simulation

_FIRED = {name: TimerFired(name) for name in ("election", "heartbeat", "retry")}


class Host:
    """Runs the process that `make_process` builds from a disk, under the name `name`."""

    def __init__(
        self,
        simulation: "Simulation",
        name: str,
        make_process: MakeProcess,
        make_state_machine: Callable[[], StateMachine] | None = None,
    ) -> None:
        self.name = name
        self.disk = Disk()
        self.clock_drift = 0  # parts per million by which its clock is slow
        self.process: Process | None = None
        self.paused = False
        self.state: Any = None
        self._state_machine: StateMachine | None = None
        self._unapplied: list[Sequence[tuple[int, Entry]]] = []
        self._simulation = simulation
        self._make_process = make_process
        self._make_state_machine = make_state_machine
        self._has_run = False
        # Counts the crashes, so that the end of a write that a crash interrupted is ignored.
        self._incarnation = 0
        # When each timer runs out, and the time of the one event in the heap that will check it.
        self._deadlines: dict[str, int] = {}
        self._alarms: dict[str, int] = {}
        self._by_hand = False  # whether timers run out only when an action says so
        # The calls to make when a pause ends, in order.
        self._backlog: list[tuple[Callable[[Any], None], Any]] = []

    # Life ------------------------------------------------------------------------------

    def start(self) -> None:
        """Start the process, or restart it from its disk; nothing happens if it is running."""
        if self.process is not None:
            return
        started = Started(restarted=self._has_run)
        self._has_run = True
        # A state machine is volatile: it is rebuilt as the log is committed again.
        if self._make_state_machine is not None:
            self._state_machine = self._make_state_machine()
        try:
            self.process = process = self._make_process(self.disk.durable)
            effects = process.start()
        except Exception as error:
            self._fail(started, error)
        else:
            self._carry_out(started, effects, process)

    def crash(self) -> None:
        """Stop the process at once; everything that is not durable is lost."""
        for action, argument in self._backlog:
            if action == self.receive:
                self._simulation.lost(argument, "down")
        self.process = self._state_machine = self.state = None
        self.paused = False
        self.disk.crash()
        self._incarnation += 1
        self._deadlines.clear()
        self._alarms.clear()
        self._backlog.clear()
        self._unapplied.clear()

    def pause(self) -> None:
        """Pause the process; messages, timers and delayed sendings wait until it is resumed."""
        self.paused = self.process is not None

    def resume(self) -> None:
        """Let a paused process run again, first with everything that has waited."""
        self.paused = False
        # A crash on the way empties the backlog.
        while self._backlog and not self._simulation.stopped:
            action, argument = self._backlog.pop(0)
            action(argument)

    @property
    def state_machine(self) -> StateMachine | None:
        """The state machine after every entry applied so far; None if there is none."""
        # It is deterministic, and nobody sees it before a result is needed, so it may lag behind.
        return self._caught_up()

    def _caught_up(self) -> StateMachine | None:
        machine, unapplied = self._state_machine, self._unapplied
        if machine is not None and unapplied:
            for applied in unapplied:
                for _, entry in applied:
                    machine.apply(entry)
            unapplied.clear()
        return machine

    # Events ----------------------------------------------------------------------------

    def receive(self, event: Any) -> None:
        """Hand an event to the process and carry out its effects."""
        process = self.process
        if process is None:
            self._simulation.lost(event, "down")
        elif self.paused:
            self._backlog.append((self.receive, event))
        else:
            try:
                effects = process.handle(event)
            except Exception as error:
                self._fail(event, error)
            else:
                self._carry_out(event, effects, process)

    def fire(self, timer: str) -> None:
        """Let a timer run out now."""
        self._deadlines.pop(timer, None)
        self.receive(_FIRED.get(timer) or TimerFired(timer))

    def deadline(self, timer: str) -> int | None:
        """When `timer` will run out, in microseconds; None if it is not running."""
        return self._deadlines.get(timer)

    def _fail(self, event: Any, error: Exception) -> None:
        """Record the step that raised; raise `error` again unless a violation explains it."""
        simulation, before = self._simulation, self.state
        if self.process is not None:
            with suppress(Exception):  # After an error, even `observe` may raise.
                self.state = self.process.observe()
        simulation.record((simulation.now, self.name, event, Effects(), self.state, before))
        if not simulation.explain(self.name, error):
            raise error
        # The run may go on after a violation, but without this process.
        simulation.crashed_by_itself(self)

    def _carry_out(self, event: Any, effects: Effects, process: Process) -> None:
        """Record a step and carry out its effects, in the order that Figure 2 demands.

        Observers see it before its messages leave, so that a run ends at the step that broke a
        property. Its messages leave only after its writes are durable; its `early_messages`
        leave before.
        """
        simulation, before = self._simulation, self.state
        self.state = state = process.observe()
        row: Row = (simulation.now, self.name, event, effects, state, before)
        record = simulation.record
        record(row)
        for observe in simulation.observers:
            observe(row)
        for timer, change in effects.timers:
            self._change_timer(timer, change, process)
        outgoing: Any = effects.messages
        if effects.replies:
            outgoing = (*outgoing, *self._answers(effects))
        elif effects.applied:
            self._unapplied.append(effects.applied)
        if effects.early_messages:
            simulation.send(effects.early_messages)
        writes, disk = effects.writes, self.disk
        if writes or disk.busy:
            if disk.busy or disk.sync_delay or disk.tear_after is not None:
                self._write_slowly(writes, outgoing)
                return
            disk.durable = writes[-1]
        if outgoing:
            simulation.send(outgoing)

    def _answers(self, effects: Effects) -> Iterator[ClientResponse]:
        """The responses to clients, each with the result of its entry applied in this step."""
        machine = self._caught_up()
        results = {}
        if machine is not None:
            for index, entry in effects.applied:
                results[index] = machine.apply(entry)
        for reply in effects.replies:
            if isinstance(reply, Reply):
                result = results.get(reply.index)
                yield ClientResponse(self.name, reply.client, reply.serial, True, result)
            else:
                yield reply

    # Slow disks ------------------------------------------------------------------------

    def _write_slowly(self, writes: tuple[Any, ...], outgoing: Any) -> None:
        """Queue a step's writes and messages at the disk, or crash in a torn write."""
        disk, simulation = self.disk, self._simulation
        if writes and disk.tear_after is not None:
            # Only a part is durable, the machine crashes, and none of the messages leaves.
            disk.write_through(writes[: disk.tear_after])
            simulation.crashed_by_itself(self)
            return
        # The messages of a step without writes may rest on an earlier write, so they wait too.
        end = disk.enqueue(writes, tuple(outgoing), simulation.now)
        simulation.at(end, self._synced, self._incarnation)

    def _synced(self, incarnation: int) -> None:
        """Make the oldest writes durable, unless the process has crashed meanwhile."""
        if incarnation != self._incarnation:
            return
        messages = self.disk.sync()
        if self.paused:
            self._backlog.append((self._release, messages))
        else:
            self._release(messages)

    def _release(self, messages: tuple[Any, ...]) -> None:
        """Send messages that leave later than their step, and record that they leave now."""
        if messages:
            released = Released(self._simulation.now, self.name, messages)
            self._simulation.record(released)
            self._simulation.send(messages)

    # Timers ----------------------------------------------------------------------------

    def _change_timer(self, timer: str, change: str, process: Process) -> None:
        """Stop a timer, or start it anew for its duration, measured by this machine's clock."""
        if change == "stop":
            self._deadlines.pop(timer, None)
            return
        simulation = self._simulation
        draw = simulation.random
        # A rule may return a fraction, but virtual time is whole microseconds.
        delay = int(process.timer_duration(timer, draw()))
        if self.clock_drift:
            delay = delay * (1_000_000 + self.clock_drift) // 1_000_000
        if delay < 1:
            delay = 1
        self._deadlines[timer] = deadline = simulation.now + delay
        # Most restarts move a deadline further away. So each timer has one alarm, which looks at
        # the deadline when it comes, and sets itself again if it is early.
        alarms = self._alarms
        if timer not in alarms or alarms[timer] > deadline:
            self._set_alarm(timer, deadline)

    def set_timer(self, timer: str, delay: int) -> None:
        """Let a running timer run out after `delay` microseconds instead."""
        if timer in self._deadlines:
            self._deadlines[timer] = deadline = self._simulation.now + delay
            self._set_alarm(timer, deadline)

    def hold_timers(self) -> None:
        """Let no timer run out by itself from now on; `deadline` still says which ones run."""
        self._by_hand = True
        self._alarms.clear()  # An event in the heap without an entry here does nothing.

    def release_timers(self) -> None:
        """Let timers run out by themselves again; every running timer starts anew."""
        self._by_hand = False
        for timer in tuple(self._deadlines):
            if self.process is not None:
                self._change_timer(timer, "restart", self.process)

    def _set_alarm(self, timer: str, time: int) -> None:
        """Plan the next look at a timer; an earlier plan for it does nothing any more."""
        if self._by_hand:
            return
        self._alarms[timer] = time
        self._simulation.at(time, self._look_at_timer, (timer, time))

    def _look_at_timer(self, alarm: tuple[str, int]) -> None:
        """Fire a timer that is due; set a new alarm if its deadline has moved."""
        timer, time = alarm
        if self._alarms.get(timer) != time:
            return
        deadline = self._deadlines.get(timer)
        if deadline is None:
            del self._alarms[timer]
        elif deadline > self._simulation.now:
            self._set_alarm(timer, deadline)
        elif self.paused:
            # Only a due timer joins the backlog, behind the messages that arrived before.
            self._backlog.append((self._look_at_timer, alarm))
        else:
            del self._alarms[timer]
            self.fire(timer)
