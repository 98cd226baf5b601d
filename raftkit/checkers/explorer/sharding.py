"""Which of several processes keeps a state: it belongs on a shard, and each shard has an owner.

Most steps leave a state on its shard, so little need be sent. But some shards grow far more
than others, and in another part of the search others do; so now and then one changes hands,
mostly one with many new states and few old ones, which are quickly moved.
"""

from collections.abc import Mapping
from hashlib import blake2b

from raftkit.checkers.explorer.bit_layout import Layout

SHARDS = 256  # so many that, of those with new states, some are small
# How much more than an equal part of the new states a process may have, before it gives some away.
IMBALANCE = 0.01


class Sharding:
    """The shard of a state: by the servers' snapshots, but the last's.

    A step of the last server leaves a state on its shard, and so does one that changes nothing
    but the network.
    """

    def __init__(self, layout: Layout) -> None:
        """The shards of the states of one layout."""
        self._fields = layout.servers_mask & layout.placed(layout.names[-1], 1) - 1
        self._known: dict[int, int] = {}

    def number(self, state: int) -> int:
        """The number of a state's shard."""
        fields = state & self._fields
        number = self._known.get(fields)
        if number is None:
            digest = blake2b(b"%d" % fields, digest_size=4).digest()
            number = self._known[fields] = int.from_bytes(digest, "big") % SHARDS
        return number


def rebalanced(
    owners: list[int], new: Mapping[int, int], old: Mapping[int, int], processes: int
) -> list[int]:
    """The owners of shards with so many new and old states, when no process has much more to do.

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
        # One that helps much, and of which not much has to be moved.
        best = max(
            fitting, key=lambda number: new[number] ** 2 / (new[number] + old.get(number, 0))
        )
        owners[best] = least
        loads[most] -= new[best]
        loads[least] += new[best]
