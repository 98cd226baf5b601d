"""raftkit: learn Raft by breaking it.

A cluster you can see, slow down, cut in two and rebuild rule by rule. This module has the
names that a notebook needs; everything else is in the packages below. A name is imported when
it is first used, so that the command line starts at once and can be interrupted at once.
"""

TYPE_CHECKING = False  # This avoids importing typing; type checkers know the name.
if TYPE_CHECKING:
    from raftkit.checkers import Cluster, measure_outages, needless_elections
    from raftkit.course import (
        Repair,
        check,
        hint,
        progress,
        replay,
        reveal,
        rules_with,
        try_out,
    )
    from raftkit.course.nemesis import Schedule
    from raftkit.course.nemesis.run_picture import act_out
    from raftkit.protocol import Rules
    from raftkit.simulator import Crash, Deliver, Lose, Propose, Restart, Timeout, TornWrite
    from raftkit.views import (
        draw_ballot,
        draw_logs,
        draw_moments,
        draw_outages,
        draw_roles,
        draw_storage,
        draw_topology,
        space_time,
    )
    from raftkit.views.player import Chapter, play, story

_MODULES = {
    "Chapter": "raftkit.views.player",
    "Cluster": "raftkit.checkers",
    "Crash": "raftkit.simulator",
    "Deliver": "raftkit.simulator",
    "Lose": "raftkit.simulator",
    "Propose": "raftkit.simulator",
    "Repair": "raftkit.course",
    "Restart": "raftkit.simulator",
    "Rules": "raftkit.protocol",
    "Schedule": "raftkit.course.nemesis",
    "Timeout": "raftkit.simulator",
    "TornWrite": "raftkit.simulator",
    "act_out": "raftkit.course.nemesis.run_picture",
    "check": "raftkit.course",
    "draw_ballot": "raftkit.views",
    "draw_logs": "raftkit.views",
    "draw_moments": "raftkit.views",
    "draw_outages": "raftkit.views",
    "draw_roles": "raftkit.views",
    "draw_storage": "raftkit.views",
    "draw_topology": "raftkit.views",
    "hint": "raftkit.course",
    "measure_outages": "raftkit.checkers",
    "needless_elections": "raftkit.checkers",
    "play": "raftkit.views.player",
    "progress": "raftkit.course",
    "replay": "raftkit.course",
    "reveal": "raftkit.course",
    "rules_with": "raftkit.course",
    "space_time": "raftkit.views",
    "story": "raftkit.views.player",
    "try_out": "raftkit.course",
}

__all__ = [
    "Chapter",
    "Cluster",
    "Crash",
    "Deliver",
    "Lose",
    "Propose",
    "Repair",
    "Restart",
    "Rules",
    "Schedule",
    "Timeout",
    "TornWrite",
    "act_out",
    "check",
    "draw_ballot",
    "draw_logs",
    "draw_moments",
    "draw_outages",
    "draw_roles",
    "draw_storage",
    "draw_topology",
    "hint",
    "measure_outages",
    "needless_elections",
    "play",
    "progress",
    "replay",
    "reveal",
    "rules_with",
    "space_time",
    "story",
    "try_out",
]


def __getattr__(name: str) -> object:
    from importlib import import_module

    module = _MODULES.get(name)
    if module is None:
        raise AttributeError(f"raftkit has no {name!r}; it has {', '.join(__all__)}")
    found: object = getattr(import_module(module), name)
    return found


def __dir__() -> list[str]:
    return __all__
