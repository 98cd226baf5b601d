"""`replay`: shows the run in which an answer failed, as a picture and as lines of Python.

The player plays the same run with the student's own answer in every server, so that a student can
go back in it and do something else. This module checks nothing.
"""

from typing import Any

from raftkit.course.chapters import exercise
from raftkit.course.checking.answer_kinds import answer_kind_of
from raftkit.course.checking.checks import checks_of
from raftkit.course.checking.result import RECORDS_DRAWN, CaseResult
from raftkit.course.checking.rules_with import rules_with
from raftkit.course.exercise import Exercise
from raftkit.course.tutor.commands import last_check
from raftkit.course.tutor.try_out import demonstrate
from raftkit.course.tutor.tutor_message import TutorMessage
from raftkit.simulator.raft_system import MILLISECOND
from raftkit.views import Picture
from raftkit.views.recording import Recording


def replay(id: str) -> Picture | TutorMessage:
    """The failing history that the last check of exercise `id` found, and how to run it again.

    `play(replay(id))` plays it. For a schedule it is the run of that schedule.
    """
    chosen = exercise(id)
    result, answer = last_check(id)
    if answer is not None and getattr(checks_of(chosen), "shows", None) is not None:
        return demonstrate(chosen, answer)
    failing = [case for case in result.cases if case.outcome == "failed"] if result else []
    if not result or not result.program or not failing:
        return TutorMessage(
            f'There is no failing history: check("{id}", ...) has found none so far.'
        )
    # The result's program is that of one case, or else belongs to the last case that failed.
    own = [case for case in failing if case.program == result.program]
    shown = (own or failing)[-1]
    recording = _recording(chosen, shown, answer)
    lines = [text for _, text in shown.lines]
    if recording is not None:
        word = answer_kind_of(chosen).word
        lines.append(f'`play(replay("{id}"))` plays it, with your {word} in every server.')
    heading = "To run it again:"
    return TutorMessage("\n".join(lines), heading, result.program, shown.picture, recording)


def _recording(chosen: Exercise, case: CaseResult, answer: Any) -> Recording | None:
    """The run of a case with the answer in its servers; None for a case without a cluster."""
    history = case.history
    if history is None:
        return None
    parts = (
        {"rules": rules_with(**{chosen.answer: answer})}
        if chosen.is_rule
        else answer_kind_of(chosen).cluster_arguments(answer)
    )
    # A scenario may fail without a violated property; then the player begins as the picture does.
    picture_begins = history.records[-RECORDS_DRAWN:][0].time / MILLISECOND
    from_ms = None if history.violations else picture_begins
    return Recording(history, f"{chosen.id} {chosen.title}", from_ms=from_ms, **parts)
