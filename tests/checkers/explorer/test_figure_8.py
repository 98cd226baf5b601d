"""Figure 8 cannot be told in fewer than twenty actions, as far as exhaustive searches can show.

The story comes by the place where S1 and S2 each keep an entry of their own term to themselves,
and S1 has come to S2's term. No way there is shorter, and none from there to something broken
when whatever is still under way there is lost.
"""

import pytest

from raftkit.checkers.explorer import Bounds, explore, in_term, leads, log_is
from raftkit.protocol import Rules

pytestmark = pytest.mark.once

ANY_TERM = Rules().with_rule(
    "advance_commit_index",
    lambda log, term, commit, matches: max(commit, sorted(matches)[(len(matches) - 1) // 2]),
)
KEPT = leads("S2", 2) & log_is("S1", 1) & log_is("S2", 2) & log_is("S3") & in_term("S1", 2)


def test_nothing_is_shorter_than_twenty_actions() -> None:
    kept = explore(Bounds(terms=2, commands=2), rules=ANY_TERM, goal=KEPT)
    rest = explore(Bounds(terms=4, commands=0), rules=ANY_TERM, start=kept, forget_before=3)

    assert (kept.verdict, len(kept.path)) == ("goal reached", 9)
    assert rest.violation is not None
    assert rest.violation.property == "Leader Completeness"
    assert len(rest.path) == 9 + 11
