"""Stage D: the lint, which needs no wrong run to find a mistake, and searches over schedules.

The first search sees all within small bounds, the others draw. What one finds is shrunk to the
fewest actions and drawn.
"""

from raftkit.checkers.lint import (
    CHANGES_WHAT_IT_HAS_GIVEN,
    CHANGES_WHAT_IT_IS_GIVEN,
    COMPARES_BY_IDENTITY,
    GIVES_TWO_ANSWERS,
    KEEPS_STATE_OUTSIDE,
    READS_A_CLOCK,
    TOUCHES_ANOTHER_SERVER,
)
from raftkit.course.checking.lint_and_search import (
    LintTest,
    SearchTest,
    all_that_can_happen,
    fuzzed,
    short_trials,
)
from raftkit.course.checking.server_stages import ServerCase, ServerStage

LINT_AND_SEARCHES = ServerStage(
    "D",
    (
        ServerCase(
            "it depends on its disk and its events alone",
            2,
            LintTest(
                (READS_A_CLOCK, KEEPS_STATE_OUTSIDE, TOUCHES_ANOTHER_SERVER, GIVES_TWO_ANSWERS)
            ),
        ),
        ServerCase(
            "it changes nothing that came in or went out",
            1,
            LintTest((CHANGES_WHAT_IT_IS_GIVEN, CHANGES_WHAT_IT_HAS_GIVEN, COMPARES_BY_IDENTITY)),
        ),
        ServerCase(
            "survives all that can happen within small bounds", 2, SearchTest(all_that_can_happen)
        ),
        ServerCase(
            "survives a search for faults that break a property", 1, SearchTest(short_trials)
        ),
        ServerCase("survives random trials with every kind of fault", 1, SearchTest(fuzzed)),
    ),
)
