"""A cluster's state as one whole number, and what its bits mean.

From the low end: what is left of each budget; a field for each server with the number of its
snapshot; a bit for each message that may be on the network and for each vote that has been seen.
The network is a set, so sending is an "or", and a transition takes two operations on integers. A
message gets its bit when it first appears, so numbers have a meaning only together with their
layout.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from raftkit.checkers.explorer.behaviour import Snapshot
from raftkit.checkers.explorer.bounds import Bounds
from raftkit.protocol import RequestVoteRequest, RequestVoteResponse

BUDGETS = ("commands", "crashes", "losses", "duplicates", "timeouts")

Vote = tuple[str, int, str]  # the voter, the term, and the candidate


class TooManySnapshots(Exception):
    """A server has more states than its field has numbers: a wider layout is needed."""


class Layout:
    """The meaning of the bits in a state; `width` is the number of bits of each server's field."""

    def __init__(self, bounds: Bounds, width: int, names: tuple[str, ...] = ()) -> None:
        self.bounds = bounds
        self.names = names or bounds.names
        self.width = width
        self._budgets: dict[str, tuple[int, int]] = {}
        low = 0
        for name in BUDGETS:
            limit = getattr(bounds, name)
            if limit:
                self._budgets[name] = (low, (1 << limit.bit_length()) - 1)
                low += limit.bit_length()
        self.full_budgets = sum(
            getattr(bounds, name) << shift for name, (shift, _) in self._budgets.items()
        )
        self.budget_mask = (1 << low) - 1
        self._shifts = {name: low + place * width for place, name in enumerate(self.names)}
        self._field = (1 << width) - 1
        self.next_bit = low + len(self.names) * width
        self.servers_mask = (1 << self.next_bit) - 1 & ~self.budget_mask
        self.message_mask = 0
        # All that one server's next step can depend on: the budgets, its field, its messages.
        self.local_masks = {
            name: self.budget_mask | self._field << self._shifts[name] for name in self.names
        }
        # All that an invariant looks at: the servers' fields and the votes.
        self.seen_mask = self.servers_mask
        self.votes_mask = 0
        self.messages: dict[int, Any] = {}  # by bit
        self._bit_of: dict[int, int] = {}
        self._votes: dict[Vote, int] = {}
        self._clashing: dict[int, int] = {}  # votes by bit, with the bits that they contradict

    # Servers -------------------------------------------------------------------------------

    def placed(self, server: str, number: int) -> int:
        """Return the bits of a state in which `server` is in the snapshot of this number."""
        if number > self._field:
            raise TooManySnapshots
        return number << self._shifts[server]

    def number_of(self, state: int, server: str) -> int:
        """Return the number of the snapshot that `server` is in."""
        return state >> self._shifts[server] & self._field

    def swap(self, before: Snapshot, after: Snapshot) -> int:
        """Return the bits that change when a server goes from one snapshot to another."""
        server = before.server
        return self.placed(server, before.id) ^ self.placed(server, after.id)

    # Budgets -------------------------------------------------------------------------------

    def left(self, state: int, budget: str) -> int:
        """Return how much of a budget is left."""
        shift, field = self._budgets.get(budget, (0, 0))
        return state >> shift & field

    def spend(self, state: int, budget: str) -> int:
        """Return the bits that change when one of a budget is spent."""
        shift, _ = self._budgets[budget]
        left = self.left(state, budget)
        return (left ^ (left - 1)) << shift

    # Messages ------------------------------------------------------------------------------

    def bit_of(self, message: Any) -> int:
        """Return the bit of a message, which must come from `one`; a new message gets a new bit."""
        bit = self._bit_of.get(id(message))
        if bit is None:
            bit = self._bit_of[id(message)] = self._new_bit()
            self.messages[bit] = message
            self.message_mask |= bit
            self.local_masks[message.target] |= bit
        return bit

    def _new_bit(self) -> int:
        bit = 1 << self.next_bit
        self.next_bit += 1
        return bit

    def sent(self, messages: tuple[Any, ...]) -> int:
        """Return the bits of several messages."""
        bits = 0
        for message in messages:
            bits |= self.bit_of(message)
        return bits

    def inbox(self, state: int) -> Iterator[tuple[int, Any]]:
        """The messages on the network in `state`, or in a part of it, each with its bit."""
        rest = state & self.message_mask
        while rest:
            bit = rest & -rest
            rest ^= bit
            yield bit, self.messages[bit]

    # Votes ---------------------------------------------------------------------------------

    def vote_seen(self, event: Any) -> int:
        """Return the bit of the vote that an arriving message shows, or 0 if it shows none.

        A candidate's request shows its vote for itself.
        """
        if isinstance(event, RequestVoteRequest):
            return self._bit_of_vote((event.source, event.term, event.source))
        if isinstance(event, RequestVoteResponse) and event.vote_granted:
            return self._bit_of_vote((event.source, event.term, event.target))
        return 0

    def _bit_of_vote(self, vote: Vote) -> int:
        bit = self._votes.get(vote)
        if bit is None:
            bit = self._new_bit()
            others = [other for known, other in self._votes.items() if known[:2] == vote[:2]]
            self._votes[vote] = bit
            self._clashing[bit] = sum(others)
            for other in others:
                self._clashing[other] |= bit
            self.seen_mask |= bit
            self.votes_mask |= bit
        return bit

    def votes_turned(self, names: Mapping[str, str], votes: int) -> int:
        """Return the bits of these votes after servers have changed names."""
        bits = 0
        for (voter, term, candidate), bit in [*self._votes.items()]:
            if votes & bit:
                bits |= self._bit_of_vote((names[voter], term, names[candidate]))
        return bits

    def votes_clash(self, state: int) -> bool:
        """Return whether some server has been seen to vote twice in a term."""
        return any(state & bit and state & others for bit, others in self._clashing.items())
