"""Follows which directed links are cut, action by action.

A history holds the actions, but not the state of the network after them. It knows neither time
nor pictures.
"""

from collections.abc import Sequence
from typing import Any

from raftkit.simulator.faults import Cut, Heal, Mend, Partition


def cut_links_after(cut: list[list[str]], action: Any, processes: Sequence[str]) -> list[list[str]]:
    """The directed links that are cut after an action."""
    ways = {tuple(way) for way in cut}
    match action:
        case Heal():
            ways.clear()
        case Cut(source, target, one_way):
            ways.add((source, target))
            if not one_way:
                ways.add((target, source))
        case Mend(source, target):
            ways -= {(source, target), (target, source)}
        case Partition(groups):
            ways |= _across(groups, processes)
    return [list(way) for way in sorted(ways)]


def _across(groups: Any, processes: Sequence[str]) -> set[tuple[str, ...]]:
    """The directed links between groups; servers that no group names form one more."""
    group_of = {name: number for number, group in enumerate(groups, 1) for name in group}
    named = [name for name in processes if name.startswith("S") or name in group_of]
    return {
        (one, other)
        for one in named
        for other in named
        if group_of.get(one, 0) != group_of.get(other, 0)
    }
