"""Follows the durable contents of each disk, from a history's steps and actions.

A write is durable at once, or later if the disk is slow; a torn one only in part. It repeats
what the simulator's disk does, because a history does not hold disks.
"""

from collections import defaultdict
from typing import Any

from raftkit.simulator.faults import MendDisk, SlowDisk, TornWrite
from raftkit.simulator.records import Step


class Disks:
    """`durable` has the last durable write of each process that has written."""

    def __init__(self) -> None:
        self.durable: dict[str, Any] = {}
        self._delay: dict[str, int] = {}
        self._tear: dict[str, int] = {}
        # By server, if it has any: the writes that are not durable yet, and when they will be.
        self._queue: dict[str, list[tuple[int, Any]]] = defaultdict(list)

    def copy(self) -> "Disks":
        """Disks with the same contents, which go on by themselves."""
        twin = Disks()
        # What is written is never changed.
        twin.durable, twin._delay, twin._tear = (
            self.durable.copy(),
            self._delay.copy(),
            self._tear.copy(),
        )
        for server, queue in self._queue.items():
            twin._queue[server] = list(queue)
        return twin

    def wrote(self, step: Step) -> None:
        """Record the writes of a step."""
        server, writes = step.process, step.effects.writes
        if not writes:
            return
        if server in self._tear:
            kept = writes[: self._tear.pop(server)]
            if kept:
                self.durable[server] = kept[-1]
            return
        delay = self._delay.get(server, 0)
        if delay or server in self._queue:
            queue = self._queue[server]
            # Syncs end in the order in which they began.
            end = max(step.time + delay, queue[-1][0] if queue else 0)
            queue.append((end, writes[-1]))
        else:
            self.durable[server] = writes[-1]

    def settle(self, time: int) -> list[tuple[int, str]]:
        """Let time pass; returns when and on which server a write has become durable."""
        done: list[tuple[int, str]] = []
        for server in tuple(self._queue):
            queue = self._queue[server]
            while queue and queue[0][0] <= time:
                at, self.durable[server] = queue.pop(0)
                done.append((at, server))
            if not queue:
                del self._queue[server]
        return done

    def act(self, action: Any) -> None:
        """Follow an action that concerns a disk."""
        match action:
            case SlowDisk(server, delay):
                self._delay[server] = delay
            case TornWrite(server, keep):
                self._tear[server] = keep
            case MendDisk(server):
                self._delay.pop(server, None)
                self._tear.pop(server, None)

    def crash(self, server: str) -> None:
        """Lose the writes that are not durable."""
        self._queue.pop(server, None)
        self._tear.pop(server, None)
