"""Other courses' suites as columns of the kill matrix: which of them catches which wrong answer.

MIT's labs are the product's own columns too. What comes out is kept as JSON and as a table, with
the commit and the date of the measurement; no grade and no check depends on it.
"""

import json
import subprocess
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

from raftkit.course.proving import COLUMNS, Matrix, Plan
from raftkit.course.proving.matrix_columns import suite_column
from raftkit.course.proving.matrix_report import matrix_json
from raftkit.course.wrong_answers import ODD_ANSWERS, WRONG_ANSWERS, WRONG_BY_CHAPTER
from raftkit.scenarios.scenario import Scenario
from tests.evidence import dslabs, tinykv

HERE = Path(__file__).parent
KEPT = HERE / "comparison.json"
TABLE = HERE / "comparison.md"

SCENARIOS: tuple[Scenario, ...] = (*tinykv.SCENARIOS, *dslabs.SCENARIOS)
SUITES = (
    *(column for column in COLUMNS if column.family == "public"),
    suite_column("TinyKV", "TK", "public", SCENARIOS),
    suite_column("DSLabs", "DL", "public", SCENARIOS),
    suite_column("DSLabs search", "DS", "public", SCENARIOS),
)


class Comparison(Plan):
    """A run of the kill matrix over the suites of other courses."""

    known = SUITES


def comparable() -> list[str]:
    """The ids of the answers that servers can decide with; a suite has nothing to say of others."""
    return [each.id for each in (*WRONG_ANSWERS, *ODD_ANSWERS) if each.is_for_servers]


# What is kept ------------------------------------------------------------------------------


def kept_form(matrix: Matrix, commit: str, day: str) -> dict[str, Any]:
    """What is kept of a comparison: by answer and suite, the case that caught it, or null."""
    form = matrix_json(matrix)
    return {
        "commit": commit,
        "date": day,
        "wrong": {row["id"]: row["columns"] for row in form["wrong"]},
        "right": {row["id"]: row["columns"] for row in form["correct"]},
    }


def keep(form: dict[str, Any]) -> None:
    """Write what is kept, and the table that is made of it."""
    KEPT.write_text(json.dumps(form, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    TABLE.write_text(table_of(form), encoding="utf-8")


def this_commit() -> str:
    """The commit of this checkout."""
    git = ["git", "-c", "safe.directory=*", "-C", str(HERE), "rev-parse", "--short", "HEAD"]
    return subprocess.run(git, capture_output=True, text=True, check=True).stdout.strip()


def today() -> str:
    """The date, as in 2026-11-30."""
    return date.today().isoformat()


# The table ---------------------------------------------------------------------------------


def table_of(form: dict[str, Any]) -> str:
    """What is kept of a comparison, as a page in Markdown."""
    return "\n".join(_page(form)) + "\n"


def _page(form: dict[str, Any]) -> Iterator[str]:
    wrong, right = form["wrong"], form["right"]
    names = [column.name for column in SUITES]
    yield f"""\
# What other courses' suites catch

Measured at commit `{form["commit"]}` on {form["date"]}.

Each cell says how many of a chapter's wrong answers a suite catches. Answers that no server
can decide with are left out. Which test of a suite catches which answer stands in
comparison.json; `python -m tests.evidence keep` measures both anew.
"""
    yield _row("wrong answers to", *names, "any of them")
    yield _row(*["---"] * (len(names) + 2))
    for title, answers in WRONG_BY_CHAPTER.items():
        ids = [each.id for each in answers if each.id in wrong]
        if ids:
            yield _row(title, *_caught(wrong, ids, names))
    yield _row("**all chapters**", *_caught(wrong, wrong, names))
    yield _row("right answers refused", *_caught(right, right, names))
    missed = [id for id, columns in wrong.items() if not any(columns.values())]
    yield ""
    yield f"Caught by none of them ({len(missed)}): {', '.join(missed) or 'no answer'}."


def _caught(rows: dict[str, Any], ids: Iterable[str], names: list[str]) -> list[str]:
    """How many of the answers each suite catches, and how many any suite does."""
    chosen = [rows[id] for id in ids]
    counts = [sum(columns.get(name) is not None for columns in chosen) for name in names]
    counts.append(sum(any(columns.values()) for columns in chosen))
    return [f"{count} of {len(chosen)}" for count in counts]


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"
