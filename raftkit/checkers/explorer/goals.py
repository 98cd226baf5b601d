"""Predicates on the servers' states, which can be combined: goals and prunes of a search.

`leads("S1", term=2) & log_is("S2", 1)` reads like a sentence. A goal says where a search is to end,
a prune in which states it need not go on. Predicates see what `observe` returns for each server, by
its name.
"""

from collections.abc import Callable
from dataclasses import dataclass

from raftkit.checkers.invariants import States
from raftkit.protocol import ServerState
from raftkit.protocol.roles import LEADER


@dataclass(frozen=True)
class Predicate:
    """A condition on all servers' states, in words and as a function; combined by `&`, `|`, `~`.

    `names_servers` says that it speaks of particular servers, so that exchanging the names of
    servers may change its answer.
    """

    words: str
    holds: Callable[[States], bool]
    names_servers: bool = True

    def __call__(self, states: States) -> bool:
        """Return whether it holds."""
        return self.holds(states)

    def __str__(self) -> str:
        """Return the words, which unlike the function are the same in every process."""
        return self.words

    def __and__(self, other: "Predicate") -> "Predicate":
        return Predicate(
            f"{self.words} and {other.words}",
            lambda states: self.holds(states) and other.holds(states),
            self.names_servers or other.names_servers,
        )

    def __or__(self, other: "Predicate") -> "Predicate":
        return Predicate(
            f"({self.words} or {other.words})",
            lambda states: self.holds(states) or other.holds(states),
            self.names_servers or other.names_servers,
        )

    def __invert__(self) -> "Predicate":
        return Predicate(
            f"not ({self.words})", lambda states: not self.holds(states), self.names_servers
        )


def server_is(server: str, words: str, holds: Callable[[ServerState], bool]) -> Predicate:
    """Return a condition on one server, given as words and a function."""
    return Predicate(f"{server} {words}", lambda states: holds(states[server]))


def leads(server: str, term: int | None = None) -> Predicate:
    """`server` is leader, of this term if one is given.

    >>> leads("S1", 2).words
    'S1 leads term 2'
    """

    def holds(state: ServerState) -> bool:
        standing = state.standing
        return standing.role == LEADER and term in (None, standing.current_term)

    return server_is(server, "leads" if term is None else f"leads term {term}", holds)


def in_term(server: str, term: int) -> Predicate:
    """The current term of `server` is `term`."""
    return server_is(
        server, f"is in term {term}", lambda state: state.standing.current_term == term
    )


def log_is(server: str, *terms: int) -> Predicate:
    """The log of `server` has entries of exactly these terms, as Figure 8 draws logs.

    >>> log_is("S3").words, log_is("S1", 1, 2).words
    ("S3's log is empty", "S1's log is 1 2")
    """
    shown = " ".join(map(str, terms)) or "empty"
    return Predicate(
        f"{server}'s log is {shown}",
        lambda states: tuple(entry.term for entry in states[server].log) == terms,
    )


def committed(server: str, index: int) -> Predicate:
    """The commit index of `server` is at least `index`."""
    return server_is(server, f"has committed {index}", lambda state: state.commit_index >= index)


def applied(server: str, index: int) -> Predicate:
    """`server` has applied the entries up to `index`."""
    return server_is(server, f"has applied {index}", lambda state: state.last_applied >= index)


def acknowledged(server: str, others: int, index: int) -> Predicate:
    """`server`, a leader, knows at least `others` followers that hold its entry at `index`."""

    def holds(state: ServerState) -> bool:
        return sum(progress.match_index >= index for progress in state.progress) >= others

    return server_is(server, f"knows index {index} to be on {others} other(s)", holds)


def any_leader(term: int | None = None) -> Predicate:
    """Some server is leader, of this term if one is given."""

    def holds(states: States) -> bool:
        return any(leads(server, term).holds(states) for server in states)

    return Predicate("anybody leads" + ("" if term is None else f" term {term}"), holds, False)
