"""Commit and apply (§5.3, §5.4.2): our own scenarios for a whole server.

They look only at what the contract promises, effects and observe(), so that any
right server passes, whatever it is built like.
"""

from raftkit.scenarios.commits import applying, follower_commits, majorities, old_terms

SCENARIOS = (*majorities.SUITE, *old_terms.SUITE, *follower_commits.SUITE, *applying.SUITE)
