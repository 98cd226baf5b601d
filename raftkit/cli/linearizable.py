"""For everybody: `raftkit linearizable`, which checks a history of clients against a model.

It reads a file and prints a verdict; it draws the timeline and writes JSON on demand. Its help
describes the formats of the file. It does not know how a history is checked.
"""

import json
from typing import TYPE_CHECKING, Any

import click

from raftkit.cli.commands import FAILED, OUT_OF_BUDGET, BadInput, command, progress_bar, report
from raftkit.cli.files import SOURCE, Source, Target, output_option

if TYPE_CHECKING:
    from raftkit.checkers.linearizability import Model, Verdict
    from raftkit.checkers.linearizability.line_fields import Lines

_MODELS = ("register", "cas", "kv", "queue")
_STATUS = {"linearizable": 0, "violated": FAILED, "unknown": OUT_OF_BUDGET}


@command(
    "linearizable",
    "raftkit linearizable history.jsonl --model kv --svg timeline.svg",
    "",
    "where history.jsonl is of your own system, or of this one:",
    "  raftkit simulate --clients 3 --calls 20 --operations history.jsonl",
)
@click.argument("file", type=SOURCE)
@click.option("--model", default="kv", show_default=True, type=click.Choice(_MODELS),
              help="What the history should be a history of.")  # fmt: skip
@click.option("--initial", metavar="JSON", help="The first value, such as 0; null without it.")
@click.option("--budget", default=1_000_000, show_default=True, type=click.IntRange(1),
              help="Steps of the search, explanations included.")  # fmt: skip
@output_option("--svg", "svg", "The timeline as a picture.")
@output_option("--json", "json_file", "The verdict for another program.")
def linearizable(
    file: Source,
    model: str,
    initial: str | None,
    budget: int,
    svg: Target | None,
    json_file: Target | None,
) -> None:
    """Say whether a history of clients is linearizable.

    That is: whether the operations in FILE could have happened one after the other.
    Exit status 0 if they could, 1 if not, 3 if the budget was spent before that was known.

    \b
    FILE holds JSON, either one operation a line, its instants in milliseconds:
      {"client": "C1", "kind": "put", "key": "x", "argument": "1", "called": 0, "returned": 9.5}
      {"client": "C2", "kind": "get", "key": "x", "result": null, "called": 12, "returned": 14}
      {"client": "C3", "kind": "append", "key": "x", "argument": "2", "called": 3, "returned": null}
    or one event a line, in the order in which they happened:
      {"process": 0, "type": "invoke", "f": "put", "key": "x", "value": "1"}
      {"process": 0, "type": "ok", "f": "put", "key": "x", "value": "1"}

    \b
    Kinds of operations (or "f" of events) with their arguments:
      register  read; write VALUE
      cas       read; write VALUE; cas [EXPECTED, NEW], whose result is true or false
      kv        get; put VALUE; append TEXT; cas [EXPECTED, NEW]
      queue     enqueue VALUE; dequeue, whose result is null if the queue is empty

    Values are text, numbers, true, false, null, and lists of them. Without a "key" there is one
    object. A client does one thing at a time. An operation without a return ("returned": null, or
    an event of type "info") has an unknown outcome: it may have happened at any time since its
    call, or never. One that surely did not happen ("fail") is left out. At one instant, calls
    come before returns.

    From Jepsen and Maelstrom: write each map of the history as a line, and use --model cas or
    register. Values [KEY, VALUE] are taken apart if reads are called with [KEY, null].

    From Porcupine: ClientId is the "client", Input holds kind, key and argument, Output is the
    result; subtract the first Call from all instants before you turn nanoseconds into
    milliseconds, or they lose their last digits. Where a missing key reads as an empty text, say
    --initial '""'.
    """
    from raftkit.checkers.linearizability import check_linearizable

    chosen = _model(model, initial)
    lines = _lines(file, chosen)
    verdict = check_linearizable(
        lines.operations, chosen, budget, unit=lines.unit, progress=progress_bar
    )
    if svg:
        from raftkit.views import draw_operations

        svg.write(f"{draw_operations(verdict).svg}\n")
    report(_in_words(verdict), _as_json(verdict), json_file)
    raise click.exceptions.Exit(_STATUS[verdict.verdict])


def _model(name: str, initial: str | None) -> "Model":
    """The model called `name`, which starts with the value in `initial` if that is given."""
    from raftkit.checkers.linearizability import MODELS
    from raftkit.checkers.linearizability.operations import frozen

    if initial is None:
        return MODELS[name]
    try:
        value = frozen(json.loads(initial))
    except (ValueError, RecursionError):
        raise BadInput(
            f"--initial {initial[:40]} is no JSON value: write 0, null or a text"
        ) from None
    if name == "queue" and not isinstance(value, tuple):
        raise BadInput("the first value of a queue is a list, such as []")
    return MODELS[name].starting_with(value)


def _lines(file: Source, model: "Model") -> "Lines":
    """The operations in a file. Raises BadInput if there is none to judge."""
    from raftkit.checkers.linearizability import LineError, read_lines

    try:
        lines = read_lines(file.read_text(), model)
    except LineError as error:
        raise BadInput(f"{file}: {error}") from None
    # The verdict "linearizable" would be right, but say nothing about the system.
    if not lines.operations:
        raise BadInput(f"{file}: there is nothing to judge: no operation of a client in it")
    if all(operation.returned is None for operation in lines.operations):
        raise BadInput(f"{file}: there is nothing to judge: no operation in it has returned")
    return lines


def _in_words(verdict: "Verdict") -> str:
    """The verdict, and a line for each violation."""
    count = f"{len(verdict.operations):,} operations, {verdict.steps:,} steps"
    said = {
        "linearizable": f"Linearizable: {count}.",
        "violated": f"Not linearizable: {count}.",
        "unknown": f"Unknown after {count}: raise --budget, or check a part of the history.",
    }
    return "\n".join([said[verdict.verdict], *(broken.detail for broken in verdict.violations)])


def _as_json(verdict: "Verdict") -> dict[str, Any]:
    """The verdict as plain data; operations are named by their lines."""
    from raftkit.checkers.linearizability.operations import thawed

    return {
        "verdict": verdict.verdict,
        "model": verdict.model.name,
        "operations": len(verdict.operations),
        "steps": verdict.steps,
        "order": [operation.line for operation in verdict.order],
        "violations": [
            {
                "key": thawed(broken.key),
                "line": broken.operation.line,
                "prefix": [operation.line for operation in broken.order],
                "needed": [operation.line for operation in broken.needed],
                "possible": [thawed(value) for value in broken.possible],
                "said": broken.detail,
            }
            for broken in verdict.violations
        ],
    }
