"""Which process of a parallel search keeps a state: a state has a shard, a shard has an owner.

Most steps leave a state on its shard, so few states are sent. But some shards grow much faster than
others, so shards change owners now and then: mostly shards with many new states and few old ones,
which are quickly sent.
"""

from collections.abc import Mapping
from hashlib import blake2b

from raftkit.checkers.explorer.bit_layout import Layout

SHARDS = 256  # enough that some of those with new states are small
# A process gives shards away if it has so much more than an equal part of the new states.
IMBALANCE = 0.01


class Sharding:
    """The shards of states, by the snapshots of all servers but the last.

    A step of the last server leaves a state on its shard, and so does a step that changes only the
    network.
    """

    def __init__(self, layout: Layout) -> None:
        """The shards of the states of one layout."""
        self._fields = layout.servers_mask & layout.placed(layout.names[-1], 1) - 1
        self._known: dict[int, int] = {}

    def number(self, state: int) -> int:
        """Return the number of a state's shard."""
        fields = state & self._fields
        number = self._known.get(fields)
        if number is None:
            digest = blake2b(b"%d" % fields, digest_size=4).digest()
            number = self._known[fields] = int.from_bytes(digest, "big") % SHARDS
        return number


def rebalanced(
    owners: list[int], new: Mapping[int, int], old: Mapping[int, int], processes: int
) -> list[int]:
    """Return owners of shards that give no process many more new states than the others.

    >>> rebalanced([0, 0, 1], {0: 50, 1: 30, 2: 20}, {0: 900, 1: 100, 2: 500}, 2)
    [0, 1, 1]
    """
    owners = owners.copy()
    loads = [0] * processes
    for number, owner in enumerate(owners):
        loads[owner] += new.get(number, 0)
    enough = IMBALANCE * sum(loads) / processes
    while True:
        most, least = loads.index(max(loads)), loads.index(min(loads))
        gap = (loads[most] - loads[least]) / 2
        fitting = [n for n in new if owners[n] == most and 0 < new[n] <= gap * 1.1]
        if gap <= enough or not fitting:
            return owners
        # A shard with many new states, of which few have to be sent.
        best = max(
            fitting, key=lambda number: new[number] ** 2 / (new[number] + old.get(number, 0))
        )
        owners[best] = least
        loads[most] -= new[best]
        loads[least] += new[best]
