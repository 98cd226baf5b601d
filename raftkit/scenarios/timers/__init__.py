"""Timers (§5.2, §5.6): our own scenarios for a whole server.

They look only at what the contract promises, effects and observe(), so that any
right server passes, whatever it is built like.
"""

from raftkit.scenarios.timers import durations, heartbeats, timer_restarts, timer_runs_on

SCENARIOS = (*timer_restarts.SUITE, *timer_runs_on.SUITE, *durations.SUITE, *heartbeats.SUITE)
