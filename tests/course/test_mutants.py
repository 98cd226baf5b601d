"""The mutants of the solutions: which there are, and that none earns full points by being wrong."""

from collections import Counter
from pathlib import Path

import pytest

from raftkit.course.proving.mutants import (
    Mutant,
    Solution,
    first_order,
    judge_mutants,
    second_order,
)
from raftkit.course.proving.mutants.judging import judged, mutants_of
from raftkit.course.proving.mutants.selection import chosen
from raftkit.grading.solved_cells import solutions_in

pytestmark = pytest.mark.once


ROOT = Path(__file__).parents[2]
# Of every solution one mutant in fifteen; `raftkit mutants` judges them all.
SHARE = 15
SOLUTIONS = {each.id: each for each in chosen(solutions_in(ROOT / "solutions"), (), twice=False)}


@pytest.mark.parametrize("id", SOLUTIONS)
def test_no_mutant_escapes(id: str) -> None:
    (proof,) = judge_mutants([SOLUTIONS[id]], share=SHARE)

    assert proof.verdicts
    assert [str(mutant) for mutant in proof.escaped] == []


def test_the_readme_counts_the_mutants_that_there_are() -> None:
    """Of the solutions of each chapter, as `raftkit mutants` counts them; none has escaped."""
    text = (ROOT / "README.md").read_text("utf-8")
    table = text.partition("| chapter | mutants |")[2].partition("\n\n")[0]
    rows = [row.strip("|").split("|") for row in table.splitlines()[2:]]
    figures = {row[0].strip(): [int(cell) for cell in row[1:6]] for row in rows}
    counted: Counter[str] = Counter()
    for solution in SOLUTIONS.values():
        counted[solution.exercise.chapter] += len(mutants_of(solution))

    assert {name: line[0] for name, line in figures.items()} == counted
    assert all(line[0] == sum(line[1:4]) and line[4] == 0 for line in figures.values())


# What counts as a mutant ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "mutated"),
    [
        ("x < y", "x <= y"),
        ("x < y", "x > y"),
        ("x in y", "x not in y"),
        ("x and y", "x or y"),
        ("x and y", "y"),
        ("not x", "x"),
        ("x + y", "x - y"),
        ("x // 2", "x // 3"),
        ("x // 2", "x % 2"),
        ("x - y", "y - x"),
        ("min(x, y)", "max(x, y)"),
        ("min(x, y)", "x"),
        ("f(x, y)", "f(y, x)"),
        ("f(a=x, b=y)", "f(a=y, b=x)"),
        ("x[1:]", "x[:]"),
        ("x if y else 0", "0 if y else x"),
        ("'follower'", "'leader'"),
        ("'follower'", "'candidate'"),
        ("True", "False"),
        ("(x, y)", "(y,)"),
        ("set(x)", "list(x)"),
        ("request.prev_log_index", "request.leader_commit"),
        ("log.last_index", "log.last_term"),
        ("x", "y"),
        ("x", "x + 1"),
        ("[z for z in x if z]", "[z for z in x]"),
        ("log.first_index_of(x)", "log.last_index_of(x)"),
    ],
)
def test_expressions_change_into_others(code: str, mutated: str) -> None:
    assert mutated in _bodies(f"    return {code}")


@pytest.mark.parametrize(
    ("body", "mutated"),
    [
        ("    a = x\n    b = y\n    return a", "    b = y\n    a = x\n    return a"),
        ("    write(x)\n    return y", "    return y"),
        (
            "    if x:\n        return y\n    return x",
            "    if True:\n        return y\n    return x",
        ),
        (
            "    if x:\n        return y\n    return x",
            "    if False:\n        return y\n    return x",
        ),
        ("    for a in x:\n        f(a)", "    for a in x:\n        f(a)\n        break"),
        ("    while x:\n        break", "    while x:\n        continue"),
    ],
)
def test_statements_change_too(body: str, mutated: str) -> None:
    found = {mutant.source.split("\n", 1)[1] for mutant in first_order(_function(body))}

    assert mutated in found


def test_types_and_docstrings_are_not_mutated() -> None:
    source = 'def f(x: int) -> int:\n    """The answer to 1 + 1."""\n    return x'

    assert {mutant.source for mutant in first_order(source)} == {
        "def f(x):\n    pass",
        "def f(x):\n    return",
        "def f(x):\n    return x + 1",
        "def f(x):\n    return x - 1",
    }


def test_two_changes_are_named_and_no_mutant_comes_twice() -> None:
    mutants = list(second_order(_function("    return x < 2")))

    assert len({mutant.source for mutant in mutants}) == len(mutants)
    assert "line 2: x < 2 -> x > 2; line 2: 2 -> 3" in map(str, mutants)


def _function(body: str) -> str:
    return f"def f(x: int, y: int, log: Log, request: AppendEntriesRequest):\n{body}"


def _bodies(body: str) -> set[str]:
    """What is returned in each mutant of a function with this body."""
    return {mutant.source.partition("\n    return ")[2] for mutant in first_order(_function(body))}


# What becomes of one ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "outcome"),
    [
        ("def has_majority(granted, refused, servers):\n    return 2 * granted > servers", "equal"),
        ("def has_majority(granted, refused, servers):\n    return granted > 2", "caught"),
        ("def has_majority(granted, refused, servers):\n    while True: pass", "caught"),
        ("def has_majority(granted, refused, servers):\n    exit()", "caught"),
        ("raise ValueError", "caught"),
    ],
)
def test_a_mutant_is_caught_or_equal(source: str, outcome: str) -> None:
    assert judged(SOLUTIONS["2.1"], Mutant(source, (1,), ("changed",))) == outcome


def test_an_unreviewed_mutant_that_is_no_equal_escapes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("raftkit.course.proving.mutants.judging._is_equal", lambda *_: False)
    right = Mutant(SOLUTIONS["2.1"].source, (1,), ("changed",))

    assert judged(SOLUTIONS["2.1"], right) == "escaped"

    monkeypatch.setattr(
        "raftkit.course.proving.mutants.judging.reviewed", lambda _: {"changed": "it is right"}
    )
    assert judged(SOLUTIONS["2.1"], right) == "reviewed"


def test_only_rules_are_mutated_unless_a_server_is_named() -> None:
    known = solutions_in(ROOT / "solutions")

    assert "7.1" not in SOLUTIONS
    assert not any(id.startswith("6.") for id in SOLUTIONS)
    assert [each.id for each in chosen(known, ("7.1",), twice=False)] == ["7.1"]
    assert {each.id for each in chosen(known, (), twice=True)} < set(SOLUTIONS) | {"7.1"}
    assert all(each.lines <= 10 for each in chosen(known, (), twice=True))
    assert "1.6" not in {each.id for each in chosen(known, (), twice=True)}


def test_a_solution_without_imports_is_caught_as_undefined() -> None:
    lame = Solution("2.1", "x = undefined")

    assert judged(lame, Mutant(lame.source, (1,), ("changed",))) == "caught"
