"""Parts of a history: up to an instant, or only the latest of it, as much as a picture shows.

They do not know what the records are about.
"""

from bisect import bisect_right
from dataclasses import replace
from typing import Any

from raftkit.simulator import History
from raftkit.simulator.records import Acted, InvariantViolation, Step

# A picture has room for some hundred messages that change something. So many records hold them, if
# only a command a second is asked for, and are read in a tenth of a second.
LATEST = 8_000


def history_until(history: History, time: int) -> History:
    """The part of a history up to an instant."""
    records = history.records
    return History(
        history.setup,
        [asked for asked in history.inputs if asked.at <= time],
        records[: bisect_right(records, time, key=lambda record: record.time)],
        [broken for broken in history.violations if broken.time <= time],
        min(time, history.end),
    )


def latest_of(history: History) -> tuple[History, float | None, InvariantViolation | None]:
    """What a picture of the end of a history needs: a part, where it begins, and what is broken.

    A long history is cut off before its latest records, or before those that lead to the first
    broken property. Of what was before, the part has the actions, and the last step of each
    process, so that it begins with the right states. It begins at an instant in milliseconds; None
    for the beginning.
    """
    broken = next(iter(history.violations), None)
    records = history.records
    first = (len(records) if broken is None else broken.step + 1) - LATEST
    if first <= 0:
        return history, None, broken
    before = _remembered(records[:first])
    part = History(history.setup, (), [*before, *records[first:]], (), history.end)
    if broken is not None:
        broken = replace(broken, step=broken.step - first + len(before))
    return part, records[first].time / 1_000, broken


def _remembered(records: list[Any]) -> list[Any]:
    """The actions among records, and the last step of each process, in order."""
    steps = {record.process: place for place, record in enumerate(records) if type(record) is Step}
    actions = [place for place, record in enumerate(records) if type(record) is Acted]
    return [records[place] for place in sorted([*steps.values(), *actions])]
