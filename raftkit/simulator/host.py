"""One machine of the simulation: a process with its disk, its clock and its timers.

It owns what the process itself must not know: when a timer fires, when a write is durable,
what a crash loses. It does not know what the process computes.
"""

from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from raftkit.protocol.driver import carry_out
from raftkit.protocol.effects import Effects, TimerChange
from raftkit.protocol.messages import TimerFired
from raftkit.protocol.state_machines import AppliedEntries, StateMachine
from raftkit.simulator.disk import Disk
from raftkit.simulator.process import MakeProcess, Process, Started
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
        self.applied_entries = AppliedEntries(name, None)
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
        make_state_machine = self._make_state_machine
        self.applied_entries = AppliedEntries(
            self.name, make_state_machine() if make_state_machine else None
        )
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
        self.process = self.state = None
        self.applied_entries = AppliedEntries(self.name, None)
        self.paused = False
        self.disk.crash()
        self._incarnation += 1
        self._deadlines.clear()
        self._alarms.clear()
        self._backlog.clear()

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
        return self.applied_entries.state_machine

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
        """Record a step and carry out its effects (protocol/driver.py has their order).

        Observers see it before its messages leave, so a run ends at the very step that broke a
        property.
        """
        simulation, before = self._simulation, self.state
        self.state = state = process.observe()
        row: Row = (simulation.now, self.name, event, effects, state, before)
        record = simulation.record
        record(row)
        for observe in simulation.observers:
            observe(row)
        carry_out(effects, self)

    def send(self, messages: Sequence[Any]) -> None:
        """Send messages over the network."""
        self._simulation.send(messages)

    def write_and_send(self, writes: Sequence[Any], messages: Sequence[Any]) -> None:
        """Send messages as soon as these writes and all earlier ones are durable."""
        disk = self.disk
        if writes or disk.busy:
            if disk.busy or disk.sync_delay or disk.tear_after is not None:
                self._write_slowly(writes, messages)
                return
            disk.durable = writes[-1]
        if messages:
            self._simulation.send(messages)

    # Slow disks ------------------------------------------------------------------------

    def _write_slowly(self, writes: Sequence[Any], messages: Sequence[Any]) -> None:
        """Queue a step's writes and messages at the disk, or crash in a torn write."""
        disk, simulation = self.disk, self._simulation
        if writes and disk.tear_after is not None:
            # Only a part is durable, the machine crashes, and none of the messages leaves.
            disk.write_through(writes[: disk.tear_after])
            simulation.crashed_by_itself(self)
            return
        # The messages of a step without writes may rest on an earlier write, so they wait too.
        end = disk.enqueue(writes, tuple(messages), simulation.now)
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

    def change_timer(self, timer: str, change: TimerChange) -> None:
        """Stop a timer, or start it anew for its duration, measured by this machine's clock."""
        process = self.process
        if change == "stop" or process is None:
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
        now = simulation.now
        self._deadlines[timer] = deadline = now + delay
        simulation.timer_set((now, self.name, timer, deadline))
        # Most restarts move a deadline further away. So each timer has one alarm, which looks at
        # the deadline when it comes, and sets itself again if it is early.
        alarms = self._alarms
        if timer not in alarms or alarms[timer] > deadline:
            self._set_alarm(timer, deadline)

    def set_timer(self, timer: str, delay: int) -> None:
        """Let a running timer run out after `delay` microseconds instead."""
        if timer in self._deadlines:
            now = self._simulation.now
            self._deadlines[timer] = deadline = now + delay
            self._simulation.timer_set((now, self.name, timer, deadline))
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
                self.change_timer(timer, "restart")

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
