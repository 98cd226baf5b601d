"""TinyKV's core tests of a Raft, told for a single server that is driven by hand.

Nothing here has a clock; only a few contests let servers hear each other at once.
"""

from tests.evidence.tinykv import commits, logs, terms, votes

SCENARIOS = (*terms.SUITE, *votes.SUITE, *logs.SUITE, *commits.SUITE)
