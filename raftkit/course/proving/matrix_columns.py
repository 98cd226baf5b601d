"""The columns of the kill matrix: every check that can be tried on an answer.

A column has a name and a function from an answer to its cases, each a name and a call
that says what went wrong. To add a suite of scenarios, add one line. Which answer should
be caught by which column is not known here; the suites of other courses are compared in
tests/evidence.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, partial
from typing import Any

from raftkit.checkers import Trial, draw_short_trial
from raftkit.checkers.explorer import Bounds, Exploration, chain, explore
from raftkit.checkers.explorer.stories import figure_8
from raftkit.checkers.fuzzer import fuzz
from raftkit.checkers.lint import KINDS, LintFinding, lint_rules, lint_server
from raftkit.checkers.trials import first_violation
from raftkit.course.checking.cases import Case
from raftkit.course.checking.checks import function_checks_of, server_checks_of
from raftkit.course.checking.cluster_trials import CLUSTER_TRIALS, SHORT_TRIALS, cluster_trial
from raftkit.course.checking.examine_function import run_case
from raftkit.course.checking.guard import guarded
from raftkit.course.checking.lint_and_search import LintTest
from raftkit.course.checking.rungs import CLUSTER_RUNG, SEARCH_RUNG
from raftkit.course.checking.server_stages import ServerCase, ServerChecks
from raftkit.course.exercise import Exercise
from raftkit.course.proving.answer_under_test import AnswerUnderTest
from raftkit.course.wrong_answers import Answer, OddAnswer
from raftkit.scenarios import SCENARIOS, Scenario, run_scenario
from raftkit.scenarios.small_world import RULES, SMALL_WORLD, Asking, lives_of

# Says what is wrong with an answer in a sentence, or None.
CaseCheck = Callable[[], str | None]
Cases = Callable[[AnswerUnderTest, int], Iterator[tuple[str, CaseCheck]]]


@dataclass(frozen=True)
class Column:
    """A check: its name, a heading of two letters, and the cases that it tries on an answer.

    A column that has no cases for an answer does not apply to it. The checks of the course itself
    have the family "exercise" or "raftkit". `counted` says whether servers' events are counted;
    the lint reads the servers' code and would see the counter.
    """

    name: str
    letters: str
    family: str
    cases: Cases
    counted: bool = True

    @property
    def ours(self) -> bool:
        """Whether the course itself judges answers by this check."""
        return self.family in ("exercise", "raftkit")

    def applies_to(self, answer: Answer) -> bool:
        """Whether the check can judge this answer: only the cases judge one without servers."""
        return answer.is_for_servers or self.cases is _cases


# The rungs of an exercise ------------------------------------------------------------------


def _cases(under_test: AnswerUnderTest, seed: int) -> Iterator[tuple[str, CaseCheck]]:
    """The named cases of the exercise that the answer is for."""
    exercise = under_test.exercise
    if exercise is None:
        return
    if under_test.answer.server is not None:
        yield from _server_cases(under_test, server_checks_of(exercise), seed)
        return
    if exercise.answer not in under_test.functions:
        return
    # Guarded as in a notebook, so that the matrix has the sentences that a student reads.
    rule = guarded(under_test.functions[exercise.answer])
    counted = under_test.counter.counted_rule(rule)
    for case in function_checks_of(exercise).cases:
        yield case.name, partial(_case_complaint, exercise, case, counted, seed)


def _case_complaint(exercise: Exercise, case: Case, rule: Any, seed: int) -> str | None:
    """The sentence that explains a failed case: the error, or else the paper's reason."""
    result = run_case(exercise, case, rule, seed)
    if result.outcome == "passed":
        return None
    lines = dict(result.lines)
    return lines.get("But") or lines.get("Why") or ", ".join(lines.values())


def _server_cases(
    under_test: AnswerUnderTest, checks: ServerChecks, seed: int
) -> Iterator[tuple[str, CaseCheck]]:
    """The cases of the capstone, all stages whatever fails; the lint has a column of its own.

    Right servers are left out: tests/course check that they earn all points, and a second time
    would take too long.
    """
    for case in checks.cases:
        if isinstance(under_test.answer, OddAnswer) or isinstance(case.test, LintTest):
            continue
        yield case.name, partial(_server_complaint, case, under_test, seed)


def _server_complaint(case: ServerCase, under_test: AnswerUnderTest, seed: int) -> str | None:
    """The last sentence of a case's finding, or None if it finds nothing."""
    finding = case.test.finding(under_test.make_server, seed)
    return None if finding is None else finding.lines[-1][1]


def _trials(name: str, draw: Callable[[int], Trial], how_many: int) -> Cases:
    """Trials with consecutive seeds as a single case called `name`."""

    def cases(under_test: AnswerUnderTest, seed: int) -> Iterator[tuple[str, CaseCheck]]:
        def check() -> str | None:
            for number in range(how_many):
                trial = draw(how_many * seed + number)
                broken = first_violation(trial, under_test.rules, under_test.make_server)
                if broken is not None:
                    return f"{broken.property} ({broken.section}) is broken: {broken.detail}"
            return None

        yield name, check

    return cases


