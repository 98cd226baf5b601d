"""One machine of the simulation: a process with its disk, its clock and its timers.

It owns what the process itself must not know: when a timer fires, when a write
is durable, what a crash takes away. It does not know what the process computes.
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
        # Counts the crashes, so that a write that was under way at a crash ends in nothing.
        self._incarnation = 0
        # When each timer fires, and the one event in the heap for each that will look whether
        # it does.
        self._deadlines: dict[str, int] = {}
        self._alarms: dict[str, int] = {}
        self._by_hand = False  # whether timers run out only when somebody lets them
        # What comes up during a pause, in order, as what to call when it ends.
        self._backlog: list[tuple[Callable[[Any], None], Any]] = []

    # Life ------------------------------------------------------------------------------

    def start(self) -> None:
        """Start, or restart from what is durable. Does nothing if it runs."""
        if self.process is not None:
            return
        started = Started(restarted=self._has_run)
        self._has_run = True
        # A state machine is volatile: it grows again as the log is committed again.
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
        """Stop at once: what is not durable is gone."""
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
        """Stand still; what arrives, what is due and what could be sent now waits."""
        self.paused = self.process is not None

    def resume(self) -> None:
        """Go on, with what has come up meanwhile first."""
        self.paused = False
        # A crash on the way empties the backlog: what would have come after it is lost.
        while self._backlog and not self._simulation.stopped:
            action, argument = self._backlog.pop(0)
            action(argument)

    @property
    def state_machine(self) -> StateMachine | None:
        """The state machine after every entry applied so far; None if there is none."""
        return self.applied_entries.state_machine

    # Events ----------------------------------------------------------------------------

    def receive(self, event: Any) -> None:
        """Hand an event to the process and carry out what it answers."""
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
        """When `timer` will fire, in microseconds; None if it is not running."""
        return self._deadlines.get(timer)

    def _fail(self, event: Any, error: Exception) -> None:
        """The process raised: that step ends the history, unless somebody can explain it."""
        simulation, before = self._simulation, self.state
        if self.process is not None:
            with suppress(Exception):  # What an error leaves behind may not even bear looking at.
                self.state = self.process.observe()
        simulation.record((simulation.now, self.name, event, Effects(), self.state, before))
        if not simulation.explain(self.name, error):
            raise error
        # If the run goes on all the same, it does so without this process.
        simulation.crashed_by_itself(self)

    def _carry_out(self, event: Any, effects: Effects, process: Process) -> None:
        """Record a step and do what it asks.

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
        """Let messages leave for the network."""
        self._simulation.send(messages)

    def write_and_send(self, writes: Sequence[Any], messages: Sequence[Any]) -> None:
        """Let messages leave as soon as the disk holds these writes, and those before them."""
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
        """Put a step's writes and messages in line for the disk, or die in the writing."""
        disk, simulation = self.disk, self._simulation
        if writes and disk.tear_after is not None:
            # The torn write: part of it is durable, the machine is dead, and nobody has heard
            # of it.
            disk.write_through(writes[: disk.tear_after])
            simulation.crashed_by_itself(self)
            return
        # Even without a write of its own, a step may speak of an earlier one: it waits in line.
        end = disk.enqueue(writes, tuple(messages), simulation.now)
        simulation.at(end, self._synced, self._incarnation)

    def _synced(self, incarnation: int) -> None:
        """The oldest write is durable now, unless a crash has come in between."""
        if incarnation != self._incarnation:
            return
        messages = self.disk.sync()
        if self.paused:
            self._backlog.append((self._release, messages))
        else:
            self._release(messages)

    def _release(self, messages: tuple[Any, ...]) -> None:
        """Let messages leave later than their step, which takes a record of its own."""
        if messages:
            released = Released(self._simulation.now, self.name, messages)
            self._simulation.record(released)
            self._simulation.send(messages)

    # Timers ----------------------------------------------------------------------------

    def change_timer(self, timer: str, change: TimerChange) -> None:
        """Stop a timer, or start it anew for as long as the process says, by its own clock."""
        process = self.process
        if change == "stop" or process is None:
            self._deadlines.pop(timer, None)
            return
        simulation = self._simulation
        draw = simulation.random
        # A rule may answer with a fraction, but time here is whole.
        delay = int(process.timer_duration(timer, draw()))
        if self.clock_drift:
            delay = delay * (1_000_000 + self.clock_drift) // 1_000_000
        if delay < 1:
            delay = 1
        self._deadlines[timer] = deadline = simulation.now + delay
        # Deadlines mostly move further away, so one alarm a timer is kept and looks again.
        alarms = self._alarms
        if timer not in alarms or alarms[timer] > deadline:
            self._set_alarm(timer, deadline)

    def set_timer(self, timer: str, delay: int) -> None:
        """Let a timer that runs run out after `delay` microseconds instead."""
        if timer in self._deadlines:
            self._deadlines[timer] = deadline = self._simulation.now + delay
            self._set_alarm(timer, deadline)

    def hold_timers(self) -> None:
        """Let no timer run out by itself any more; `deadline` still tells which ones run."""
        self._by_hand = True
        self._alarms.clear()  # What is planned for an alarm that is not here is void.

    def release_timers(self) -> None:
        """Let timers run out by themselves again; each that runs starts anew."""
        self._by_hand = False
        for timer in tuple(self._deadlines):
            if self.process is not None:
                self.change_timer(timer, "restart")

    def _set_alarm(self, timer: str, time: int) -> None:
        """Plan a look at a timer; an earlier plan for it is void from now on."""
        if self._by_hand:
            return
        self._alarms[timer] = time
        self._simulation.at(time, self._look_at_timer, (timer, time))

    def _look_at_timer(self, alarm: tuple[str, int]) -> None:
        """Fire a timer that is due, look again later if it was put off, forget it if stopped."""
        timer, time = alarm
        if self._alarms.get(timer) != time:
            return
        deadline = self._deadlines.get(timer)
        if deadline is None:
            del self._alarms[timer]
        elif deadline > self._simulation.now:
            self._set_alarm(timer, deadline)
        elif self.paused:
            # Only a timer that is due may wait in line, behind what arrived before it was.
            self._backlog.append((self._look_at_timer, alarm))
        else:
            del self._alarms[timer]
            self.fire(timer)
