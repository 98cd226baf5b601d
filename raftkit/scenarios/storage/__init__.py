"""Persistence and restart (Figure 2, State): our own scenarios for a whole server.

They look only at what the contract promises, effects and observe(), so that any
right server passes, whatever it is built like and however often it writes.
"""

from raftkit.scenarios.storage import kept_on_disk, restarts, written_first

SCENARIOS = (*kept_on_disk.SUITE, *written_first.SUITE, *restarts.SUITE)
