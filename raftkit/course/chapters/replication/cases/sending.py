"""The cases of exercises 3.1 and 3.2: a command becomes an entry, and the entry is sent.

A request is judged by its parts, so that a slip in one of them leaves the others their points.
All calls are of leaders' logs as they can be: no entry is of a later term than the server's.
"""

from collections.abc import Iterator
from random import Random
from typing import Any

from raftkit.checkers import Cluster
from raftkit.course.chapters.replication.cases.possible_requests import (
    LONGEST,
    TERMS,
    drawn_logs,
)
from raftkit.course.chapters.replication.cases.stories import a_command_travels
from raftkit.course.checking.cases import AnswerPart, Checks
from raftkit.course.checking.small_world import Arguments, Region, Regions, SmallWorld
from raftkit.course.small_values import OTHER, OWN, SERVERS, small_logs, standings
from raftkit.protocol import (
    AppendEntriesRequest,
    Entry,
    Log,
    Standing,
    append_command,
    make_append_entries,
)
from raftkit.simulator import Timeout
from raftkit.views import Picture, draw_logs, space_time

# 3.1 Who takes a command? ----------------------------------------------------------------


def _small_commands() -> Iterator[Arguments]:
    """Every standing and log, and an entry that is new, or empty, or in the log already."""
    for standing in (Standing(), *standings(range(1, TERMS + 1))):
        entry = Entry(standing.current_term, "x=1", "C1", 1)
        for log in small_logs(LONGEST, TERMS):
            yield standing, log, entry
            yield standing, log, Entry(standing.current_term, "", "C1", 1)  # a read
            if log.last_index < LONGEST:
                yield standing, log.extend([entry]), entry


def _drawn_command(random: Random) -> Arguments:
    term, log, _ = drawn_logs(random)
    server, other = random.sample(SERVERS, 2)
    role = random.choice(("follower", "candidate", "leader"))
    asked_by = random.choice((("", 0), ("C1", random.randint(1, 20))))
    entry = Entry(term, f"x={random.randint(1, 9)}", *asked_by)
    return Standing(role, term, other if role == "follower" else server), log, entry  # type: ignore[arg-type]


def _can_be_taken(standing: Standing, log: Log, entry: Entry) -> bool:
    """No entry is of a later term than the server's, and none is of a candidate's own."""
    latest = standing.current_term - (standing.role == "candidate")
    return log.last_term <= latest and all(each.term for each in log)


def _follower_takes_nothing(standing: Standing, log: Log, entry: Entry) -> str | None:
    """None, and not the unchanged log: that would mean that the command is in it."""
    if standing.role != "follower":
        return None
    return (
        "Only the leader takes commands; a follower sends the client to it, and None says so (§5.1)"
        ". Its own entry and the leader's would have the same index and term, and differ."
    )


def _candidate_takes_nothing(standing: Standing, log: Log, entry: Entry) -> str | None:
    if standing.role != "candidate":
        return None
    return "A candidate is no leader yet, and may never be: it takes nothing (§5.1, §5.2)."


def _leader_takes(standing: Standing, log: Log, entry: Entry) -> str:
    """The entry has the leader's term and names its client; the log may end in an older term."""
    return (
        "The leader appends the command to its log as a new entry, behind all others and just as "
        "it is (§5.3). A Log never changes: extend returns the longer one."
    )


# 3.2 What does the leader send? ----------------------------------------------------------


def _small_sendings() -> Iterator[Arguments]:
    """Every small log, each entry with a command of its own, sent from each of its indexes on."""
    for terms in small_logs(LONGEST, TERMS):
        log = Log(Entry(entry.term, f"x={index}") for index, entry in enumerate(terms, start=1))
        for term in range(1, TERMS + 1):
            for next_index in range(1, log.last_index + 2):
                for commit_index in range(log.last_index + 1):
                    for batch in range(1, LONGEST + 1):
                        yield OWN, OTHER, term, log, next_index, commit_index, batch


def _drawn_sending(random: Random) -> Arguments:
    term, log, _ = drawn_logs(random)
    leader, follower = random.sample(SERVERS, 2)
    next_index = random.randint(1, log.last_index + 1)
    committed, batch = random.randint(0, log.last_index), random.choice((random.randint(1, 9), 30))
    return leader, follower, term, log, next_index, committed, batch


def _can_be_sent(
    source: str, target: str, term: int, log: Log, next_index: int, commit_index: int, batch: int
) -> bool:
    """No entry is of a later term than the leader's, and no index is far beyond its log."""
    end = log.last_index
    return log.last_term <= term and 1 <= next_index <= end + 1 and 0 <= commit_index <= end


def _to_send(
    returned: Any,
    right: Any,
    source: str,
    target: str,
    term: int,
    log: Log,
    next_index: int,
    *_: int,
) -> Picture:
    """The leader's log, with an arrow at the follower's next_index."""
    return draw_logs({"leader": log}, next_index={"leader": next_index}, title="The leader's log")


_ADDRESS = AnswerPart("(source, target, term)", lambda sent: (sent.source, sent.target, sent.term))
_BEFORE_INDEX = AnswerPart("prev_log_index", lambda sent: sent.prev_log_index)
_BEFORE_TERM = AnswerPart("prev_log_term", lambda sent: sent.prev_log_term)
_FIRST = AnswerPart("the first command sent", lambda sent: _first_command(sent.entries))
_NUMBER = AnswerPart("the number of entries", lambda sent: len(sent.entries))
_ENTRIES = AnswerPart("entries", lambda sent: sent.entries)
_COMMIT = AnswerPart("leader_commit", lambda sent: sent.leader_commit)


