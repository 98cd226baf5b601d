"""`examine_server`: check a class of servers stage by stage, up to the first stage that fails.

All cases of a stage are tried, so that each one passed earns its points. After a failed
stage a search looks for a short run that goes wrong, because a run teaches more than a
sentence. The servers may run in this process or in another one.
"""

from raftkit.checkers import Cluster
from raftkit.course.checking.guarded_server import GuardedServers
from raftkit.course.checking.lint_and_search import SearchTest
from raftkit.course.checking.result import BUT, CaseResult, Result, Status
from raftkit.course.checking.server_stages import Finding, ServerCase, ServerChecks, ServerStage
from raftkit.course.errors import StudentError, unusable_text
from raftkit.course.exercise import Exercise
from raftkit.protocol import Settings
from raftkit.views import Picture, space_time


def examine_server(
    exercise: Exercise, checks: ServerChecks, answer: GuardedServers, seed: int = 0
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
    results = examination.results()
    full = all(case.outcome == "passed" for case in results)
    picture = _at_work(exercise, checks, answer) if full else None
    status: Status = "full" if full else "partial"
    return Result(exercise, status, results, program=examination.program, picture=picture)


def _require_contract(answer: GuardedServers) -> None:
    """Build a server and call its methods once. Raises `StudentError` if one does not answer."""
    answer.error = None
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
        self._errors: set[str] = set()  # those that were written out
        self._over = False  # no more calls, after an endless loop or the end of the process

    def results(self) -> tuple[CaseResult, ...]:
        """The result of every case."""
        results: list[CaseResult] = []
        for stage in self._checks.stages:
            if any(case.outcome != "passed" for case in results):
                results += [_not_reached(_named(stage, case), case) for case in stage.cases]
                continue
            results += [self._tried(_named(stage, case), case) for case in stage.cases]
        return self._with_search(tuple(results))

    def _tried(self, name: str, case: ServerCase) -> CaseResult:
        """The result of a case; `name` is its name with that of its stage."""
        if self._over:
            return _not_reached(name, case)
        finding = self._finding(case)
        if finding is None or finding.harmless:
            told = finding.lines if finding else ()
            return CaseResult(name, case.points, "passed", told)
        again = finding.program.format(answer=self._answer.__name__)
        self.program = self.program or again
        return CaseResult(
            name, case.points, "failed", finding.lines, finding.picture, again, finding.history
        )

    def _finding(self, case: ServerCase) -> Finding | None:
        """The finding of a case; an error in the student's code comes before any other."""
        self._answer.error = None
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
        self._over = error.kind in ("endless", "stopped")
        text = "the same error as above." if error.text in self._errors else error.text
        self._errors.add(error.text)
        if finding is None:
            return Finding(((BUT, text),))
        lines = (*finding.lines[:1], (BUT, text))
        return Finding(lines, None, finding.program, finding.history)

    def _with_search(self, results: tuple[CaseResult, ...]) -> tuple[CaseResult, ...]:
        """The results, with the finding of a search in place of its case that was not reached.

        It is added only after a stage that failed without errors.
        """
        with_search = list(results)
        for place, case in enumerate(self._checks.cases):
            result = results[place]
            if isinstance(case.test, SearchTest) and result.outcome == "not reached":
                found = None if self._errors else self._tried(result.name, case)
                if found and found.outcome == "failed" and not self._errors:
                    with_search[place] = found
                    self.program = found.program
                    break
        return tuple(with_search)


def _named(stage: ServerStage, case: ServerCase) -> str:
    return f"{stage.name}: {case.name}"


def _not_reached(name: str, case: ServerCase) -> CaseResult:
    return CaseResult(name, case.points, "not reached")


def _at_work(exercise: Exercise, checks: ServerChecks, answer: GuardedServers) -> Picture:
    """A run of three servers of a right class, drawn."""
    cluster = Cluster(servers=3, seed=7, make_server=answer)
    checks.story(cluster)
    return space_time(cluster.history, title=f"Three servers of your {exercise.answer}")
