"""`Cells`: runs the cells of a student's notebook in this process, as a notebook does.

All of a cell runs, statement by statement. What waits for a cluster, which is not here, or takes
too long is ended, and the next statement runs. Which cells there are, and what is asked of the
rules in them, is not known here.
"""

import __future__

import ast
import inspect
import linecache
from typing import Any

from raftkit.grading.student_process.awaiting import awaited
from raftkit.grading.student_process.limits import TookTooLong, soft_limit
from raftkit.grading.student_process.refused_calls import RefusedCalls
from raftkit.grading.student_process.stand_in import USES, WaitsForCluster

Json = Any

# Statements of which each may take this part of a cell's time, so that one cannot cost the others.
_PARTS = 4
# Statements in which Python evaluates annotations.
_ANNOTATED = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.AnnAssign)
# What need not have gone wrong in the notebook: it has files, packages and more time, and its cells
# may have run in another order.
_ONLY_HERE = (OSError, ImportError, NameError, MemoryError, TookTooLong, WaitsForCluster)


class Cells:
    """Runs cells in `namespace`, and keeps what IPython keeps of them."""

    def __init__(self, namespace: dict[str, Any]) -> None:
        self._namespace = namespace
        self.lines: dict[str, list[str]] = {}
        self.refused = RefusedCalls(self.lines)
        self._flags = 0  # of the compiler, for what cells import from __future__
        self._shown: dict[int, Any] = {}  # what cells have shown, by their numbers
        self._inputs = [""]
        namespace.update({"Out": self._shown, "_": "", "__": "", "___": ""})
        namespace.update({"In": self._inputs, "_ih": self._inputs})
        # The rules that count: each as it was when its own cell had run.
        self._rules: dict[str, Any] = {}

    def run(self, request: Json, cut: list[int]) -> BaseException | None:
        """Execute a cell, and keep the rules whose own cell it is; returns its first error.

        The places of statements that took too long are added to `cut`.
        """
        names = request.get("rules", ())
        before = {name: self._namespace.get(name) for name in names}
        try:
            return self._run(request, cut)
        finally:
            for name in names:
                # If a cell fails before its definition, an older definition must not count.
                value = self._namespace.pop(name, None)
                if value is not before[name]:
                    self._rules[name] = value
            self._namespace.update(self._rules)

    def _run(self, request: Json, cut: list[int]) -> BaseException | None:
        """Execute a cell statement by statement, and return its first error.

        As in JupyterLab, an error ends its cell: what stands below it may be old, and is not what
        the student has checked. (There it also ends "Run All", but not what is run by hand then.)
        But what may have gone wrong only here ends just its statement.
        """
        name, source = request["cell"], request["source"]
        self._keep_source(f"<{name}>", source)
        tree: Any = compile(source, f"<{name}>", "exec", ast.PyCF_ONLY_AST, True)
        first: BaseException | None = None
        for place, part in enumerate(tree.body):
            if place in request.get("without", ()):
                continue
            is_last = part is tree.body[-1]
            error = self._error_in(part, is_last, request)
            if isinstance(error, TookTooLong):
                cut.append(place)
            if not isinstance(error, WaitsForCluster):
                first = first or error
            if error is not None and not (isinstance(error, _ONLY_HERE) or USES.number):
                break
        return first

    def _keep_source(self, file: str, source: str) -> None:
        """Keep the source of a cell for messages, for IPython's `In`, and for `inspect`."""
        self.lines[file] = source.splitlines()
        self._inputs.append(source)
        linecache.cache[file] = (len(source), None, source.splitlines(keepends=True), file)

    def _error_in(self, part: ast.stmt, is_last: bool, request: Json) -> BaseException | None:
        """Execute one statement of a cell; return what it raises.

        The value of the last line is kept under the cell's number, as IPython does.
        """
        USES.restart()
        try:
            with soft_limit(request["seconds"] / _PARTS):
                if is_last and isinstance(part, ast.Expr):
                    value = self._executed(ast.Expression(part.value), request["cell"])
                    self._keep(request.get("out", 0), value)
                else:
                    self._execute(part, request["cell"])
        # BaseException, because sys.exit() in a cell must not end this process.
        except BaseException as error:
            return error
        return None

    def _execute(self, part: ast.stmt, name: str) -> None:
        """Execute one statement of a cell."""
        if type(part) is ast.ImportFrom and part.module == "__future__":
            features = (getattr(__future__, each.name, None) for each in part.names)
            self._flags |= sum(each.compiler_flag for each in features if each)
        module = ast.Module([part], [])
        try:
            self._executed(module, name)
        except Exception:
            if not isinstance(part, _ANNOTATED):
                raise
            # With annotations as texts, which work even if the cell with imports was deleted.
            self._executed(module, name, __future__.annotations.compiler_flag)

    def _executed(self, tree: ast.Module | ast.Expression, name: str, more_flags: int = 0) -> Any:
        """The value of an expression; None for a statement."""
        mode = "eval" if type(tree) is ast.Expression else "exec"
        flags = self._flags | more_flags | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
        code = compile(tree, f"<{name}>", mode, flags, True)
        self.refused.look_at(code)
        value = eval(code, self._namespace)
        return awaited(value) if code.co_flags & inspect.CO_COROUTINE else value

    def _keep(self, number: int, value: Any) -> None:
        """Keep what a cell has shown for those after it, unless it showed nothing."""
        if value is not None:
            names, self._shown[number] = self._namespace, value
            older = {"__": names.get("_"), "___": names.get("__")}
            names.update({"_": value, f"_{number}": value, **older})
