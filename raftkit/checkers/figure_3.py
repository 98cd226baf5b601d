"""The five properties of Figure 3, each checked against what one step changed.

A checker remembers what has been true so far in a run and compares each change with it, so its cost
does not grow with the log. It returns None, or a finding: the servers and log indexes that break
the property, and a sentence. No checker knows a rule of Raft: it judges any server that claims to
be one.
"""

from collections import defaultdict
from collections.abc import Sequence

from raftkit.protocol import Entry, Log, ServerState
from raftkit.protocol.record import record
from raftkit.protocol.roles import LEADER


@record
class Finding:
    """What a checker found: the servers and log indexes that break its property, and how."""

    servers: tuple[str, ...]
    indexes: tuple[int, ...]
    detail: str


def name_entry(index: int, entry: Entry) -> str:
    """Return an entry in words.

    >>> name_entry(2, Entry(3, "x=1"))
    'entry 2 (x=1, term 3)'
    """
    return f"entry {index} ({entry.command or 'no command'}, term {entry.term})"


class ElectionSafety:
    """At most one leader can be elected in a given term (§5.2)."""

    title = "Election Safety"
    section = "§5.2"

    def __init__(self) -> None:
        self._leaders: dict[int, str] = {}

    def elected(self, server: str, state: ServerState) -> Finding | None:
        """Check a server that has just become leader."""
        term = state.standing.current_term
        first = self._leaders.setdefault(term, server)
        if first == server:
            return None
        return Finding((first, server), (), f"{first} and {server} both lead term {term}.")


class LeaderAppendOnly:
    """A leader never overwrites or deletes entries in its log; it only appends (§5.3)."""

    # This checker remembers nothing: a step holds the log before it and after it.
    title = "Leader Append-Only"
    section = "§5.3"

    def log_changed(self, server: str, before: ServerState, after: ServerState) -> Finding | None:
        """Check a log that has lost entries in a step."""
        old, new = before.standing, after.standing
        if new.role != LEADER or old.role != LEADER or old.current_term != new.current_term:
            return None
        index = after.log.common_prefix(before.log) + 1
        entry = name_entry(index, before.log[index])
        return Finding(
            (server,), (index,), f"{server} removed its own {entry} while it led the term."
        )


class LogMatching:
    """If two logs hold an entry with the same index and term, they are equal up to it (§5.3).

    This is checked by induction: an index and a term may stand for only one entry, after only one
    predecessor.
    """

    title = "Log Matching"
    section = "§5.3"

    def __init__(self) -> None:
        # By term and then by index, which is quicker to look up than pairs: the entry, the term
        # of the entry before it, and the server that held it first.
        self._seen: dict[int, dict[int, tuple[Entry, int, str]]] = defaultdict(dict)

    def entries_added(
        self, server: str, index: int, previous_term: int, entries: tuple[Entry, ...]
    ) -> Finding | None:
        """Check the entries that a step added after `index`, whose entry is of `previous_term`."""
        for entry in entries:
            index += 1
            term = entry.term
            seen = self._seen[term]
            if index in seen:
                known, known_previous_term, _ = seen[index]
                # A replicated entry mostly is the same object, and comparing identity is quicker
                # than comparing texts.
                if known_previous_term != previous_term or (known is not entry and known != entry):
                    return self._differs(server, index, entry, previous_term, seen[index])
            else:
                seen[index] = (entry, previous_term, server)
            previous_term = term
        return None

    def _differs(
        self,
        server: str,
        index: int,
        entry: Entry,
        previous_term: int,
        known: tuple[Entry, int, str],
    ) -> Finding:
        """Return the finding, which says whether the entry differs or only the entry before it."""
        other_entry, other_previous, other = known
        if other_entry != entry:
            theirs = name_entry(index, other_entry)
            detail = f"{server} holds {name_entry(index, entry)}, {other} {theirs}."
            return Finding((other, server), (index,), detail)
        detail = (
            f"{other} and {server} hold the same {name_entry(index, entry)}, but the one before "
            f"it is of term {other_previous} on {other} and of term {previous_term} on {server}."
        )
        return Finding((other, server), (index - 1, index), detail)


