"""`Rules` is the index of the paper: each decision says what it decides and where it is used."""

import importlib
import inspect
import re
from dataclasses import fields

import pytest

from raftkit.protocol import Rules, Server, rules

SOURCE = inspect.getsource(rules.Rules)
RULES = [field.name for field in fields(Rules)]
POINTER = re.compile(r"\b(server|all_servers|followers|candidates|leaders|driver)\.(\w+)")


def comment_above(rule: str) -> str:
    lines = SOURCE.split("\n")
    field = next(n for n, line in enumerate(lines) if line.startswith(f"    {rule}: "))
    first = field
    while lines[first - 1].startswith("    # "):
        first -= 1
    return " ".join(line.removeprefix("    # ") for line in lines[first:field])


@pytest.mark.parametrize("rule", RULES)
def test_every_rule_says_which_sentence_of_the_paper_it_decides(rule: str) -> None:
    boxes = "All servers|Followers|Candidates|Leaders|RequestVote|AppendEntries|State"

    assert re.match(f"({boxes}|Figure 4|§5)", comment_above(rule))


def test_where_the_server_acts_on_a_rule_is_there() -> None:
    pointers = POINTER.findall(SOURCE)
    missing = [
        f"{module}.{function}"
        for module, function in pointers
        if f"def {function}(" not in inspect.getsource(_module(module))
    ]

    assert len({function for _, function in pointers}) > 15
    assert missing == []


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_is_asked_where_the_index_says(rule: str) -> None:
    """In one of the functions named above it, or in the section's heading."""
    section = SOURCE[: SOURCE.index(f"    {rule}: ")].rpartition("---\n")[0].rpartition("\n")[2]
    named = POINTER.findall(comment_above(rule)) or POINTER.findall(section)

    bodies = [_body(module, function) for module, function in named if module != "driver"]
    assert any(f"rules.{rule}" in body for body in bodies)


def _module(name: str) -> object:
    return importlib.import_module(f"raftkit.protocol.{name}")


def _body(module: str, function: str) -> str:
    method = getattr(Server, function)
    assert method.__module__ == f"raftkit.protocol.{module}"
    return inspect.getsource(method)
