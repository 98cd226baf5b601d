"""Lint: what no rule and no server may do, whether or not a run has suffered from it yet.

A rule depends on its arguments only, a server on the events it was handed. Whatever
breaks that works on a good day in one process, and not in a replay, under a grader or
on real machines. DSLabs looks for the same under the name `--checks`.
"""

from raftkit.checkers.lint.finding import (
    CHANGES_WHAT_IT_HAS_GIVEN,
    CHANGES_WHAT_IT_IS_GIVEN,
    COMPARES_BY_IDENTITY,
    GIVES_TWO_ANSWERS,
    KEEPS_STATE_OUTSIDE,
    KINDS,
    READS_A_CLOCK,
    TOUCHES_ANOTHER_SERVER,
    LintFinding,
)
from raftkit.checkers.lint.outside_state import OutsideState, function_of
from raftkit.checkers.lint.rules import lint_rules
from raftkit.checkers.lint.servers import lint_server

__all__ = [
    "CHANGES_WHAT_IT_HAS_GIVEN",
    "CHANGES_WHAT_IT_IS_GIVEN",
    "COMPARES_BY_IDENTITY",
    "GIVES_TWO_ANSWERS",
    "KEEPS_STATE_OUTSIDE",
    "KINDS",
    "READS_A_CLOCK",
    "TOUCHES_ANOTHER_SERVER",
    "LintFinding",
    "OutsideState",
    "function_of",
    "lint_rules",
    "lint_server",
]
