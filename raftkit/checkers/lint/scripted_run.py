"""A scripted run in which much happens, and the calls of rules in it, for lint to repeat.

The run has elections, a client's commands, a leader that is cut off with entries of its own, lost
and repeated messages, and a restart. It begins in a late term with a long log, because Python keeps
one object for each small number, and makes new objects for large ones.
"""

from collections.abc import Callable
from dataclasses import fields
from functools import lru_cache
from typing import Any

from raftkit import simulator
from raftkit.checkers.lint.value_copies import Frozen, copied, frozen
from raftkit.protocol import Entry, Log, Persistent, Rules, Server, Settings
from raftkit.simulator import (
    Action,
    Ask,
    Crash,
    Delay,
    Drop,
    Duplicate,
    Heal,
    Partition,
    Propose,
    Restart,
    Timeout,
)
from raftkit.simulator.raft_system import MakeServer

Arguments = tuple[Any, ...]
Names = tuple[str, ...]

FIRST_TERM = 1_000
FIRST_ENTRIES = 260
QUESTIONS_AT_MOST = 60

_SEED = 5
_END_MS = 620
# The instants in milliseconds, and what happens then.
_SCRIPT: tuple[tuple[int, Action], ...] = (
    (1, Timeout("S1")),
    (30, Ask("C1", "x=1")),
    (50, Duplicate(target="S2", kind="AppendEntriesRequest")),
    (51, Propose("y=1", "S1")),
    # S1 goes on leading alone; S2's entries will replace its own.
    (80, Partition((("S1", "C1"),))),
    (82, Propose("lost=1", "S1")),
    (84, Propose("lost=2", "S1")),
    (90, Timeout("S2")),
    (120, Propose("y=2", "S2")),
    (140, Propose("y=3", "S2")),
    # These delayed messages arrive when their term is over.
    (141, Delay(50_000, source="S2", kind="AppendEntriesRequest", count=2)),
    (142, Propose("late=1", "S2")),
    (155, Delay(50_000, source="S3", kind="RequestVoteRequest")),
    (160, Timeout("S3")),
    (162, Timeout("S2")),
    (200, Heal()),
    (280, Crash("S3")),
    (290, Ask("C1", "x+=2")),
    # S3 missed entries while it was down, and its next leader does not know that.
    (330, Propose("y=4", "S2")),
    (360, Restart("S3")),
    (362, Timeout("S2")),
    (364, Timeout("S1")),
    (420, Duplicate(target="S1", kind="AppendEntriesResponse", count=2)),
    (421, Propose("y=5")),
    (470, Drop(target="S3", kind="AppendEntriesRequest")),
    (471, Propose("y=6")),
    (540, Ask("C1", "x")),
)


def first_disk() -> Persistent:
    """Return what is on every disk when the run begins."""
    entries = (Entry(1 + index // 20, f"k={index}") for index in range(FIRST_ENTRIES))
    return Persistent(FIRST_TERM, None, Log(entries))


def run_script(rules: Rules, make_server: MakeServer) -> None:
    """Run servers through the script. Raises what one of them raises."""
    cluster = simulator.RaftSystem(
        servers=3, seed=_SEED, clients=1, rules=rules, make_server=make_server
    )
    for at_ms, action in _SCRIPT:
        cluster.do(action, at_ms=at_ms)
    cluster.run(ms=_END_MS)


# For rules -----------------------------------------------------------------------------------


@lru_cache(maxsize=1)
def rule_calls() -> dict[str, tuple[Arguments, ...]]:
    """Return, for each rule by its name, the arguments of its calls in a run of the reference.

    Each set of arguments is there once. A caller must hand out copies of them.
    """
    asked: dict[str, dict[Frozen, Arguments]] = {}
    recorded = {}
    for field in fields(Rules):
        kept = asked.setdefault(field.name, {})
        recorded[field.name] = _recording(getattr(Rules(), field.name), kept)
    run_script(Rules(**recorded), _start_late)
    return {name: tuple(kept.values()) for name, kept in asked.items()}


def _recording(rule: Callable[..., Any], kept: dict[Frozen, Arguments]) -> Callable[..., Any]:
    """Return `rule`, which now also records its arguments."""

    def call(*arguments: Any) -> Any:
        if len(kept) < QUESTIONS_AT_MOST:
            kept.setdefault(frozen(arguments), copied(arguments))
        return rule(*arguments)

    return call


def _start_late(
    id: str, servers: Names, rules: Rules, settings: Settings, disk: Persistent | None
) -> Server:
    """Return a server of the reference whose first disk is not empty."""
    return Server(id, servers, rules, settings, disk or first_disk())
