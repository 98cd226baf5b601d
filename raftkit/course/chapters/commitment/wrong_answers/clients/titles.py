"""What wrong answers about clients violate: promises to clients that Figure 3 does not name.

The first is judged by histories of clients' calls, the second by the virtual time
that a client waits.
"""

from typing import Final

from raftkit.checkers import liveness
from raftkit.checkers.linearizability import cluster_calls

LINEARIZABILITY: Final = cluster_calls.LINEARIZABILITY
CLIENTS_ARE_ANSWERED: Final = liveness.CLIENTS_ANSWERED
