"""Schedules that a search tries first: harmless to right rules, the end of some wrong one."""

import pytest

from raftkit.checkers import run_trial
from raftkit.course import EXERCISES, check
from raftkit.course.checking.checks import checks_of
from raftkit.course.wrong_answers import WRONG_ANSWERS

KNOWN = [
    pytest.param(exercise.id, schedule, id=f"{exercise.id}-{number}")
    for exercise in EXERCISES
    for number, schedule in enumerate(getattr(checks_of(exercise), "schedules", ()), start=1)
]


@pytest.mark.parametrize(("id", "schedule"), KNOWN)
def test_right_rules_keep_every_property(id, schedule) -> None:
    assert run_trial(schedule).violations == []


@pytest.mark.parametrize(("id", "schedule"), KNOWN)
def test_some_wrong_answer_breaks_a_property(id, schedule) -> None:
    wrong = [each for each in WRONG_ANSWERS if each.check == id]
    caught = [each.id for each in wrong if run_trial(schedule, each.rules).violations]

    assert caught


def test_who_counts_copies_of_old_entries_is_shown_figure_8() -> None:
    counts_copies = next(each for each in WRONG_ANSWERS if each.id == "C1").rule

    def advance_commit_index(log, current_term, commit_index, match_indexes):
        return counts_copies(log, current_term, commit_index, match_indexes)

    result = check("4.1", advance_commit_index)
    search = result.cases[-1]

    assert dict(search.lines)["Broken"].startswith("Leader Completeness")
    assert "S5 leads term 5 without it" in dict(search.lines)["Here"]
    assert search.picture is not None

    names = {"advance_commit_index": advance_commit_index}
    exec(result.program, names)
    assert names["cluster"].violations[0].property == "Leader Completeness"
