"""The columns of the kill matrix: every check that an answer can be put to.

A column is a name and a function from an answer on trial to its cases, each a name
and a call that says what went wrong. To add a suite of scenarios, add one line. It
does not know which answer should be caught where; other courses' suites are compared
in tests/evidence.
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
from raftkit.course.checking.drills import DRILLS, SHORT_TRIALS, drill
from raftkit.course.checking.examine_function import CLUSTER_RUNG, SEARCH_RUNG, run_case
from raftkit.course.checking.guard import guarded
from raftkit.course.checking.server_searches import Linted
from raftkit.course.checking.server_stages import ServerCase, ServerChecks
from raftkit.course.exercise import Exercise
from raftkit.course.proving.subject import Subject
from raftkit.course.wrong_answers import Answer, OddAnswer
from raftkit.scenarios import SCENARIOS, Scenario, run_scenario

# Says what is wrong with an answer in a sentence, or None.
Judge = Callable[[], str | None]
Cases = Callable[[Subject, int], Iterator[tuple[str, Judge]]]


@dataclass(frozen=True)
class Column:
    """A check: its name, a heading of two letters, and the cases in which it tries an answer.

    Of no cases at all, the column does not apply to that answer. Every check of the course is of
    the family "exercise" or "raftkit", the intended ones among them. Without `metered`, servers'
    events are not counted, because that would show to who looks at their code.
    """

    name: str
    letters: str
    family: str
    cases: Cases
    metered: bool = True

    @property
    def ours(self) -> bool:
        """Whether answers are judged by it in the course."""
        return self.family in ("exercise", "raftkit")

    def applies_to(self, answer: Answer) -> bool:
        """Whether the column can say anything: without servers only the cases can."""
        return answer.is_for_servers or self.cases is _cases


# The rungs of an exercise ------------------------------------------------------------------


def _cases(subject: Subject, seed: int) -> Iterator[tuple[str, Judge]]:
    """The named cases of the answer's exercise."""
    exercise = subject.exercise
    if exercise is None:
        return
    if subject.answer.server is not None:
        yield from _server_cases(subject, server_checks_of(exercise), seed)
        return
    if exercise.answer not in subject.functions:
        return
    # Guarded as in a notebook, so that the sentences are those that a student reads.
    rule = guarded(subject.functions[exercise.answer])
    metered = subject.meter.metered_rule(rule)
    for case in function_checks_of(exercise).cases:
        yield case.name, partial(_case_complaint, exercise, case, metered, seed)


def _case_complaint(exercise: Exercise, case: Case, rule: Any, seed: int) -> str | None:
    """The sentence that explains a failed case: the error, or else the paper's reason."""
    result = run_case(exercise, case, rule, seed)
    if result.outcome == "passed":
        return None
    lines = dict(result.lines)
    return lines.get("But") or lines.get("Why") or ", ".join(lines.values())


def _server_cases(subject: Subject, checks: ServerChecks, seed: int) -> Iterator[tuple[str, Judge]]:
    """The cases of the capstone, whether or not an earlier stage holds; the lint has its column.

    Of right servers, tests want all points; it would take too long to ask for them here, too.
    """
    for case in checks.cases:
        if isinstance(subject.answer, OddAnswer) or isinstance(case.tries, Linted):
            continue
        yield case.name, partial(_server_complaint, case, subject, seed)


def _server_complaint(case: ServerCase, subject: Subject, seed: int) -> str | None:
    """The last sentence of what a case finds."""
    finding = case.tries.finding(subject.make_server, seed)
    return None if finding is None else finding.lines[-1][1]


def _trials(name: str, draw: Callable[[int], Trial], how_many: int) -> Cases:
    """Trials of consecutive seeds, which make up a single case called `name`."""

    def cases(subject: Subject, seed: int) -> Iterator[tuple[str, Judge]]:
        def judge() -> str | None:
            for number in range(how_many):
                trial = draw(how_many * seed + number)
                broken = first_violation(trial, subject.rules, subject.make_server)
                if broken is not None:
                    return f"{broken.property} ({broken.section}) is broken: {broken.detail}"
            return None

        yield name, judge

    return cases


# Suites of scenarios -----------------------------------------------------------------------


def suite_column(
    name: str, letters: str, family: str, scenarios: Iterable[Scenario] = SCENARIOS
) -> Column:
    """A column whose cases are those of `scenarios` that belong to the suite `name`."""
    of_suite = tuple(scenario for scenario in scenarios if scenario.suite == name)

    def cases(subject: Subject, seed: int) -> Iterator[tuple[str, Judge]]:
        servers = subject.rules, subject.make_server
        for scenario in of_suite:
            yield scenario.name, partial(run_scenario, scenario, *servers, seed)

    return Column(name, letters, family, cases)


# Tools -------------------------------------------------------------------------------------


def _lint(subject: Subject, seed: int) -> Iterator[tuple[str, Judge]]:
    """What no rule and no server may do; a case for each kind, looked for once and for all."""

    @cache
    def findings() -> tuple[LintFinding, ...]:
        # As it was handed in: what holds it to types here is no part of the answer.
        answer = subject.answer
        return lint_server(answer.server) if answer.server else lint_rules(answer.rules)

    for kind in KINDS:

        def judge(kind: str = kind) -> str | None:
            return next((found.sentence for found in findings() if found.kind == kind), None)

        yield kind, judge


def _explorer(subject: Subject, seed: int) -> Iterator[tuple[str, Judge]]:
    """Everything that three servers can do within tight bounds, and the story of Figure 8.

    What is not found within the budget is not found: here a search need not prove anything.
    """

    def searched(search: Callable[..., Exploration], what: Any) -> Judge:
        def judge() -> str | None:
            found = search(
                what, rules=subject.rules, make_server=subject.make_server, budget=STATES
            )
            return found.sentence if found.violation is not None else None

        return judge

    for name, bounds in EXPLORED.items():
        yield name, searched(explore, bounds)
    yield "Figure 8", searched(chain, figure_8())


def _fuzzer(subject: Subject, seed: int) -> Iterator[tuple[str, Judge]]:
    """Random trials, which make up a single case."""

    def judge() -> str | None:
        found = fuzz(subject.rules, subject.make_server, seed=seed, trials=FUZZED, shrinks=False)
        return None if found.violation is None else found.sentence

    yield f"{FUZZED} random trials", judge


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
    Column("cluster", "cl", "exercise", _trials(CLUSTER_RUNG, drill, DRILLS)),
    Column("search", "se", "exercise", _trials(SEARCH_RUNG, draw_short_trial, SHORT_TRIALS)),
    suite_column("raftkit timers", "ti", "raftkit"),
    suite_column("raftkit votes", "vo", "raftkit"),
    suite_column("raftkit logs", "lo", "raftkit"),
    suite_column("raftkit commits", "co", "raftkit"),
    suite_column("raftkit storage", "st", "raftkit"),
    suite_column("raftkit clients", "cs", "raftkit"),
    Column("lint", "li", "raftkit", _lint, metered=False),
    Column("explorer", "ex", "search", _explorer),
    Column("fuzzer", "fu", "search", _fuzzer),
    suite_column("MIT 3A", "3A", "public"),
    suite_column("MIT 3B", "3B", "public"),
    suite_column("MIT 3C", "3C", "public"),
)
