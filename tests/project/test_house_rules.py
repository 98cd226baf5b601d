"""The house rules of the package: sizes, names and how much is explained.

Budgets live in tests or they are decoration. Sizes are counted without
docstrings, so that explaining a function never makes it too long.
"""

import ast
import io
import statistics
import tokenize

FILE_LINES_MAX = 400
FUNCTION_LINES_MAX = 60
FUNCTION_LINES_MEDIAN_MAX = 10
# A module that only lists names needs no more than one line.
TINY_MODULE_LINES = 15
EXPLAINED_MIN, EXPLAINED_MAX = 0.20, 0.45
EMPTY_NAMES = {"utils", "util", "helpers", "helper", "manager", "base", "data", "misc", "common"}


def docstring_lines(node):
    """How many lines the docstring of a module, class or function takes; 0 without one."""
    first = node.body[0] if node.body else None
    if not isinstance(first, ast.Expr) or ast.get_docstring(node, clean=False) is None:
        return 0
    return first.end_lineno - first.lineno + 1


def functions(tree):
    kinds = ast.FunctionDef | ast.AsyncFunctionDef
    return [node for node in ast.walk(tree) if isinstance(node, kinds)]


def function_lines(node):
    return node.end_lineno - node.lineno + 1 - docstring_lines(node)


def filled_lines(text):
    return sum(1 for line in text.splitlines() if line.strip())


def comments(module):
    readline = io.StringIO(module.text).readline
    tokens = tokenize.generate_tokens(readline)
    return [token for token in tokens if token.type == tokenize.COMMENT]


def explained_lines(module):
    """Lines that hold a comment, and lines of docstrings, blank ones excluded."""
    kinds = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef
    documented = [node for node in ast.walk(module.tree) if isinstance(node, kinds)]
    lines = module.text.splitlines()
    quoted = 0
    for node in documented:
        start = node.body[0].lineno - 1 if node.body else 0
        quoted += filled_lines("\n".join(lines[start : start + docstring_lines(node)]))
    return len(comments(module)) + quoted


def test_every_module_opens_with_a_docstring_of_three_to_eight_lines(modules):
    wrong = []
    for module in modules:
        lines = docstring_lines(module.tree)
        tiny = module.path.name == "__init__.py" and filled_lines(module.text) <= TINY_MODULE_LINES
        if not (1 if tiny else 3) <= lines <= 8:
            wrong.append(f"{module.name}: {lines} lines")

    assert not wrong, "\n".join(wrong)


def test_no_file_has_a_name_that_says_nothing(modules):
    names = [(module.name, {*module.path.parts[-3:-1], module.path.stem}) for module in modules]

    assert [name for name, parts in names if parts & EMPTY_NAMES] == []


def test_files_are_short(modules):
    sizes = {module.name: len(module.text.splitlines()) for module in modules}

    assert {name: size for name, size in sizes.items() if size > FILE_LINES_MAX} == {}


def test_functions_are_short(modules):
    sizes = {
        f"{module.name}.{node.name}": function_lines(node)
        for module in modules
        for node in functions(module.tree)
    }

    assert {name: size for name, size in sizes.items() if size > FUNCTION_LINES_MAX} == {}
    assert statistics.median(sizes.values()) <= FUNCTION_LINES_MEDIAN_MAX


def test_nothing_is_left_to_do(modules):
    marks = [
        f"{module.name}:{token.start[0]} {token.string}"
        for module in modules
        for token in comments(module)
        if "TODO" in token.string or "FIXME" in token.string
    ]

    assert not marks, "\n".join(marks)


def test_a_quarter_to_a_third_of_the_package_explains_the_rest(modules):
    # A wrong answer is explained in its fields: the thinking, and the rule that it breaks.
    own_words = [module for module in modules if ".wrong_answers." not in module.name]
    explained = sum(explained_lines(module) for module in own_words)
    filled = sum(filled_lines(module.text) for module in own_words)

    assert EXPLAINED_MIN <= explained / filled <= EXPLAINED_MAX, (
        f"{explained} of {filled} lines are docstrings or comments: "
        f"not from {EXPLAINED_MIN:.0%} to {EXPLAINED_MAX:.0%}"
    )