class LeaderCompleteness:
    """An entry committed in a term is in the logs of the leaders of all later terms (§5.4).

    A server that wins an older term late may lack the entry, so only leaders of later terms are
    compared.
    """

    title = "Leader Completeness"
    section = "§5.4"

    def __init__(self) -> None:
        # By term: the last index that was committed in it, the log that holds it, and the server
        # that committed it first. Logs are values, so keeping one costs nothing.
        self._committed: dict[int, tuple[int, Log, str]] = {}
        self._leaders: dict[int, tuple[str, Log]] = {}  # by term, with the log at election
        self._last_term = 0

    def elected(self, server: str, state: ServerState) -> Finding | None:
        """Check a server that has just become leader."""
        term = state.standing.current_term
        self._leaders[term] = (server, state.log)
        self._last_term = max(self._last_term, term)
        earlier = [before for before in self._committed if before < term]
        if not earlier:
            return None
        # Checking the last entry is enough: if only an earlier one is missing, Log Matching breaks.
        furthest = max(earlier, key=lambda before: (self._committed[before][0], -before))
        return self._missing(server, term, furthest, self._committed[furthest][0])

    def committed(self, server: str, before: ServerState, after: ServerState) -> Finding | None:
        """Check the entries that a step has committed."""
        term, known = after.standing.current_term, self._committed
        furthest = known[term][0] if term in known else 0
        # Nearly always another server has committed these entries before. The commit index of a
        # wrong server may lie beyond the end of its log.
        if after.commit_index <= furthest or after.log.last_index <= furthest:
            return None
        last = min(after.commit_index, after.log.last_index)
        known[term] = (last, after.log, server)
        if term < self._last_term:
            for index in range(max(before.commit_index, furthest) + 1, last + 1):
                if finding := self._later_leaders(index, term):
                    return finding
        return None

    def _later_leaders(self, index: int, term: int) -> Finding | None:
        """Check the leaders of later terms that were elected before this commit was seen.

        A commit can be seen late: a server that was cut off may report it when other leaders have
        been elected. If they have committed another entry, State Machine Safety is broken instead.
        """
        entry = self._committed[term][1][index]
        for later, (last, log, _) in self._committed.items():
            if later > term and index <= last and log[index] != entry:
                return None
        for leader_term, (leader, _) in self._leaders.items():
            if leader_term > term:
                finding = self._missing(leader, leader_term, term, index)
                if finding is not None:
                    return finding
        return None

    def _missing(self, leader: str, term: int, committed_in: int, index: int) -> Finding | None:
        """Return the finding if a leader's log at its election lacks a committed entry."""
        log, (_, committed, by) = self._leaders[term][1], self._committed[committed_in]
        entry = committed[index]
        if index <= log.last_index and log[index] == entry:
            return None
        instead = (
            f"holds {name_entry(index, log[index])} there"
            if index <= log.last_index
            else (f"its log ends at {log.last_index}")
        )
        detail = (
            f"In term {committed_in}, {by} committed {name_entry(index, entry)}, "
            f"but {leader} leads term {term} without it: {instead}."
        )
        return Finding((by, leader), (index,), detail)


class StateMachineSafety:
    """Once a server has applied an entry at an index, no server applies another there (§5.4.3)."""

    title = "State Machine Safety"
    section = "§5.4.3"

    def __init__(self) -> None:
        # The entry at each index, beginning with index 1, and the server that applied it first.
        self._applied: list[tuple[Entry, str]] = []

    def applied(
        self, server: str, before: ServerState, applied: Sequence[tuple[int, Entry]]
    ) -> Finding | None:
        """Check the entries that a step has applied."""
        # A server must apply the entry after the last one that it applied. Comparing only entries
        # with equal indexes would not notice an entry that was skipped.
        position, everywhere = before.last_applied, self._applied
        for index, entry in applied:
            position += 1
            if index != position or index > len(everywhere) + 1:
                detail = f"{server} applied entry {index} when entry {position} was next."
                return Finding((server,), (index,), detail)
            if index > len(everywhere):
                everywhere.append((entry, server))
                continue
            known, other = everywhere[index - 1]
            if known is not entry and known != entry:
                detail = (
                    f"{other} applied {name_entry(index, known)}, "
                    f"{server} applied {name_entry(index, entry)}."
                )
                return Finding((other, server), (index,), detail)
        return None
