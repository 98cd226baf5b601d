"""A trial as lines of Python, which can be pasted into a notebook to run the trial again.

Fields that have their default values are left out. This module runs nothing.
"""

from dataclasses import MISSING, fields
from typing import Any

from raftkit.checkers.trials import Trial


def program(trial: Trial, rules: str = "", make_server: str = "") -> str:
    """Return the program; `rules` and `make_server` replace the defaults, as expressions.

    >>> from raftkit.checkers import Timed
    >>> from raftkit.simulator import Crash
    >>> trial = Trial(3, 4, (Timed(2_000, Crash("S1")),), 5_000)
    >>> print(program(trial, "rules_with(is_fit)"), end="")
    from raftkit import rules_with
    from raftkit.checkers import Timed, Trial, run_trial
    from raftkit.simulator import *
    from raftkit.views import space_time
    <BLANKLINE>
    trial = Trial(
        servers=3, seed=4, end=5_000,
        schedule=(
            Timed(2_000, Crash("S1")),
        ),
    )
    cluster = run_trial(trial, rules=rules_with(is_fit))
    space_time(cluster.history, violation=next(iter(cluster.violations), None))
    """
    actions = "".join(
        f"        Timed({timed.at:_}, {as_python(timed.action)}),\n" for timed in trial.schedule
    )
    given = {"rules": rules, "make_server": make_server}
    others = "".join(f", {name}={value}" for name, value in given.items() if value)
    imported = "from raftkit import rules_with\n" if "rules_with" in rules else ""
    if trial.settings != type(trial.settings)():
        imported += "from raftkit.protocol import Settings\n"
    return (
        f"{imported}"
        "from raftkit.checkers import Timed, Trial, run_trial\n"
        "from raftkit.simulator import *\n"
        "from raftkit.views import space_time\n\n"
        f"trial = Trial(\n    {_parts(trial)},\n    schedule=(\n{actions}    ),\n)\n"
        f"cluster = run_trial(trial{others})\n"
        "space_time(cluster.history, violation=next(iter(cluster.violations), None))\n"
    )


def as_python(value: Any) -> str:
    """Return a record as the Python expression that makes it, without fields at their defaults.

    >>> from raftkit.simulator import Drop, Timeout
    >>> as_python(Timeout("S1")), as_python(Drop(source="S1", count=2))
    ('Timeout("S1")', 'Drop("S1", count=2)')
    """
    parts, skipped = [], False
    for field in fields(value):
        own = getattr(value, field.name)
        if field.default is not MISSING and own == field.default:
            skipped = True
            continue
        parts.append(f"{field.name}={_plain(own)}" if skipped else _plain(own))
    return f"{type(value).__name__}({', '.join(parts)})"


def _plain(value: Any) -> str:
    """Return a value as Python source, with double quotation marks and underscores in numbers."""
    if isinstance(value, str) and '"' not in value and "\\" not in value:
        return f'"{value}"'
    if isinstance(value, tuple):
        return f"({', '.join(map(_plain, value))}{',' if len(value) == 1 else ''})"
    return f"{value:_}" if type(value) is int else repr(value)


def _parts(trial: Trial) -> str:
    """Return the trial's arguments, without its schedule and without fields at their defaults."""
    names = ("servers", "seed", "end", "heals", "settings", "link", "topology", "clients", "leads")
    plain = Trial(0, -1, (), -1)
    return ", ".join(
        f"{name}={_part(value)}"
        for name in names
        if (value := getattr(trial, name)) != getattr(plain, name)
    )


def _part(value: Any) -> str:
    return as_python(value) if hasattr(value, "__dataclass_fields__") else _plain(value)
