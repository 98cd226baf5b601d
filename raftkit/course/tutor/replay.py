"""`replay`: the run in which an answer failed, drawn, as lines of Python, and to be played.

In the player the student's own answer decides in every server, so that whoever goes back
and acts otherwise sees what becomes of it. It checks nothing.
"""

from typing import Any

from raftkit.course.chapters import exercise
from raftkit.course.checking.answer_kinds import answer_kind_of
from raftkit.course.checking.checks import checks_of
from raftkit.course.checking.result import RECORDS_DRAWN, CaseResult
from raftkit.course.checking.rules_with import rules_with
from raftkit.course.exercise import Exercise
from raftkit.course.tutor.commands import last_check
from raftkit.course.tutor.page_note import Note
from raftkit.course.tutor.try_out import demonstrate
from raftkit.simulator.raft_system import MILLISECOND
from raftkit.views import Picture
from raftkit.views.recording import Recording


def replay(id: str) -> Picture | Note:
    """The failing history that the last check of exercise `id` found, and how to run it again.

    `play(replay(id))` plays it. Of a schedule, it is what the schedule came to.
    """
    chosen = exercise(id)
    result, answer = last_check(id)
    if answer is not None and getattr(checks_of(chosen), "shows", None) is not None:
        return demonstrate(chosen, answer)
    failing = [case for case in result.cases if case.outcome == "failed"] if result else []
    if not result or not result.program or not failing:
        return Note(f'There is no failing history: check("{id}", ...) has found none so far.')
    # A case with a program of its own is the one that is told; else it is the last one's.
    own = [case for case in failing if case.program == result.program]
    told = (own or failing)[-1]
    recording = _recording(chosen, told, answer)
    lines = [text for _, text in told.lines]
    if recording is not None:
        word = answer_kind_of(chosen).word
        lines.append(f'`play(replay("{id}"))` plays it, with your {word} in every server.')
    heading = "To run it again:"
    return Note("\n".join(lines), heading, result.program, told.picture, recording)


def _recording(chosen: Exercise, told: CaseResult, answer: Any) -> Recording | None:
    """The run of a case with the answer in its servers; None for a case without a cluster."""
    history = told.history
    if history is None:
        return None
    parts = (
        {"rules": rules_with(**{chosen.answer: answer})}
        if chosen.is_rule
        else answer_kind_of(chosen).cluster_arguments(answer)
    )
    # What fails in a scenario need not break a promise: then its end is what was drawn.
    drawn = history.records[-RECORDS_DRAWN:][0].time / MILLISECOND
    from_ms = None if history.violations else drawn
    return Recording(history, f"{chosen.id} {chosen.title}", from_ms=from_ms, **parts)
