"""Votes and terms (§5.1, §5.2, §5.4.1): our own scenarios for a whole server.

They look only at what the contract promises, effects and observe(), so that any
right server passes, whatever it is built like.
"""

from raftkit.scenarios.votes import counting, granting, stepping_down

SCENARIOS = (*granting.SUITE, *counting.SUITE, *stepping_down.SUITE)