# Suites of scenarios -----------------------------------------------------------------------


def suite_column(
    name: str, letters: str, family: str, scenarios: Iterable[Scenario] = SCENARIOS
) -> Column:
    """A column whose cases are the `scenarios` of the suite `name`."""
    of_suite = tuple(scenario for scenario in scenarios if scenario.suite == name)

    def cases(under_test: AnswerUnderTest, seed: int) -> Iterator[tuple[str, CaseCheck]]:
        servers = under_test.rules, under_test.make_server
        for scenario in of_suite:
            yield scenario.name, partial(run_scenario, scenario, *servers, seed)

    return Column(name, letters, family, cases)


# A lone server -----------------------------------------------------------------------------


def _small_world(under_test: AnswerUnderTest, seed: int) -> Iterator[tuple[str, CaseCheck]]:
    """A case for each rule that a server can break alone, the one that is meant first.

    The stories are lived once, and no further than the next rule that is broken.
    """

    def make_server(id: str, servers: Any, rules: Any, *rest: Any) -> Any:
        return under_test.make_server(id, servers, under_test.rules, *rest)

    asking = Asking(partial(lives_of, make_server))

    def complaint(rule: str) -> str | None:
        broken = asking.broken(rule)
        if broken is None:
            return None
        found = broken.complaint
        return f"{found.found} {found.why}" if found else f"A server raised {broken.error!r}."

    meant = getattr(under_test.answer, "case", "")
    for rule in sorted(RULES, key=lambda rule: rule != meant):
        yield rule, partial(complaint, rule)


# Tools -------------------------------------------------------------------------------------


def _lint(under_test: AnswerUnderTest, seed: int) -> Iterator[tuple[str, CaseCheck]]:
    """A case for each kind of lint; the lint itself runs once."""

    @cache
    def findings() -> tuple[LintFinding, ...]:
        # The answer as it was handed in, without the functions that check its types here.
        answer = under_test.answer
        return lint_server(answer.server) if answer.server else lint_rules(answer.rules)

    for kind in KINDS:

        def check(kind: str = kind) -> str | None:
            return next((found.sentence for found in findings() if found.kind == kind), None)

        yield kind, check


def _explorer(under_test: AnswerUnderTest, seed: int) -> Iterator[tuple[str, CaseCheck]]:
    """Everything that three servers can do within tight bounds, and the way to Figure 8.

    A search that exhausts its budget passes: here it need not prove anything.
    """

    def searched(search: Callable[..., Exploration], what: Any) -> CaseCheck:
        def check() -> str | None:
            found = search(
                what, rules=under_test.rules, make_server=under_test.make_server, budget=STATES
            )
            return found.sentence if found.violation is not None else None

        return check

    for name, bounds in EXPLORED.items():
        yield name, searched(explore, bounds)
    yield "Figure 8", searched(chain, figure_8())


def _fuzzer(under_test: AnswerUnderTest, seed: int) -> Iterator[tuple[str, CaseCheck]]:
    """Random trials of the fuzzer as a single case."""

    def check() -> str | None:
        found = fuzz(
            under_test.rules, under_test.make_server, seed=seed, trials=FUZZED, shrinks=False
        )
        return None if found.violation is None else found.sentence

    yield f"{FUZZED} random trials", check


FUZZED = 400

EXPLORED: Mapping[str, Bounds] = {
    "two terms, a crash, a duplicate": Bounds(
        terms=2, log=0, commands=0, crashes=1, duplicates=1, in_flight=3
    ),
    "two terms, a command": Bounds(terms=2, in_flight=3),
}
STATES = 60_000


COLUMNS = (
    Column("cases", "ca", "exercise", _cases),
    Column("cluster", "cl", "exercise", _trials(CLUSTER_RUNG, cluster_trial, CLUSTER_TRIALS)),
    Column("search", "se", "exercise", _trials(SEARCH_RUNG, draw_short_trial, SHORT_TRIALS)),
    Column(SMALL_WORLD, "sw", "raftkit", _small_world),
    suite_column("raftkit timers", "ti", "raftkit"),
    suite_column("raftkit logs", "lo", "raftkit"),
    suite_column("raftkit commits", "co", "raftkit"),
    suite_column("raftkit clients", "cs", "raftkit"),
    Column("lint", "li", "raftkit", _lint, counted=False),
    Column("explorer", "ex", "search", _explorer),
    Column("fuzzer", "fu", "search", _fuzzer),
    suite_column("MIT 3A", "3A", "public"),
    suite_column("MIT 3B", "3B", "public"),
    suite_column("MIT 3C", "3C", "public"),
)
