"""Proofs for people and programs: a table in words, and JSON.

Both have the figures of each exercise and of all together. How a mutant was judged is not known
here.
"""

from collections.abc import Sequence
from statistics import median
from typing import Any

from raftkit.course.chapters import exercise
from raftkit.course.proving.mutants.judging import Outcome, Proof

_WIDTH = 22
_OUTCOMES: tuple[Outcome, ...] = ("caught", "equal", "reviewed", "escaped")


def table(proofs: Sequence[Proof]) -> list[str]:
    """A line for each exercise, for each notebook and for all, then each mutant that escaped."""
    heads = ("mutants", *_OUTCOMES, "median s")
    lines = [f"{'':{_WIDTH}}" + "".join(f"{head:>10}" for head in heads)]
    lines += [_line(proof.id, [proof]) for proof in proofs]
    lines.append("")
    for name in dict.fromkeys(exercise(proof.id).notebook for proof in proofs):
        lines.append(_line(name, [each for each in proofs if exercise(each.id).notebook == name]))
    lines.append(_line("all", proofs))
    escaped = [f"{proof.id} {mutant}" for proof in proofs for mutant in proof.escaped]
    return [*lines, *(["", "escaped, with full points:", *escaped] if escaped else [])]


def _line(name: str, proofs: Sequence[Proof]) -> str:
    counts = [str(_count(proofs, outcome)) for outcome in _OUTCOMES]
    figures = (str(_mutants(proofs)), *counts, f"{_median(proofs):.3f}")
    return f"{name:{_WIDTH}}" + "".join(f"{figure:>10}" for figure in figures)


def _count(proofs: Sequence[Proof], outcome: Outcome) -> int:
    return sum(proof.count(outcome) for proof in proofs)


def _mutants(proofs: Sequence[Proof]) -> int:
    return sum(len(proof.verdicts) for proof in proofs)


def _seconds(proofs: Sequence[Proof]) -> list[float]:
    return [verdict.seconds for proof in proofs for verdict in proof.verdicts]


def _median(proofs: Sequence[Proof]) -> float:
    return median(_seconds(proofs) or [0.0])


def proofs_json(proofs: Sequence[Proof]) -> dict[str, Any]:
    """The figures of all mutants, and under "exercises" those of each exercise."""
    each = {proof.id: _form([proof]) for proof in proofs}
    return {**_form(proofs), "exercises": each}


def _form(proofs: Sequence[Proof]) -> dict[str, Any]:
    return {
        "mutants": _mutants(proofs),
        **{outcome: _count(proofs, outcome) for outcome in _OUTCOMES[:-1]},
        "escaped": [f"{proof.id} {mutant}" for proof in proofs for mutant in proof.escaped],
        "seconds": round(sum(_seconds(proofs)), 3),
    }
