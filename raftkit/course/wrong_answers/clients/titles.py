"""What wrong answers about clients violate: promises to clients that Figure 3 does not name.

The first is judged by histories of clients' calls, the second by the virtual time
that a client waits.
"""

from typing import Final

LINEARIZABILITY: Final = "Linearizability"
CLIENTS_ARE_ANSWERED: Final = "Clients Are Answered"
