"""The replicated log (§5.3): an immutable value, its first entry at index 1.

Index 0 means "before the first entry" and has term 0, as in Figure 2. The log
knows nothing of servers, commits or disks. Many values share one append-only
list, each with its own length: growing the longest copies nothing, growing a
shorter one (after a conflict) forks the list. So a log of 100,000 entries is as
quick to extend, record and compare with its predecessor as one of ten.
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
    `client` and `serial` let the state machine recognise a repeated request.
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
    """

    __slots__ = ("_entries", "last_index")

    _entries: list[Entry]
    last_index: int

    __deepcopy__ = itself

    def __init__(self, entries: Iterable[Entry] = ()) -> None:
        self._entries = list(entries)
        self.last_index = len(self._entries)

    @classmethod
    def of_terms(cls, *terms: int) -> "Log":
        """A log given by its terms alone, as Figure 7 draws logs."""
        return cls(Entry(term) for term in terms)

    @property
    def last_term(self) -> int:
        """The term of the last entry; 0 if there is none."""
        return self._entries[self.last_index - 1].term if self.last_index else 0

    def term_at(self, index: int) -> int:
        """The term of the entry at `index`; 0 at index 0. Raises IndexError outside the log."""
        if 0 <= index <= self.last_index:
            return self._entries[index - 1].term if index else 0
        raise self._outside(index)

    def __getitem__(self, index: int) -> Entry:
        """The entry at `index`, counted from 1. Raises IndexError outside the log."""
        if 0 < index <= self.last_index:
            return self._entries[index - 1]
        raise self._outside(index)

    def _outside(self, index: int) -> IndexError:
        held = f"holds entries 1 to {self.last_index}" if self.last_index else "is empty"
        return IndexError(f"the log has no entry {index}: it {held}")

    def entries(self, first: int = 1, last: int | None = None) -> tuple[Entry, ...]:
        """The entries from index `first` to `last`, both included.

        >>> [entry.term for entry in Log.of_terms(1, 1, 2, 3).entries(2, 3)]
        [1, 2]
        """
        end = self.last_index
        if last is None or last > end:
            last = end
        if first == last > 0:  # Mostly a single one is wanted.
            return (self._entries[first - 1],)
        # A negative end would count from the end of the list, which other logs share.
        return tuple(self._entries[first - 1 if first > 1 else 0 : last if last > 0 else 0])

    def extend(self, entries: Iterable[Entry]) -> "Log":
        """This log with `entries` after its last one."""
        shared = self._entries
        if len(shared) != self.last_index:
            # Another value has already grown the list: what follows differs, so it forks here.
            shared = shared[: self.last_index]
        shared.extend(entries)
        log = _new(Log)
        log._entries = shared
        log.last_index = len(shared)
        return log

    def prefix(self, last_index: int) -> "Log":
        """This log without every entry after `last_index`."""
        # `Log(...)` would copy the list; this shares it, as `extend` does.
        log = _new(Log)
        log._entries = self._entries
        log.last_index = max(0, min(last_index, self.last_index))
        return log

    def first_index_of(self, term: int) -> int:
        """The index of the first entry of `term` or of a later one (terms never fall in a log)."""
        return bisect_left(self._entries, term, 0, self.last_index, key=_term) + 1

    def last_index_of(self, term: int) -> int:
        """The index of the last entry of `term` or of an earlier one; 0 if there is none."""
        return bisect_right(self._entries, term, 0, self.last_index, key=_term)

    def extends(self, other: "Log") -> bool:
        """Whether every entry of `other` is here too, at the same index."""
        if other.last_index > self.last_index:
            return False
        return self.common_prefix(other) == other.last_index

    def common_prefix(self, other: "Log") -> int:
        """The last index up to which both logs hold equal entries.

        >>> Log.of_terms(1, 1, 4).common_prefix(Log.of_terms(1, 1, 2, 2))
        2
        """
        shorter = self.last_index if self.last_index < other.last_index else other.last_index
        if self._entries is other._entries:
            return shorter
        # Forwards, because a rewritten middle can hide behind an equal end.
        for index in range(shorter):
            mine, theirs = self._entries[index], other._entries[index]
            if mine is not theirs and mine != theirs:
                return index
        return shorter

    def growth_since(self, before: "Log") -> tuple[int, int, tuple[Entry, ...]]:
        """How `before` became this log: the last index that both agree on, its term, what follows.

        It is what AppendEntries says as prevLogIndex, prevLogTerm and entries[].

        >>> Log.of_terms(1, 1, 4).growth_since(Log.of_terms(1, 1, 2))
        (2, 1, (Entry(4),))
        """
        entries, kept = self._entries, before.last_index
        if entries is not before._entries or kept > self.last_index:
            kept = self.common_prefix(before)
        term = entries[kept - 1].term if kept else 0
        return kept, term, tuple(entries[kept : self.last_index])

    def __len__(self) -> int:
        return self.last_index

    def __iter__(self) -> Iterator[Entry]:
        return iter(self._entries[: self.last_index])

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Log):
            return NotImplemented
        if self.last_index != other.last_index:
            return False
        return self._entries is other._entries or self.common_prefix(other) == self.last_index

    def __hash__(self) -> int:
        # The end alone: equal logs have equal ends, and hashing 100,000 entries would not pay.
        return hash((self.last_index, self.last_term))

    def __repr__(self) -> str:
        if all(entry == Entry(entry.term) for entry in self):
            return f"Log.of_terms({', '.join(str(entry.term) for entry in self)})"
        return f"Log([{', '.join(repr(entry) for entry in self)}])"
