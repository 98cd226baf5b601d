"""The cases of exercises 3.1 and 3.2: a command becomes an entry, and the entry is sent.

Each case asks one question of Figure 2. Terms, indexes and names are drawn, so that a table of
answers learned by heart does not help.
"""

from random import Random
from typing import Any

from raftkit.checkers import Cluster
from raftkit.course.chapters.replication.cases.drawn_arguments import (
    a_command_travels,
    commands_log,
    grown_log,
    longer,
    two_servers,
)
from raftkit.course.checking.cases import AnswerPart, Call, Case, Checks, Flaw, JudgedCall
from raftkit.protocol import AppendEntriesRequest, Entry, Log, Standing
from raftkit.simulator import Timeout
from raftkit.views import Picture, draw_logs, space_time

# 3.1 Who takes a command? ----------------------------------------------------------------


def _take(random: Random, role: str, why: str) -> Call:
    """A server of `role` gets a command, in a later term than that of its last entry."""
    log = grown_log(random, random.randint(2, 4))
    term = log.last_term + random.randint(1, 3)
    server, other = two_servers(random)
    entry = Entry(term, f"x={random.randint(1, 9)}", "C1", random.randint(1, 20))
    voted_for = other if role == "follower" else server
    arguments = {
        "standing": Standing(role, term, voted_for),  # type: ignore[arg-type]
        "log": log,
        "entry": entry,
    }
    return Call(arguments, log.extend((entry,)) if role == "leader" else None, why)


def _leader_takes(random: Random) -> list[Call]:
    """The entry has the leader's term and names its client; the log may end in an older term."""
    why = (
        "The leader appends the command to its log as a new entry, behind all others and just as "
        "it is (§5.3). A Log never changes: extend returns the longer one."
    )
    return [_take(random, "leader", why)]


def _follower_takes_nothing(random: Random) -> list[Call]:
    """None, and not the unchanged log: that would mean that the command is in it."""
    why = (
        "Only the leader takes commands; a follower sends the client to it, and None says so (§5.1)"
        ". Its own entry and the leader's would have the same index and term, and differ."
    )
    return [_take(random, "follower", why)]


def _candidate_takes_nothing(random: Random) -> list[Call]:
    """A candidate may win or lose; it is no leader yet."""
    why = "A candidate is no leader yet, and may never be: it takes nothing (§5.1, §5.2)."
    return [_take(random, "candidate", why)]


# 3.2 What does the leader send? ----------------------------------------------------------


def _send(
    random: Random,
    log: Log,
    next_index: int,
    part: AnswerPart,
    expected: Any,
    why: str,
    batch: int = 10,
    commit_index: int | None = None,
    later: int = 0,
) -> Call:
    """One call of `make_append_entries`, and the part of the request that is judged.

    The leader's term is `later` terms after that of its last entry.
    """
    source, target = two_servers(random)
    arguments = {
        "source": source,
        "target": target,
        "current_term": log.last_term + later,
        "log": log,
        "next_index": next_index,
        "commit_index": next_index - 1 if commit_index is None else commit_index,
        "batch": batch,
    }
    if part is _ADDRESS:
        expected = (source, target, log.last_term + later)
    return Call(arguments, expected, why, part, picture=lambda: _needed(log, next_index))


def _needed(log: Log, next_index: int) -> Picture:
    """The leader's log, with an arrow at the follower's next_index."""
    return draw_logs({"leader": log}, next_index={"leader": next_index}, title="The leader's log")


_ADDRESS = AnswerPart("(source, target, term)", lambda sent: (sent.source, sent.target, sent.term))
_BEFORE_INDEX = AnswerPart("prev_log_index", lambda sent: sent.prev_log_index)
_BEFORE_TERM = AnswerPart("prev_log_term", lambda sent: sent.prev_log_term)
_BEFORE = AnswerPart(
    "(prev_log_index, prev_log_term)", lambda sent: (sent.prev_log_index, sent.prev_log_term)
)
_COMMANDS = AnswerPart(
    "the commands sent", lambda sent: tuple(entry.command for entry in sent.entries)
)
_FIRST = AnswerPart(
    "the first command sent", lambda sent: sent.entries[0].command if sent.entries else None
)
_TERMS = AnswerPart(
    "the terms of the entries", lambda sent: tuple(entry.term for entry in sent.entries)
)
_COMMIT = AnswerPart("leader_commit", lambda sent: sent.leader_commit)


def _addressed(random: Random) -> list[Call]:
    """The leader's term, which is later than that of any entry."""
    log = grown_log(random, random.randint(3, 5))
    why = (
        "A request goes from the leader to the follower, and carries the leader's current term: "
        "by that the follower knows who leads (Figure 2, AppendEntries)."
    )
    return [_send(random, log, log.last_index, _ADDRESS, None, why, later=random.randint(1, 3))]


def _index_before(random: Random) -> list[Call]:
    """With entries to send, and with none: a heartbeat follows an entry as well."""
    length = random.randint(3, 5)
    log = grown_log(random, length)
    next_index = random.randint(2, length)
    why = (
        "prevLogIndex is the index just before the new entries, and those begin at next_index = "
        "{} (Figure 2, AppendEntries)."
    )
    heartbeat = f"A heartbeat asks about the entry before next_index = {length + 1}, too (§5.3)."
    return [
        _send(random, log, next_index, _BEFORE_INDEX, next_index - 1, why.format(next_index)),
        _send(random, log, length + 1, _BEFORE_INDEX, length, heartbeat),
    ]


def _term_before(random: Random) -> list[Call]:
    """The leader leads a later term than the one in which that entry was made."""
    old = random.randint(1, 3)
    log = longer(Log(), old, old, old + 1, old + 2)
    why = (
        f"Entry 2 was made in term {old}, whoever sends it now: prevLogTerm is the term of the "
        "entry at prevLogIndex (Figure 2, AppendEntries)."
    )
    return [_send(random, log, 3, _BEFORE_TERM, old, why, later=2)]


