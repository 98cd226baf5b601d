"""An answer that is the same for every call earns nothing, though it is right for some of them.

A guess such as `return False` would otherwise earn every case that asks only for refusals.
"""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any

from raftkit.course.checking.answers import to_all
from raftkit.course.checking.cases import Case, cut
from raftkit.course.checking.result import BUT, CaseResult
from raftkit.course.checking.small_world import WorldCase
from raftkit.course.errors import StudentError

# Calls of each case that are asked once more.
_ASKED = 8


def without_points_for_a_constant(
    answer: Callable[..., Any], cases: Sequence[Case], results: tuple[CaseResult, ...]
) -> tuple[CaseResult, ...]:
    """The results, without points if the answer is the same whatever it is asked."""
    outcomes = {each.outcome for each in results}
    if outcomes != {"passed", "failed"}:
        return results
    same = _constant(answer, cases)
    if same is None:
        return results
    said = f"every call gets the same answer, {cut(same)}: a rule looks at its arguments."
    return tuple(
        replace(each, outcome="failed", lines=((BUT, said),)) if each.outcome == "passed" else each
        for each in results
    )


def _constant(answer: Callable[..., Any], cases: Sequence[Case]) -> str | None:
    """The one answer to all calls, written in Python, or None if there are several."""
    calls = [
        call.values
        for case in cases
        if isinstance(case, WorldCase)
        for call in case.small_calls[:_ASKED]
    ]
    with suppress(StudentError):
        answers = {repr(reply()) for reply in to_all(answer, calls)}
        return answers.pop() if len(answers) == 1 else None
    return None
