"""The state machines that committed entries act on (§2, §8), and what clients are told of it.

A state machine applies entries in log order and must be deterministic. It does not know
terms, servers or messages. Its driver keeps it, not the server.
"""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any, Protocol

from raftkit.protocol.effects import Effects, Reply
from raftkit.protocol.log import Entry
from raftkit.protocol.messages import ClientResponse

# One pattern for all four commands: a key, and then perhaps a verb with its values.
_COMMAND = re.compile(r"(?P<key>[^\s=+?]+)(?:(?P<verb>\+?=|\?)(?P<value>[^=]*)(?:=(?P<new>.*))?)?")


class StateMachine(Protocol):
    """What committed commands act on (§2): deterministic, and rebuilt from the log."""

    def apply(self, entry: Any) -> str | None:
        """Carry out one entry and return its result."""


class AppliedEntries:
    """The entries that a server has applied, and the state machine that they act on, if any.

    A state machine is deterministic, and nobody sees it until a result is wanted: it may lag.

    >>> applied = AppliedEntries("S1", KeyValue())
    >>> applied.add([(1, Entry(1, "x=1"))])
    >>> answered = Effects(replies=(Reply("C1", 7, 2),), applied=[(2, Entry(1, "x"))])
    >>> [answer.result for answer in applied.answers(answered)]
    ['1']
    """

    def __init__(self, server: str, state_machine: StateMachine | None) -> None:
        self._server = server
        self._state_machine = state_machine
        self._waiting: list[Sequence[tuple[int, Entry]]] = []
        # By index, because a server may answer later than it applies, or once more.
        self._results: dict[int, str | None] = {}

    def add(self, applied: Sequence[tuple[int, Entry]]) -> None:
        """Take more entries, each with its index."""
        self._waiting.append(applied)

    @property
    def state_machine(self) -> StateMachine | None:
        """The state machine after every entry so far; None if there is none."""
        machine, waiting = self._state_machine, self._waiting
        if machine is not None and waiting:
            results = self._results
            for applied in waiting:
                for index, entry in applied:
                    results[index] = machine.apply(entry)
            waiting.clear()
        return machine

    def result(self, index: int) -> str | None:
        """The result of the entry at an index that was applied; None if there is no machine."""
        return None if self.state_machine is None else self._results.get(index)

    def answers(self, effects: Effects) -> Iterator[ClientResponse]:
        """Apply the entries of a step, and give its replies with their results."""
        self.add(effects.applied)
        for reply in effects.replies:
            if isinstance(reply, Reply):
                result = self.result(reply.index)
                yield ClientResponse(self._server, reply.client, reply.serial, True, result)
            else:
                yield reply


@lru_cache
def parse_command(command: str) -> tuple[str, str | None, str, str | None] | None:
    """The key, verb, value and new value of a command; None for text that is no command.

    >>> parse_command("x?1=2"), parse_command("x")
    (('x', '?', '1', '2'), ('x', None, None, None))
    """
    # Every server parses the same commands, so the result of the first is cached.
    parsed = _COMMAND.fullmatch(command)
    return parsed.group("key", "verb", "value", "new") if parsed else None  # type: ignore[return-value]


class KeyValue:
    """A small key-value store that has four commands and applies none of them twice.

    ======== =================================== =======================
    command  does                                result
    ======== =================================== =======================
    x        reads x                             its value, or None
    x=1      sets x to 1                         "1"
    x+=1     appends 1 to the text x             the new text
    x?1=2    sets x to 2 if it is 1              "ok" or "failed"
    ======== =================================== =======================

    A client's `serial` numbers its commands. A repeated command gets the result of the client's
    last one again (§8), and so does a command that is older than the last one, because a client
    has only one command under way.

    >>> store = KeyValue()
    >>> [store.apply(Entry(1, command)) for command in ("x=1", "x+=2", "x?12=7", "x", "y")]
    ['1', '12', 'ok', '7', None]
    >>> [store.apply(Entry(1, "x+=8", client="C1", serial=1)) for retry in range(2)]
    ['78', '78']
    """

    def __init__(self) -> None:
        self.values: dict[str, str] = {}
        self._answered: dict[str, tuple[int, str | None]] = {}

    def apply(self, entry: Entry) -> str | None:
        """Apply one entry and return its result; a no-op or an unknown command gives None."""
        if not entry.client:
            return self._execute(entry.command)
        # This belongs to the state machine, not to the server, so that after a restart it is
        # rebuilt from the log (§8).
        serial, result = self._answered.get(entry.client, (0, None))
        if entry.serial > serial:
            result = self._execute(entry.command)
            self._answered[entry.client] = (entry.serial, result)
        return result

    def _execute(self, command: str) -> str | None:
        """Carry out a command, as often as it comes."""
        parsed = parse_command(command)
        if parsed is None:
            return None
        key, verb, value, new = parsed
        if verb is None:
            return self.values.get(key)
        if verb == "?":
            return self._compare_and_set(key, value, new or "")
        # Only x?1=2 has a new value; in x=1=2 the value is "1=2", which the pattern splits.
        text = value if new is None else f"{value}={new}"
        self.values[key] = text if verb == "=" else self.values.get(key, "") + text
        return self.values[key]

    def _compare_and_set(self, key: str, expected: str, new: str) -> str:
        """Set a key if it has the expected value; "ok" or "failed"."""
        if self.values.get(key) != expected:
            return "failed"
        self.values[key] = new
        return "ok"
