"""`examine_server`: a whole server climbs stage after stage, and stops where one fails.

All cases of a stage are tried, so that each right one earns its points. What a failing
stage leads to is searched for, and shrunk: a short history says more than a sentence.
The server may live in this process or behind a pipe.
"""

from raftkit.checkers import Cluster
from raftkit.course.checking.guarded_server import Servers
from raftkit.course.checking.result import BUT, CaseResult, Result, Status
from raftkit.course.checking.server_searches import Searched
from raftkit.course.checking.server_stages import Finding, ServerCase, ServerChecks, ServerStage
from raftkit.course.errors import StudentError, unusable_text
from raftkit.course.exercise import Exercise
from raftkit.protocol import Settings
from raftkit.views import Picture, space_time


def examine_server(
    exercise: Exercise, checks: ServerChecks, answer: Servers, seed: int = 0
) -> Result:
    """Check a class of servers as the answer to `exercise`; other seeds make other schedules.

    Whatever the servers do is in the result; nothing is raised for it.
    """
    try:
        _breathe(answer)
    except StudentError as error:
        begun: Status = "not started" if error.kind == "not started" else "error"
        return Result(exercise, begun, message=error.text)
    except Exception as error:  # of what came back, which may be anything
        return Result(exercise, "error", message=unusable_text(error))
    climb = _Climb(checks, answer, seed)
    results = climb.results()
    full = all(case.outcome == "passed" for case in results)
    picture = _at_work(exercise, checks, answer) if full else None
    status: Status = "full" if full else "partial"
    return Result(exercise, status, results, program=climb.program, picture=picture)


def _breathe(answer: Servers) -> None:
    """Build a server, start it, look at it. Raises `StudentError` for what cannot even do that."""
    answer.error = None
    server = answer("S1", ("S1", "S2", "S3"), None, Settings(), None)
    server.start()
    server.observe()
    server.timer_duration("election", 0.5)
    server.timer_duration("heartbeat", 0.5)


class _Climb:
    """One answer on its way up."""

    def __init__(self, checks: ServerChecks, answer: Servers, seed: int) -> None:
        self._checks = checks
        self._answer = answer
        self._seed = seed
        self.program = ""  # repeats what was found
        self._told: set[str] = set()  # errors that were told in full
        self._over = False  # after an endless loop or an end of the process: no more calls

    def results(self) -> tuple[CaseResult, ...]:
        """Every case's result."""
        results: list[CaseResult] = []
        for stage in self._checks.stages:
            if any(case.outcome != "passed" for case in results):
                results += [_not_reached(_named(stage, case), case) for case in stage.cases]
                continue
            results += [self._tried(_named(stage, case), case) for case in stage.cases]
        return self._with_search(tuple(results))

    def _tried(self, name: str, case: ServerCase) -> CaseResult:
        """The result of a case, under the name with its stage."""
        if self._over:
            return _not_reached(name, case)
        finding = self._finding(case)
        if finding is None:
            return CaseResult(name, case.points, "passed")
        again = finding.program.format(answer=self._answer.__name__)
        self.program = self.program or again
        return CaseResult(
            name, case.points, "failed", finding.lines, finding.picture, again, finding.history
        )

    def _finding(self, case: ServerCase) -> Finding | None:
        """What a case finds; an error in the student's code is found before anything else."""
        self._answer.error = None
        try:
            finding = case.tries.finding(self._answer, self._seed)
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
        """An error as a finding, told in full the first time only."""
        self._over = error.kind in ("endless", "stopped")
        text = "the same error as above." if error.text in self._told else error.text
        self._told.add(error.text)
        if finding is None:
            return Finding(((BUT, text),))
        lines = (*finding.lines[:1], (BUT, text))
        return Finding(lines, None, finding.program, finding.history)

    def _with_search(self, results: tuple[CaseResult, ...]) -> tuple[CaseResult, ...]:
        """After a failed stage without errors, what a search finds, in the place of its case."""
        told = list(results)
        for place, case in enumerate(self._checks.cases):
            searches = isinstance(case.tries, Searched) and told[place].outcome == "not reached"
            if searches and not self._told:
                found = self._tried(told[place].name, case)
                if found.outcome == "failed" and not self._told:
                    told[place] = found
                    self.program = found.program
                    break
        return tuple(told)


def _named(stage: ServerStage, case: ServerCase) -> str:
    return f"{stage.name}: {case.name}"


def _not_reached(name: str, case: ServerCase) -> CaseResult:
    return CaseResult(name, case.points, "not reached")


def _at_work(exercise: Exercise, checks: ServerChecks, answer: Servers) -> Picture:
    """Three servers of a right class, as a reward for it."""
    cluster = Cluster(servers=3, seed=7, make_server=answer)
    checks.story(cluster)
    return space_time(cluster.history, title=f"Three servers of your {exercise.answer}")
