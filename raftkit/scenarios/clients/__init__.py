"""Clients (§5.3, §8): our own scenarios for a whole server.

They look only at what the contract promises and at what clients are told, so that
any right server passes, whatever it is built like and whenever it answers.
"""

from raftkit.scenarios.clients import answers, whole_clusters

SCENARIOS = (*answers.SUITE, *whole_clusters.SUITE)
