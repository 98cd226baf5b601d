"""Finds the calls of `check` in a student's cells, and names what they are given.

What is given to `check` is the answer, whatever its name is, and a check that a student has
written below ours is the one whose result the notebook shows last. It does not run anything.
"""

import ast
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from raftkit.grading.notebook import Cell
from raftkit.grading.python_source import parsed

_SIMPLE = ast.Expr | ast.Assign | ast.AnnAssign


def with_answers_named(cell: Cell, rules: Mapping[str, str]) -> Cell:
    """`cell`, in which the answer to each check has the rule's name, whatever the student's is.

    >>> cell = Cell(1, "", False, "result = check('2.1', lambda *votes: True)")
    >>> with_answers_named(cell, {"has_majority": "ex-2-1"}).source
    "has_majority = lambda *votes: True; result = check('2.1', lambda *votes: True)"
    """
    lines = cell.source.split("\n")
    for part, rule, given in reversed([*_checks(cell, rules)]):
        # What has a rule's name is that rule, also if the check refuses it for another.
        if not (isinstance(given, ast.Name) and given.id in rules):
            line = lines[part.lineno - 1].encode()
            before, after = line[: part.col_offset].decode(), line[part.col_offset :].decode()
            lines[part.lineno - 1] = f"{before}{rule} = {ast.unparse(given)}; {after}"
    return replace(cell, source="\n".join(lines))


def last_check(cells: Sequence[Cell], rule: str, grade_id: str) -> Cell | None:
    """The last cell that checks a rule; the one with the check's mark if no call is found."""
    calls = [cell for cell in cells for _ in _checks(cell, {rule: grade_id})]
    marked = [cell for cell in cells if grade_id and cell.grade_id == _mark(grade_id)]
    return next(reversed(calls or marked), None)


def own_check(cells: Sequence[Cell], rule: str, grade_id: str) -> Cell | None:
    """The cell of the last check, if it is not ours as it was handed out."""
    last = last_check(cells, rule, grade_id)
    if last is None:
        return None
    given = [given for _, _, given in _checks(last, {rule: grade_id})]
    is_ours = last.grade_id == _mark(grade_id) and all(
        isinstance(each, ast.Name) and each.id == rule for each in given
    )
    return None if is_ours else last


def _checks(cell: Cell, rules: Mapping[str, str]) -> Iterator[tuple[ast.stmt, str, ast.expr]]:
    """The simple statements that check one of these rules, each with the rule and what is given."""
    tree = parsed(cell.source) if "check" in cell.source else None
    numbers = {grade_id[3:].replace("-", "."): rule for rule, grade_id in rules.items()}
    for part in tree.body if tree else ():
        for node in ast.walk(part) if isinstance(part, _SIMPLE) else ():
            match node:
                case ast.Call(ast.Name("check"), given, named):
                    both = {each.arg: each.value for each in named}
                    both |= dict(zip(("id", "answer"), given, strict=False))
                    id, answer = both.get("id"), both.get("answer")
                    if isinstance(id, ast.Constant) and id.value in numbers and answer:
                        yield part, numbers[id.value], answer


def _mark(grade_id: str) -> str:
    return grade_id.replace("ex-", "check-")
