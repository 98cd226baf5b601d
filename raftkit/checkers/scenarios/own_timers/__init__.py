"""Timers (§5.2, §5.6): our own scenarios for a whole server.

They look only at what the contract promises, effects and observe(), so that any
right server passes, whatever it is built like.
"""

from raftkit.checkers.scenarios.own_timers import beats, durations, restless, waits

SCENARIOS = (
    *waits.SCENARIOS,
    *restless.SCENARIOS,
    *durations.SCENARIOS,
    *beats.SCENARIOS,
)
