"""The columns of the kill matrix: every check that an answer can be put to.

A column is a name and a function from an answer on trial to its cases, each a name
and a call that says what went wrong. To add a suite of scenarios, add one line. It
does not know which answer should be caught where.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from raftkit.checkers import Trial, draw_short_trial, run_trial
from raftkit.checkers.explorer import Bounds, Exploration, chain, explore
from raftkit.checkers.explorer.stories import figure_8
from raftkit.checkers.fuzzer import fuzz
from raftkit.checkers.lint import KINDS, LintFinding, lint_rules, lint_server
from raftkit.checkers.scenarios import SCENARIOS, Scenario, run_scenario
from raftkit.course.checking.cases import Case
from raftkit.course.checking.checks import function_checks_of, server_checks_of
from raftkit.course.checking.drills import DRILLS, SHORT_TRIALS, drill
from raftkit.course.checking.examine_function import CLUSTER_RUNG, SEARCH_RUNG, run_case
from raftkit.course.checking.guard import guarded
from raftkit.course.checking.server_searches import Linted
from raftkit.course.checking.server_stages import ServerCase, ServerChecks
from raftkit.course.proving.subject import Subject
from raftkit.course.wrong_answers import Answer, OddAnswer

# What went wrong in a sentence, or None.
Try = Callable[[], str | None]
Cases = Callable[[Subject, int], Iterator[tuple[str, Try]]]


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


def _cases(subject: Subject, seed: int) -> Iterator[tuple[str, Try]]:
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

        def tried(case: Case = case) -> str | None:
            result = run_case(exercise, case, metered, seed)
            return None if result.outcome == "passed" else _why(dict(result.lines))

        yield case.name, tried


def _server_cases(subject: Subject, checks: ServerChecks, seed: int) -> Iterator[tuple[str, Try]]:
    """The cases of the capstone, whether or not an earlier stage holds; the lint has its column.

    Of right servers, tests want all points; it would take too long to ask for them here, too.
    """
    for case in checks.cases:
        if isinstance(subject.answer, OddAnswer) or isinstance(case.tries, Linted):
            continue

        def tried(case: ServerCase = case) -> str | None:
            finding = case.tries.finding(subject.make_server, seed)
            return None if finding is None else finding.lines[-1][1]

        yield case.name, tried


def _why(lines: dict[str, str]) -> str:
    """The sentence that explains a failed case: the error, or else the paper's reason."""
    return lines.get("But") or lines.get("Why") or ", ".join(lines.values())


def _trials(name: str, draw: Callable[[int], Trial], how_many: int) -> Cases:
    """Trials of consecutive seeds, which make up a single case called `name`."""

    def cases(subject: Subject, seed: int) -> Iterator[tuple[str, Try]]:
        def tried() -> str | None:
            for number in range(how_many):
                found = run_trial(
                    draw(how_many * seed + number), subject.rules, subject.make_server
                )
                if found.violations:
                    broken = found.violations[0]
                    return f"{broken.property} ({broken.section}) is broken: {broken.detail}"
            return None

        yield name, tried

    return cases


# Suites of scenarios -----------------------------------------------------------------------


def _suite(name: str) -> Cases:
    """The scenarios of a suite."""

    def cases(subject: Subject, seed: int) -> Iterator[tuple[str, Try]]:
        for scenario in SCENARIOS:
            if scenario.suite != name:
                continue

            def tried(scenario: Scenario = scenario) -> str | None:
                return run_scenario(scenario, subject.rules, subject.make_server, seed)

            yield scenario.name, tried

    return cases


# Tools -------------------------------------------------------------------------------------


def _lint(subject: Subject, seed: int) -> Iterator[tuple[str, Try]]:
    """What no rule and no server may do; a case for each kind, looked for once and for all."""

    @cache
    def findings() -> tuple[LintFinding, ...]:
        # As it was handed in: what holds it to types here is no part of the answer.
        answer = subject.answer
        return lint_server(answer.server) if answer.server else lint_rules(answer.rules)

    for kind in KINDS:

        def tried(kind: str = kind) -> str | None:
            return next((found.sentence for found in findings() if found.kind == kind), None)

        yield kind, tried


def _explorer(subject: Subject, seed: int) -> Iterator[tuple[str, Try]]:
    """Everything that three servers can do within tight bounds, and the story of Figure 8.

    What is not found within the budget is not found: here a search need not prove anything.
    """

    def searched(search: Callable[..., Exploration], what: Any) -> Try:
        def tried() -> str | None:
            found = search(
                what, rules=subject.rules, make_server=subject.make_server, budget=STATES
            )
            return found.sentence if found.violation is not None else None

        return tried

    for name, bounds in EXPLORED.items():
        yield name, searched(explore, bounds)
    yield "Figure 8", searched(chain, figure_8())


def _fuzzer(subject: Subject, seed: int) -> Iterator[tuple[str, Try]]:
    """Random trials, which make up a single case."""

    def tried() -> str | None:
        found = fuzz(subject.rules, subject.make_server, seed=seed, trials=FUZZED, shrinks=False)
        return None if found.violation is None else found.sentence

    yield f"{FUZZED} random trials", tried


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
    Column("raftkit timers", "ti", "raftkit", _suite("raftkit timers")),
    Column("raftkit votes", "vo", "raftkit", _suite("raftkit votes")),
    Column("raftkit logs", "lo", "raftkit", _suite("raftkit logs")),
    Column("raftkit commits", "co", "raftkit", _suite("raftkit commits")),
    Column("raftkit storage", "st", "raftkit", _suite("raftkit storage")),
    Column("raftkit clients", "cs", "raftkit", _suite("raftkit clients")),
    Column("lint", "li", "raftkit", _lint, metered=False),
    Column("explorer", "ex", "search", _explorer),
    Column("fuzzer", "fu", "search", _fuzzer),
    Column("MIT 3A", "3A", "public", _suite("MIT 3A")),
    Column("MIT 3B", "3B", "public", _suite("MIT 3B")),
    Column("MIT 3C", "3C", "public", _suite("MIT 3C")),
    Column("TinyKV", "TK", "public", _suite("TinyKV")),
    Column("DSLabs", "DL", "public", _suite("DSLabs")),
    Column("DSLabs search", "DS", "public", _suite("DSLabs search")),
)
