"""Lint: finds what no rule and no server may do, even if no run has failed because of it yet.

A rule may depend only on its arguments, and a server only on the events it was handed. A program
that breaks this may work in one process, and then fail in a replay, under a grader or on real
machines. DSLabs checks the same under the name `--checks`.
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
