"""How much the browser's table measures, and how often.

Tests use small sizes. The best of several values goes into the table (aims.py). It does not
know any browser.
"""

from dataclasses import dataclass

from raftkit.bench.browser.busy_clusters import BusyCluster


@dataclass(frozen=True)
class Sizes:
    """The number of rounds, and how much each of them measures.

    Each of the `clusters` is watched in a number of `samples`, each so many `seconds` long. A
    recording of so many virtual `minutes` is played. A notebook gets a number of `clicks`.
    """

    clusters: tuple[BusyCluster, ...] = (BusyCluster(5, 40), BusyCluster(9, 200))
    rounds: int = 4
    samples: int = 5
    seconds: float = 1.0
    minutes: float = 30.0
    clicks: int = 10