def _first_command(entries: tuple[Entry, ...]) -> str | None:
    return entries[0].command if entries else None


def _addressed(*_: Any) -> str:
    return (
        "A request goes from the leader to the follower, and carries the leader's current term: "
        "by that the follower knows who leads (Figure 2, AppendEntries)."
    )


def _index_before(
    source: str, target: str, term: int, log: Log, next_index: int, commit_index: int, batch: int
) -> str:
    return (
        "prevLogIndex is the index just before the new entries, and those begin at next_index = "
        f"{next_index}, in a heartbeat, too (§5.3; Figure 2, AppendEntries)."
    )


def _before_the_first(
    source: str, target: str, term: int, log: Log, next_index: int, commit_index: int, batch: int
) -> str | None:
    """In a Python list, the item before the first would be the last one."""
    if next_index > 1:
        return None
    return (
        "Nothing comes before entry 1: that is index 0, and its term is 0 (§5.3; Figure 2). "
        "log.term_at(0) says so, and no list does."
    )


def _term_before(
    source: str, target: str, term: int, log: Log, next_index: int, commit_index: int, batch: int
) -> str:
    """The leader may lead a later term than the one in which that entry was made."""
    before = next_index - 1
    return (
        f"Entry {before} was made in term {log.term_at(before)}, whoever sends it now: prevLogTerm "
        "is the term of the entry at prevLogIndex (Figure 2, AppendEntries)."
    )


def _from_next_index(
    source: str, target: str, term: int, log: Log, next_index: int, commit_index: int, batch: int
) -> str:
    """Neither an entry that the follower has already, nor one after the next."""
    if next_index > log.last_index:
        return (
            f"The log ends at index {log.last_index}, so there is no entry {next_index} to send: "
            "the request is a heartbeat (§5.3; Figure 2, Leaders)."
        )
    return (
        f"The follower's log goes on at next_index = {next_index}: that entry is the first to "
        "send (Figure 2, Leaders)."
    )


def _at_most_a_batch(
    source: str, target: str, term: int, log: Log, next_index: int, commit_index: int, batch: int
) -> str | None:
    last = next_index + batch - 1
    if log.last_index <= last:
        return None
    return (
        f"batch = {batch}: the entries from {next_index} to {last} go now, the others later (§5.3)."
    )


def _all_there_are(
    source: str, target: str, term: int, log: Log, next_index: int, commit_index: int, batch: int
) -> str:
    if next_index > log.last_index:
        return f"The log ends at index {log.last_index}: nothing is left to send (§5.3)."
    return (
        f"The log goes on to index {log.last_index}: all entries from {next_index} on are sent, "
        "the last one included (Figure 2, Leaders)."
    )


def _unchanged(
    source: str, target: str, term: int, log: Log, next_index: int, commit_index: int, batch: int
) -> str:
    """A later leader sends older entries and must not change their terms."""
    return (
        f"The leader's own entries from {next_index} on are sent as they are. They keep their "
        "terms when a later leader sends them, or logs that agreed would differ (§5.4.2)."
    )


def _tells_the_commit_index(
    source: str, target: str, term: int, log: Log, next_index: int, commit_index: int, batch: int
) -> str:
    """Also beyond the entries of the request, which is the follower's business."""
    return (
        f"leaderCommit is how far the leader has committed, {commit_index}, however many entries "
        "are sent; the follower minds where these end (Figure 2, AppendEntries, and 5 there)."
    )


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
        cases=Regions(
            SmallWorld(append_command, _small_commands, _drawn_command, _can_be_taken),
            Region("a follower takes nothing", 1, _follower_takes_nothing),
            Region("a candidate takes nothing", 1, _candidate_takes_nothing),
            Region("a leader appends the command", 1, _leader_takes),
        ).cases,
        picture=_commands_arrive,
        story=a_command_travels,
        at_work="A command on its way",
    ),
    "3.2": Checks(
        returns=AppendEntriesRequest,
        cases=Regions(
            SmallWorld(
                make_append_entries,
                _small_sendings,
                _drawn_sending,
                _can_be_sent,
                picture=_to_send,
            ),
            Region("goes to the follower, in the leader's term", 1, _addressed, _ADDRESS),
            Region("names the index before the new entries", 1, _index_before, _BEFORE_INDEX),
            Region("names nothing before the first entry", 1, _before_the_first, _BEFORE_TERM),
            Region("names that entry's own term", 1, _term_before, _BEFORE_TERM),
            Region("begins with entry next_index", 1, _from_next_index, _FIRST),
            Region("sends at most a batch", 1, _at_most_a_batch, _NUMBER),
            Region("sends all there are", 1, _all_there_are, _NUMBER),
            Region("entries keep their terms", 1, _unchanged, _ENTRIES),
            Region("tells how far the leader has committed", 1, _tells_the_commit_index, _COMMIT),
        ).cases,
        picture=lambda: draw_logs(
            {"leader": Log.of_terms(1, 1, 2, 2, 3), "S2": Log.of_terms(1, 1, 2)},
            next_index={"S2": 4},
            title="S2 needs entries 4 and 5",
        ),
        story=a_command_travels,
        at_work="A command on its way",
    ),
}