def _before_the_first(random: Random) -> list[Call]:
    """In a Python list, the item before the first would be the last one."""
    log = longer(grown_log(random, 2), 4)
    why = (
        "Nothing comes before entry 1: that is index 0, and its term is 0 (§5.3; Figure 2). "
        "log.term_at(0) says so, and no list does."
    )
    return [_send(random, log, 1, _BEFORE, (0, 0), why)]


def _from_next_index(random: Random) -> list[Call]:
    """Neither an entry that the follower has already, nor one after the next."""
    log = commands_log(random, 5)
    next_index = random.randint(2, 4)
    why = (
        f"The follower's log goes on at next_index = {next_index}: that entry is the first to "
        "send (Figure 2, Leaders)."
    )
    return [_send(random, log, next_index, _FIRST, f"x={next_index}", why)]


def _as_many_as_there_are(random: Random) -> list[Call]:
    """All of them if the batch is large enough, and just the batch if it is not."""
    length, next_index = random.randint(5, 6), random.randint(2, 3)
    log = commands_log(random, length)
    every = tuple(f"x={index}" for index in range(next_index, length + 1))
    all_of_them = (
        f"The log goes on to index {length}: all entries from next_index on are sent, the last "
        "one included (Figure 2, Leaders)."
    )
    just_two = f"batch = 2: entries {next_index} and {next_index + 1} go now, the others later."
    return [
        _send(random, log, next_index, _COMMANDS, every, all_of_them),
        _send(random, log, length, _COMMANDS, every[-1:], all_of_them),
        _send(random, log, next_index, _COMMANDS, every[:2], f"{just_two} (§5.3)", batch=2),
    ]


def _own_terms(random: Random) -> list[Call]:
    """A later leader sends older entries and must not change their terms."""
    log = grown_log(random, 4)
    terms = tuple(entry.term for entry in log)[1:]
    why = (
        "Entries keep their original terms when a later leader sends them, or logs that agreed "
        "would differ (§5.4.2)."
    )
    return [_send(random, log, 2, _TERMS, terms, why, later=random.randint(1, 3))]


def _tells_the_commit_index(random: Random) -> list[Call]:
    """A commit index below the entries of the request."""
    log = grown_log(random, random.randint(4, 6))
    committed = random.randint(1, 2)
    why = (
        f"leaderCommit is how far the leader has committed, {committed}; that is how followers "
        "learn of it (§5.3; Figure 2, AppendEntries)."
    )
    return [_send(random, log, 4, _COMMIT, committed, why, commit_index=committed)]


def _under_way(random: Random) -> list[JudgedCall]:
    """Two requests, one after the other: the second call must not change the first request."""
    log = commands_log(random, 4)
    source, target = two_servers(random)
    why = (
        "A request holds the entries as they were when it was sent; a list that is filled anew "
        "changes the request that is still under way (§5.3)."
    )
    first: list[tuple[AppendEntriesRequest, tuple[Entry, ...]]] = []

    def remember(sent: AppendEntriesRequest) -> None:
        first.append((sent, tuple(sent.entries)))

    def compare(sent: AppendEntriesRequest) -> Flaw | None:
        earlier, entries = first[0]
        if tuple(earlier.entries) == entries:
            return None
        text = f"the request of the call before now holds {earlier.entries!r}, not {entries!r}."
        return Flaw((("Then", text), ("Why", why)))

    arguments = {
        "source": source,
        "target": target,
        "current_term": log.last_term,
        "log": log,
        "next_index": 2,
        "commit_index": 1,
        "batch": 10,
    }
    return [
        JudgedCall(arguments, remember, why),
        JudgedCall(arguments | {"next_index": 4}, compare, why),
    ]


def _commands_arrive() -> Picture:
    """A client's command reaches a follower, which takes nothing, and then the leader."""
    cluster = Cluster(servers=3, seed=3)
    cluster.do(Timeout("S1"))
    cluster.run(ms=14)
    cluster.propose("x=1", to="S2")
    cluster.run(ms=3)
    cluster.propose("x=1", to="S1")
    cluster.run(ms=14)
    return space_time(cluster.history, first_ms=12, title="Two servers are asked for x=1")


CHECKS = {
    "3.1": Checks(
        returns=Log | None,
        cases=(
            Case("a leader appends the command", 1, _leader_takes),
            Case("a follower takes nothing", 1, _follower_takes_nothing),
            Case("a candidate takes nothing", 1, _candidate_takes_nothing),
        ),
        picture=_commands_arrive,
        story=a_command_travels,
        at_work="A command on its way",
    ),
    "3.2": Checks(
        returns=AppendEntriesRequest,
        cases=(
            Case("goes to the follower, in the leader's term", 1, _addressed),
            Case("names the index before the new entries", 1, _index_before),
            Case("names that entry's own term", 1, _term_before),
            Case("names nothing before the first entry", 1, _before_the_first),
            Case("begins with entry next_index", 1, _from_next_index),
            Case("sends all there are, at most a batch", 1, _as_many_as_there_are),
            Case("entries keep their terms", 1, _own_terms),
            Case("tells how far the leader has committed", 1, _tells_the_commit_index),
            Case("a request under way does not change", 1, _under_way),
        ),
        picture=lambda: draw_logs(
            {"leader": Log.of_terms(1, 1, 2, 2, 3), "S2": Log.of_terms(1, 1, 2)},
            next_index={"S2": 4},
            title="S2 needs entries 4 and 5",
        ),
        story=a_command_travels,
        at_work="A command on its way",
    ),
}
