"""Which solutions are mutated: those that were asked for, or all whose mutants can be judged.

The answers of the chapter on faults are schedules, not rules: every schedule that breaks its
target is right, and the check runs it and sees. Nor are solutions changed twice where some slips
were reviewed: there many answers are right, which an experiment measures, and two such slips at
once are one more of them.
"""

from collections.abc import Sequence

from raftkit.course.checking.answer_kinds import answer_kind_of
from raftkit.course.checking.checks import checks_of
from raftkit.course.nemesis.schedule import Schedule
from raftkit.course.proving.mutants.judging import SHORT, Solution, reviewed


def chosen(known: Sequence[Solution], only: Sequence[str], twice: bool) -> list[Solution]:
    """The solutions with the numbers in `only`, each of which may hold several with commas.

    Raises LookupError for a number that cannot be meant.
    """
    wanted = [part.strip() for one in only for part in one.split(",") if part.strip()]
    judged = {each.id: each for each in known if not _is_schedule(each)}
    for id in wanted:
        if id not in judged:
            raise LookupError(f"there is no exercise {id!r} here: there are {', '.join(judged)}")
    if wanted:
        return [judged[id] for id in dict.fromkeys(wanted)]
    functions = [each for each in judged.values() if not answer_kind_of(each.exercise).is_class]
    return [each for each in functions if not twice or _can_change_twice(each)]


def _can_change_twice(solution: Solution) -> bool:
    return solution.lines <= SHORT and not reviewed(solution.exercise)


def _is_schedule(solution: Solution) -> bool:
    return getattr(checks_of(solution.exercise), "returns", None) == Schedule
