"""The replicated log (§5.3): an immutable value, its first entry at index 1.

Index 0 means "before the first entry" and has term 0, as in Figure 2. The log
knows nothing of servers, commits or disks. Many values share one append-only
list, each with its own length: growing the longest copies nothing, growing a
shorter one (after a conflict) forks the list, so a long log is as quick to extend
as a short one. A log may begin after a snapshot's last entry instead (§7).
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from operator import attrgetter

from raftkit.protocol.record import itself, record

_term = attrgetter("term")
_new = object.__new__


@record
class Entry:
    """One log entry: the leader's term, the command, and who asked for it (§5.3, §8).

    `command` is text for the state machine; "" is the no-op of a new leader (§8).
    `client` and `serial` let the state machine recognise a repeated request. An entry that says
    something else is a record of a class derived from this one, with fields of its own.
    """

    term: int
    command: str = ""
    client: str = ""
    serial: int = 0

    def __repr__(self) -> str:
        """The entry as one types it, without what is as usual at its end.

        >>> Entry(1), Entry(2, "x=1")
        (Entry(1), Entry(2, 'x=1'))
        """
        if self.client or self.serial:
            return f"Entry({self.term}, {self.command!r}, {self.client!r}, {self.serial})"
        return f"Entry({self.term}, {self.command!r})" if self.command else f"Entry({self.term})"


class Log:
    """A sequence of entries that never changes; "changing" it gives a new log.

    >>> log = Log.of_terms(1, 1, 2)
    >>> log.last_index, log.last_term, log.term_at(2), log.term_at(0)
    (3, 2, 1, 0)
    >>> log.extend([Entry(3)])
    Log.of_terms(1, 1, 2, 3)
    >>> log.prefix(1), log
    (Log.of_terms(1), Log.of_terms(1, 1, 2))

    Its first entry follows `last_included_index`, whose term is `last_included_term`: what the
    entries up to there did is in a snapshot (Figure 13).

    >>> rest = Log(log.entries(3), last_included_index=2, last_included_term=1)
    >>> rest.term_at(2), rest.term_at(3), rest.last_index
    (1, 2, 3)
    """

    __slots__ = ("_entries", "last_included_index", "last_included_term", "last_index")

    _entries: list[Entry]
    last_index: int
    last_included_index: int
    last_included_term: int

    __deepcopy__ = itself

    def __init__(
        self,
        entries: Iterable[Entry] = (),
        last_included_index: int = 0,
        last_included_term: int = 0,
    ) -> None:
        self._entries = list(entries)
        self.last_index = last_included_index + len(self._entries)
        self.last_included_index = last_included_index
        self.last_included_term = last_included_term

    @classmethod
    def of_terms(cls, *terms: int) -> "Log":
        """A log given by its terms alone, as Figure 7 draws logs."""
        return cls(Entry(term) for term in terms)

    @property
    def last_term(self) -> int:
        """The term of the last entry; 0 if there is none."""
        return self.term_at(self.last_index)

    def term_at(self, index: int) -> int:
        """The term of the entry at `index`; 0 at index 0. Raises IndexError outside the log."""
        before = self.last_included_index
        if before < index <= self.last_index:
            return self._entries[index - before - 1].term
        if index == before:
            return self.last_included_term
        raise self._outside(index)

    def __getitem__(self, index: int) -> Entry:
        """The entry at `index`, counted from 1. Raises IndexError outside the log."""
        before = self.last_included_index
        if before < index <= self.last_index:
            return self._entries[index - before - 1]
        raise self._outside(index)

    def _outside(self, index: int) -> IndexError:
        first = self.last_included_index + 1
        held = f"holds entries {first} to {self.last_index}" if len(self) else "is empty"
        return IndexError(f"the log has no entry {index}: it {held}")

    def entries(self, first: int = 1, last: int | None = None) -> tuple[Entry, ...]:
        """The entries from index `first` to `last`, both included, as far as the log has them.

        >>> [entry.term for entry in Log.of_terms(1, 1, 2, 3).entries(2, 3)]
        [1, 2]
        """
        before, end = self.last_included_index, self.last_index
        if last is None or last > end:
            last = end
        if first >= last:  # Mostly none or a single one is wanted.
            return (self._entries[first - before - 1],) if first == last > before else ()
        # A negative end would count from the end of the list, which other logs share.
        return tuple(self._entries[max(0, first - before - 1) : max(0, last - before)])

    def extend(self, entries: Iterable[Entry]) -> "Log":
        """This log with `entries` after its last one."""
        shared, before = self._entries, self.last_included_index
        if len(shared) != self.last_index - before:
            # Another value has already grown the list: what follows differs, so it forks here.
            shared = shared[: self.last_index - before]
        shared.extend(entries)
        # `Log(...)` would copy the list; this shares it, as `prefix` does.
        log = _new(Log)
        log._entries = shared
        log.last_index = before + len(shared)
        log.last_included_index = before
        log.last_included_term = self.last_included_term
        return log

    def prefix(self, last_index: int) -> "Log":
        """This log without every entry after `last_index`."""
        log = _new(Log)
        log._entries = self._entries
        log.last_index = max(self.last_included_index, min(last_index, self.last_index))
        log.last_included_index = self.last_included_index
        log.last_included_term = self.last_included_term
        return log

    def first_index_of(self, term: int) -> int:
        """The index of the first entry of `term` or of a later one (terms never fall in a log)."""
        return (
            self.last_included_index + bisect_left(self._entries, term, 0, len(self), key=_term) + 1
        )

    def last_index_of(self, term: int) -> int:
        """The index of the last entry of `term` or of an earlier one; 0 if there is none."""
        return self.last_included_index + bisect_right(self._entries, term, 0, len(self), key=_term)

    def extends(self, other: "Log") -> bool:
        """Whether every entry of `other` is here too, at the same index."""
        if other.last_index > self.last_index:
            return False
        return self.common_prefix(other) == other.last_index

    def common_prefix(self, other: "Log") -> int:
        """The last index up to which both logs hold equal entries.

        What only one of them holds, the other's snapshot having it, counts as equal.

        >>> Log.of_terms(1, 1, 4).common_prefix(Log.of_terms(1, 1, 2, 2))
        2
        """
        shorter = self.last_index if self.last_index < other.last_index else other.last_index
        if self._entries is other._entries:
            return shorter
        mine, theirs = self.last_included_index, other.last_included_index
        # Forwards, because a rewritten middle can hide behind an equal end.
        for index in range(mine if mine > theirs else theirs, shorter):
            one, another = self._entries[index - mine], other._entries[index - theirs]
            if one is not another and one != another:
                return index
        return shorter

    def growth_since(self, before: "Log") -> tuple[int, int, tuple[Entry, ...]]:
        """How `before` became this log: the last index that both agree on, its term, what follows.

        It is what AppendEntries says as prevLogIndex, prevLogTerm and entries[].

        >>> Log.of_terms(1, 1, 4).growth_since(Log.of_terms(1, 1, 2))
        (2, 1, (Entry(4),))
        """
        kept = before.last_index
        if self._entries is not before._entries or kept > self.last_index:
            kept = max(self.common_prefix(before), self.last_included_index)
        return kept, self.term_at(kept), self.entries(kept + 1)

    def __len__(self) -> int:
        return self.last_index - self.last_included_index

    def __iter__(self) -> Iterator[Entry]:
        return iter(self._entries[: len(self)])

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Log):
            return NotImplemented
        if self._ends() != other._ends():
            return False
        return self._entries is other._entries or self.common_prefix(other) == self.last_index

    def _ends(self) -> tuple[int, int, int]:
        return self.last_index, self.last_included_index, self.last_included_term

    def __hash__(self) -> int:
        # The end alone: equal logs have equal ends, and hashing 100,000 entries would not pay.
        return hash((self.last_index, self.last_term))

    def __repr__(self) -> str:
        if self.last_included_index:
            entries = ", ".join(repr(entry) for entry in self)
            return f"Log([{entries}], {self.last_included_index}, {self.last_included_term})"
        if all(entry == Entry(entry.term) for entry in self):
            return f"Log.of_terms({', '.join(str(entry.term) for entry in self)})"
        return f"Log([{', '.join(repr(entry) for entry in self)}])"
