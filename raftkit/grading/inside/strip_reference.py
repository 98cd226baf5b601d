"""The kit's value types as source text, with every reference rule cut out of it.

The judge cuts and sends the text; the student's process only ever holds what is
left, so that neither its objects nor its freed memory lead to an answer. Of the acts of
a schedule the fields are left: what they do is done by the judge.
"""

import ast
import inspect
from functools import cache
from pathlib import Path
from typing import Any, get_args

from raftkit.course.nemesis.acts import Act

Json = Any

KIT = Path(__file__).resolve().parents[2]

# These define values and their JSON form; their functions decide nothing.
_WHOLE = ("log", "record", "json_form")
# These define values beside the reference's rules, which are cut out of them. The other modules
# of the protocol hold nothing but the reference.
_VALUES = (
    *("effects", "election", "messages", "persistence", "replication", "roles", "terms"),
    *("timers", "commitment", "observed"),
)


@cache
def cut_sources() -> dict[str, Json]:
    """Source text by module under "sources"; the names of what was cut out under "withheld".

    >>> cut = cut_sources()
    >>> "has_majority" in cut["withheld"], "def has_majority" in cut["sources"]["election"]
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
    sources["acts"] = _acts()
    return {"sources": sources, "withheld": withheld}


def _acts() -> str:
    """The acts of a schedule as records without methods."""
    parts: list[ast.stmt] = ast.parse("from raftkit.protocol.record import record").body
    for act in get_args(Act):
        (kind,) = ast.parse(inspect.getsource(act)).body
        assert isinstance(kind, ast.ClassDef)
        kind.body = [part for part in kind.body if not isinstance(part, ast.FunctionDef)]
        parts.append(kind)
    return ast.unparse(ast.Module(parts, []))
