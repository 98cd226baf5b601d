"""`examine_server`: check a class of servers, case after case of all stages.

Every case that can be asked is asked, so that each one passed earns its points, whatever else
fails. The servers may run in this process or in another one; `watch` is told of each result.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace

from raftkit.checkers import Cluster
from raftkit.course.checking.guarded_server import GuardedServers
from raftkit.course.checking.lint_and_search import SearchTest
from raftkit.course.checking.result import BUT, CaseResult, Result, Status
from raftkit.course.checking.server_stages import (
    NOT_ASKED,
    Finding,
    ServerCase,
    ServerChecks,
    ServerStage,
)
from raftkit.course.errors import StudentError, unusable_text
from raftkit.course.exercise import Exercise
from raftkit.protocol import Settings
from raftkit.views import Picture, space_time

Watch = Callable[[Result], None]  # is told the result so far
# Calls that do not come to an end: each costs its case, and so many cost those after them. A right
# server may be slow once, and an endless loop that is met in every case would take minutes.
MOST_ENDLESS = 5


def examine_server(
    exercise: Exercise,
    checks: ServerChecks,
    answer: GuardedServers,
    seed: int = 0,
    watch: Watch = lambda result: None,
) -> Result:
    """Check a class of servers as the answer to `exercise`; another seed makes other schedules.

    Whatever the servers do is in the result; no error of them is raised.
    """
    try:
        _require_contract(answer)
    except StudentError as error:
        begun: Status = "not started" if error.kind == "not started" else "error"
        return Result(exercise, begun, message=error.text)
    except Exception as error:  # a result may be any object, and raise when it is read
        return Result(exercise, "error", message=unusable_text(error))
    examination = _Examination(checks, answer, seed)
    results: tuple[CaseResult, ...] = ()
    for results in examination.results():
        so_far = f"Still checking: {len(results)} of {len(checks.cases)} cases so far."
        watch(Result(exercise, "partial", results, so_far))
    full = all(case.outcome == "passed" for case in results)
    picture = _at_work(exercise, checks, answer) if full else None
    status: Status = "full" if full else "partial"
    return Result(exercise, status, results, program=examination.program, picture=picture)


def _require_contract(answer: GuardedServers) -> None:
    """Build a server and call its methods once. Raises `StudentError` if one does not answer."""
    answer.begin()
    server = answer("S1", ("S1", "S2", "S3"), None, Settings(), None)
    server.start()
    server.observe()
    server.timer_duration("election", 0.5)
    server.timer_duration("heartbeat", 0.5)


class _Examination:
    """The examination of one class of servers."""

    def __init__(self, checks: ServerChecks, answer: GuardedServers, seed: int) -> None:
        self._checks = checks
        self._answer = answer
        self._seed = seed
        self.program = ""  # repeats the finding
        self._searched = False  # whether a search has found it
        self._errors: set[str] = set()  # those that were written out
        self._over = False  # no more calls, after endless loops or the end of the process

    def results(self) -> Iterator[tuple[CaseResult, ...]]:
        """The results of the cases asked so far: of none, and then of one more each time."""
        results: list[CaseResult] = []
        yield ()
        for stage in self._checks.stages:
            before = any(case.outcome == "failed" for case in results)
            for case in stage.cases:
                found = self._tried(_named(stage, case), case)
                # One stage drawn is enough to work on; what a search finds is always drawn.
                drawn = not before or isinstance(case.test, SearchTest)
                results.append(found if drawn else replace(found, picture=None))
                yield tuple(results)

    def _tried(self, name: str, case: ServerCase) -> CaseResult:
        """The result of a case; `name` is its name with that of its stage."""
        if self._over:
            return _not_reached(name, case)
        finding = self._finding(case)
        if finding is NOT_ASKED:
            return replace(_not_reached(name, case), lines=finding.lines)
        if finding is None or finding.harmless:
            told = finding.lines if finding else ()
            return CaseResult(name, case.points, "passed", told)
        again = finding.program.format(answer=self._answer.__name__)
        # The first story that a search finds, of several servers, teaches more than any other.
        searched = isinstance(case.test, SearchTest) and not self._searched
        self.program = again if searched else self.program or again
        self._searched = self._searched or searched
        return CaseResult(
            name, case.points, "failed", finding.lines, finding.picture, again, finding.history
        )

    def _finding(self, case: ServerCase) -> Finding | None:
        """The finding of a case; an error in the student's code comes before any other."""
        self._answer.begin_case()
        try:
            finding = case.test.finding(self._answer, self._seed)
        except StudentError as raised:
            self._answer.error = self._answer.error or raised
            finding = None
        except Exception as raised:
            text = unusable_text(raised)
            self._answer.error = self._answer.error or StudentError("raised", text)
            finding = None
        if self._answer.error is not None:
            finding = self._blaming(self._answer.error, finding)
        return finding

    def _blaming(self, error: StudentError, finding: Finding | None) -> Finding:
        """An error as a finding, written out the first time only."""
        self._over = error.kind == "stopped" or self._answer.endless >= MOST_ENDLESS
        text = "the same error as above." if error.text in self._errors else error.text
        self._errors.add(error.text)
        if finding is None:
            return Finding(((BUT, text),))
        lines = (*finding.lines[:1], (BUT, text))
        return Finding(lines, None, finding.program, finding.history)


def _named(stage: ServerStage, case: ServerCase) -> str:
    return f"{stage.name}: {case.name}"


def _not_reached(name: str, case: ServerCase) -> CaseResult:
    return CaseResult(name, case.points, "not reached")


def _at_work(exercise: Exercise, checks: ServerChecks, answer: GuardedServers) -> Picture:
    """A run of three servers of a right class, drawn."""
    cluster = Cluster(servers=3, seed=7, make_server=answer)
    checks.story(cluster)
    return space_time(cluster.history, title=f"Three servers of your {exercise.answer}")
