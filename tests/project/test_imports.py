"""Imports point down only, and heavy packages are imported where they are needed, if at all."""

import ast
import subprocess
import sys
from dataclasses import dataclass

import networkx
import pytest

# What each part of the house stands on. "" is raftkit/__init__.py.
MAY_IMPORT = {
    "protocol": set(),
    "service": {"protocol"},
    "simulator": {"protocol"},
    "classics": {"protocol", "simulator"},
    "workers": set(),
    "checkers": {"protocol", "simulator", "workers"},
    "scenarios": {"protocol", "simulator", "checkers"},
    "views": {"protocol", "simulator", "checkers"},
    "course": {
        *("protocol", "simulator", "classics", "checkers", "scenarios", "views", "workers"),
        "harmless_text",
    },
    "": {"protocol", "simulator", "classics", "checkers", "views", "course"},
    "faults_file": {"protocol", "simulator"},
    "course_files": set(),
    "extras": set(),
    "harmless_text": set(),
    "grading": {
        *("protocol", "simulator", "checkers", "views", "course", "workers", "extras"),
        "harmless_text",
    },
    "site": {"protocol", "simulator", "checkers", "views", "course", "course_files", "extras", ""},
    "bench": {
        *("protocol", "simulator", "checkers", "scenarios", "views", "course", "grading", "site"),
        "extras",
    },
    "cli": {
        *("protocol", "service", "simulator", "classics", "checkers", "views", "course", "grading"),
        *("bench", "site", "faults_file", "course_files", "extras", "harmless_text", ""),
    },
    "__main__": {"cli"},
}
# Packages from outside the standard library that a part may import.
MAY_USE = {
    "protocol": set(),
    "service": set(),
    "simulator": {"networkx"},
    "classics": {"networkx"},
    "workers": set(),
    "checkers": {"networkx"},
    "scenarios": set(),
    "views": {"networkx", "ipywidgets", "anywidget", "traitlets", "IPython"},
    "course": {"networkx", "IPython", "pygments"},
    "": set(),
    "faults_file": set(),
    "course_files": set(),
    "extras": set(),
    "harmless_text": set(),
    "grading": {"networkx", "click", "tqdm", "IPython"},
    "site": {"pygments"},
    "bench": {"networkx", "playwright"},
    "cli": {"networkx", "click", "tqdm"},
    "__main__": set(),
}
# Packages of the extras, and where they may be imported: inside a function only.
LATE = {
    *("nbgrader", "nbformat", "nbconvert", "nbclient", "jinja2"),
    *("jupyterlab", "jupyter_server", "jupyter_core", "traitlets", "tornado", "platformdirs"),
}
MAY_USE_LATE = {"grading", "bench", "cli", "site"}
HEAVY = ["nbformat", "nbgrader", "jupyterlab", "IPython", "ipywidgets"]


@dataclass(frozen=True)
class Import:
    """A module that another imports, and whether it does so inside a function."""

    target: str
    line: int
    late: bool


def imports_of(module):
    """Every import in a module, also those inside functions."""
    inside_functions = {
        id(inner)
        for outer in ast.walk(module.tree)
        if isinstance(outer, ast.FunctionDef | ast.AsyncFunctionDef)
        for inner in ast.walk(outer)
    }
    for node in ast.walk(module.tree):
        for target in _targets(node, module):
            yield Import(target, node.lineno, id(node) in inside_functions)


def _targets(node, module):
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if not isinstance(node, ast.ImportFrom):
        return []
    source = _absolute(node, module)
    # `from raftkit import views` names a package, not something inside raftkit/__init__.py.
    return [
        f"raftkit.{alias.name}" if source == "raftkit" and alias.name in MAY_IMPORT else source
        for alias in node.names
    ]


def _absolute(node, module):
    if not node.level:
        return node.module
    package = module.name.split(".")
    if module.path.name != "__init__.py":
        package = package[:-1]
    package = package[: len(package) - node.level + 1]
    return ".".join([*package, *filter(None, [node.module])])


def layer_of(target):
    parts = target.split(".")
    return parts[1] if len(parts) > 1 else ""


def complaint(module, found):
    return f"{module.path.name}:{found.line} ({module.name}) imports {found.target}"


def test_every_part_of_the_package_has_its_place(modules):
    assert {module.layer for module in modules} - set(MAY_IMPORT) == set()


def test_imports_point_down(modules):
    upwards = [
        complaint(module, found)
        for module in modules
        for found in imports_of(module)
        if found.target.split(".")[0] == "raftkit"
        and layer_of(found.target) != module.layer
        and layer_of(found.target) not in MAY_IMPORT[module.layer]
    ]

    assert not upwards, "\n".join(upwards)


def test_no_circle_of_modules_at_run_time(modules):
    """Imports inside of functions are imports all the same; only a type checker's are not."""
    names = {module.name for module in modules}
    imports = networkx.DiGraph(
        (module.name, target) for module in modules for target in _modules_of(module, names)
    )

    circles = [sorted(c) for c in networkx.strongly_connected_components(imports) if len(c) > 1]
    assert circles == []


def _modules_of(module, names):
    """The modules of ours that a module imports at run time."""
    for_types = {
        id(inner)
        for outer in ast.walk(module.tree)
        if isinstance(outer, ast.If) and ast.unparse(outer.test) == "TYPE_CHECKING"
        for inner in ast.walk(outer)
    }
    for node in ast.walk(module.tree):
        if not isinstance(node, ast.Import | ast.ImportFrom) or id(node) in for_types:
            continue
        source = _absolute(node, module) if isinstance(node, ast.ImportFrom) else ""
        for alias in node.names:
            inner = f"{source}.{alias.name}" if source else alias.name
            yield from ({inner} if inner in names else {source}) & names


def test_each_part_uses_only_the_packages_it_may(modules):
    foreign = []
    for module in modules:
        for found in imports_of(module):
            package = found.target.split(".")[0]
            known = package in sys.stdlib_module_names or package == "raftkit"
            late = found.late and package in LATE and module.layer in MAY_USE_LATE
            if not known and not late and package not in MAY_USE[module.layer]:
                foreign.append(complaint(module, found))

    assert not foreign, "\n".join(foreign)


def test_only_the_browsers_measurements_know_a_browser(modules):
    who = {
        m.name for m in modules for found in imports_of(m) if found.target.startswith("playwright")
    }

    assert who
    assert {name for name in who if not name.startswith("raftkit.bench.browser.")} == set()


def test_what_a_browser_lacks_is_told_without_one(repository):
    code = "import sys, raftkit.bench.browser; print('playwright' in sys.modules)"

    done = subprocess.run(
        [sys.executable, "-c", code], cwd=repository, capture_output=True, text=True
    )

    assert (done.stdout.strip(), done.stderr) == ("False", "")


@pytest.mark.parametrize("entrance", ["raftkit", "raftkit.cli.program"])
def test_an_entrance_imports_nothing_heavy(entrance, repository):
    code = f"import sys, {entrance}; print([name for name in {HEAVY} if name in sys.modules])"

    done = subprocess.run(
        [sys.executable, "-c", code], cwd=repository, capture_output=True, text=True
    )

    assert (done.stdout.strip(), done.stderr) == ("[]", "")
