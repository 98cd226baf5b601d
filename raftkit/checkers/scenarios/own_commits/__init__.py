"""Commit and apply (§5.3, §5.4.2): our own scenarios for a whole server.

They look only at what the contract promises, effects and observe(), so that any
right server passes, whatever it is built like.
"""

from raftkit.checkers.scenarios.own_commits import applying, following, majorities, old_terms

SCENARIOS = tuple(
    scenario
    for part in (majorities, old_terms, following, applying)
    for scenario in part.SUITE.scenarios
)
