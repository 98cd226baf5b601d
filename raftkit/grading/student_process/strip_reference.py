"""The source text of the kit's value types, from which every reference rule is removed.

The judge removes them and sends the rest, so that the student's process never holds a
reference rule, not even in freed memory. The actions of a schedule keep only their fields,
because the judge carries them out.
"""

import ast
import inspect
from functools import cache
from pathlib import Path
from typing import Any, get_args

from raftkit.course.nemesis.schedule import ScheduleAction

Json = Any

KIT = Path(__file__).resolve().parents[2]

# Modules that define values and their JSON form, and no rule.
_WHOLE = ("log", "record", "json_form", "value_size")
# Modules that define values beside the reference's rules, which are removed from them. The other
# modules of the protocol hold only the reference.
_VALUES = (
    *("effects", "election", "messages", "persistence", "replication", "roles", "terms"),
    *("timers", "commitment", "server_state"),
)
# What counts the steps of an answer.
_GUARD = "course/checking/guard"
_OF_GUARD = ("counted_call", "counting", "steps", "tracing", "monitoring", "forbidden_calls")


@cache
def stripped_sources() -> dict[str, Json]:
    """Source text by module under "sources", and the names of removed rules under "withheld".

    Under "guard" is what counts the steps of an answer, by the paths of its files. Under "names" is
    what a notebook imports from the kit with a star.

    >>> kit = stripped_sources()
    >>> "has_majority" in kit["withheld"], "def has_majority" in kit["sources"]["election"]
    (True, False)
    """
    sources, withheld = {}, []
    for name in (*_WHOLE, *_VALUES):
        tree = ast.parse((KIT / "protocol" / f"{name}.py").read_text(encoding="utf-8"))
        if name not in _WHOLE:
            rules = [part for part in tree.body if isinstance(part, ast.FunctionDef)]
            withheld += [rule.name for rule in rules]
            tree.body = [part for part in tree.body if part not in rules]
        sources[name] = ast.unparse(tree)
    sources["actions"] = _actions()
    # These hold no rule either: how a search copies a server and knows a state again, and how lives
    # go on from others.
    sources["keys_and_copies"] = _text("checkers/explorer/keys_and_copies.py")
    sources["living"] = _text("scenarios/small_world/living.py")
    guard = {f"{_GUARD}/{name}.py": _text(f"{_GUARD}/{name}.py") for name in _OF_GUARD}
    return {"sources": sources, "guard": guard, "withheld": withheld, "names": _names()}


def _text(path: str) -> str:
    return (KIT / path).read_text(encoding="utf-8")


def _names() -> list[str]:
    """What `from raftkit import *` imports."""
    tree = ast.parse((KIT / "__init__.py").read_text(encoding="utf-8"))
    assigned = [part for part in tree.body if isinstance(part, ast.Assign)]
    listed = {ast.unparse(part.targets[0]): part.value for part in assigned}
    names: list[str] = ast.literal_eval(listed["__all__"])
    return names


def _actions() -> str:
    """The source text of the actions of a schedule, as records without methods."""
    parts: list[ast.stmt] = ast.parse("from raftkit.protocol.record import record").body
    for action in get_args(ScheduleAction):
        (kind,) = ast.parse(inspect.getsource(action)).body
        assert isinstance(kind, ast.ClassDef)
        kind.body = [part for part in kind.body if not isinstance(part, ast.FunctionDef)]
        parts.append(kind)
    return ast.unparse(ast.Module(parts, []))
