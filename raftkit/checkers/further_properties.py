"""Two properties of the paper that Figure 3 rests on, checked in the same way.

They break earlier than Figure 3's properties, and so point closer to the mistake: a server votes
twice in a term before two leaders are elected in it.
"""

from raftkit.checkers.figure_3 import Finding
from raftkit.protocol import ServerState


class OneVotePerTerm:
    """Each server votes for at most one candidate in a given term (§5.2).

    A vote is counted when it arrives. If a crash destroys a vote together with the write that the
    vote was waiting for, the vote was never cast.
    """

    title = "One Vote per Term"
    section = "§5.2"

    def __init__(self) -> None:
        self._votes: dict[tuple[str, int], str] = {}

    def voted(self, voter: str, term: int, candidate: str) -> Finding | None:
        """Check a vote that has arrived; a candidate's request is its vote for itself."""
        first = self._votes.setdefault((voter, term), candidate)
        if first == candidate:
            return None
        detail = f"{voter} voted for {first} and for {candidate} in term {term}."
        return Finding((voter, first, candidate), (), detail)


class OnlyForwards:
    """currentTerm, commitIndex and lastApplied increase monotonically (Figure 2, State)."""

    title = "Only Forwards"
    section = "Figure 2"

    def moved(self, server: str, before: ServerState, after: ServerState) -> Finding | None:
        """Check the numbers that a step has changed."""
        changes = (
            ("current_term", before.standing.current_term, after.standing.current_term),
            ("commit_index", before.commit_index, after.commit_index),
            ("last_applied", before.last_applied, after.last_applied),
        )
        for name, old, new in changes:
            if new < old:
                return Finding((server,), (), f"{server}'s {name} fell from {old} to {new}.")
        return None
