"""What must always hold in a cluster, and the search for runs in which it does not.

Figure 3's properties and the properties behind them, checked at every step; liveness bounds in
virtual time; random schedules of faults; the fuzzer, the explorer and the shrinker;
linearizability; lint. Nothing here knows exercises or pictures.
"""

from raftkit.checkers.cluster import Cluster
from raftkit.checkers.liveness import leader_within, progress_within
from raftkit.checkers.outages import Outages, measure_outages, needless_elections
from raftkit.checkers.safety import PROPERTIES, Safety
from raftkit.checkers.schedules import draw_long_trial, draw_short_trial, search
from raftkit.checkers.shrinker import shrink
from raftkit.checkers.trials import Timed, Trial, run_trial

__all__ = [
    "PROPERTIES",
    "Cluster",
    "Outages",
    "Safety",
    "Timed",
    "Trial",
    "draw_long_trial",
    "draw_short_trial",
    "leader_within",
    "measure_outages",
    "needless_elections",
    "progress_within",
    "run_trial",
    "search",
    "shrink",
]
