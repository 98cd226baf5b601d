"""What is taken from a notebook to be run, and what is said about the rest."""

import json

import pytest

from raftkit.grading.chosen_cells import cells_to_run
from raftkit.grading.notebook import (
    CELL_LIMIT,
    CELLS_LIMIT,
    CODE_LIMIT,
    Notebook,
    Unreadable,
    parse_notebook,
    read_notebook,
)
from raftkit.grading.python_source import close

STUB = "def rule(term):\n    raise NotImplementedError"
WRITTEN = "def rule(term):\n    return term + 1"


def notebook_of(*cells):
    """A notebook of code cells, each a source or (source, nbgrader's marks)."""
    pairs = [cell if isinstance(cell, tuple) else (cell, {}) for cell in cells]
    form = [
        {"cell_type": "code", "source": source, "metadata": {"nbgrader": marks} if marks else {}}
        for source, marks in pairs
    ]
    return parse_notebook({"cells": form}, "test.ipynb")


ANSWER = {"grade_id": "ex-2-3", "solution": True}


def sources(notebook: Notebook) -> list[str]:
    return [cell.source for cell in cells_to_run(notebook, {"rule": "ex-2-3"})]


def counting(notebook: Notebook) -> list[int]:
    """The places of the cells in which the rule counts."""
    cells = cells_to_run(notebook, {"rule": "ex-2-3"})
    return [cell.place for cell in cells if "rule" in cell.rules]


def test_all_of_every_cell_runs():
    cells = [
        "import math\nprint(math.pi)\nwhile True:\n    pass",
        (WRITTEN + "\nprint(rule(1))", ANSWER),
        ('check("2.3", rule)', {"grade_id": "check-2-3"}),
        'hint("2.3")\nfor each in range(3): play(rule)',
    ]

    assert sources(notebook_of(*cells)) == [
        cell if isinstance(cell, str) else cell[0] for cell in cells
    ]


@pytest.mark.parametrize(
    ("checked", "named"),
    [
        ('check("2.3", mine)', 'rule = mine; check("2.3", mine)'),
        ('x = check(id="2.3", answer=a.b)', 'rule = a.b; x = check(id="2.3", answer=a.b)'),
        ('1; check("2.3",\n  f(\n))', '1; rule = f(); check("2.3",\n  f(\n))'),
    ],
)
def test_what_is_given_to_check_is_the_answer(checked, named):
    notebook = notebook_of((STUB, ANSWER), (checked, {"grade_id": "check-2-3"}))

    assert sources(notebook) == [STUB, named]
    assert counting(notebook) == [2]


@pytest.mark.parametrize("checked", ['check("2.3", rule)', 'check("9.9", mine)', 'check("2.3")'])
def test_other_checks_stay_as_they_are(checked):
    assert sources(notebook_of((WRITTEN, ANSWER), checked)) == [WRITTEN, checked]


def test_what_was_checked_again_below_counts():
    ours = ('check("2.3", rule)', {"grade_id": "check-2-3"})
    again = notebook_of((WRITTEN, ANSWER), ours, WRITTEN, 'check("2.3", rule)', WRITTEN)

    assert counting(again) == [3]
    assert counting(notebook_of((WRITTEN, ANSWER), 'check("2.3", rule)', ours, WRITTEN)) == [1]
    assert counting(notebook_of('check("2.3", rule)', (WRITTEN, ANSWER), WRITTEN)) == [2]


def test_of_two_definitions_the_last_counts_and_a_note_says_so():
    notebook = notebook_of((WRITTEN, ANSWER), (WRITTEN.replace("1", "2"), ANSWER))

    assert counting(notebook) == [2]
    assert notebook.notes == ["rule is defined 2 times: the one in cell 2 counts"]


def test_a_stub_left_behind_does_not_replace_the_answer():
    assert counting(notebook_of((WRITTEN, ANSWER), (STUB, ANSWER))) == [1]
    assert counting(notebook_of((STUB, ANSWER), WRITTEN)) == [2]
    assert sources(notebook_of((f"{WRITTEN}\n{STUB}", ANSWER))) == [f"{WRITTEN}\n\n"]


def test_a_helper_in_a_cell_with_an_earlier_definition_is_kept():
    notebook = notebook_of(f"{WRITTEN}\ndef helper():\n    return 1", WRITTEN)

    assert sources(notebook) == [f"{WRITTEN}\ndef helper():\n    return 1", WRITTEN]
    assert counting(notebook) == [2]


def test_a_definition_that_another_one_needs_is_kept_without_a_note():
    source = f"import functools\n{WRITTEN}\nrule = functools.lru_cache(rule)"
    notebook = notebook_of((source, ANSWER))

    assert sources(notebook) == [source]
    assert notebook.notes == []


def test_playing_with_a_rule_elsewhere_leaves_the_answer_in_its_own_cell():
    other = {"grade_id": "ex-2-4", "solution": True}
    notebook = notebook_of((WRITTEN, ANSWER), (WRITTEN, other), "rule = print")

    assert counting(notebook) == [1]
    assert notebook.notes == ["rule is defined 3 times: the one in cell 1 counts"]


def test_a_renamed_mark_costs_nothing():
    renamed = {"grade_id": "mine", "solution": True}

    assert counting(notebook_of((WRITTEN, renamed), "rule = print")) == [1]


def test_decorators_go_with_the_stub_they_belong_to():
    notebook = notebook_of((f"{WRITTEN}\n@twice\n{STUB}\nx = 1", ANSWER))

    assert sources(notebook) == [f"{WRITTEN}\n\n\n\nx = 1"]


@pytest.mark.parametrize("end", ["x y", "(", "= y z", "?", "%"])
def test_a_line_of_90000_spaces_takes_no_time(end):
    source = "def rule(:\n" + "a" + " " * 90_000 + end

    assert sources(notebook_of((source, ANSWER))) == [source]


@pytest.mark.parametrize(
    ("line", "call"),
    [
        ("%timeit rule(1)", "get_ipython().run_line_magic('timeit', 'rule(1)')"),
        ("!ls", "get_ipython().system('ls')"),
        ("rule?", "get_ipython().run_line_magic('pinfo', 'rule')"),
        ("files = !ls", "files = get_ipython().getoutput('ls')"),
        ("if True:\n  %cd x", "if True:\n  get_ipython().run_line_magic('cd', 'x')"),
        ("!ls \\\n-l", "get_ipython().system('ls  -l')\n"),
        ("/rule 1", "rule(1)"),
    ],
)
def test_ipythons_own_language_becomes_calls_that_do_nothing_here(line, call):
    notebook = notebook_of((f"{line}\n{WRITTEN}", ANSWER))

    assert sources(notebook) == [f"{call}\n{WRITTEN}"]
    command = line.splitlines()[1 if line.startswith("if") else 0].strip()
    assert notebook.notes == [f"cell 1: left out {command!r}"]


@pytest.mark.parametrize(
    "source",
    [
        f">>> {WRITTEN}".replace("\n", "\n... "),
        f"In [1]: {WRITTEN}".replace("\n", "\n   ...: "),
        f"  >>> {WRITTEN}".replace("\n", "\n  ... "),
    ],
)
def test_prompts_that_were_pasted_are_left_out(source):
    notebook = notebook_of((source, ANSWER))

    assert (sources(notebook), notebook.notes) == ([WRITTEN], [])


@pytest.mark.parametrize(
    "line", ['SIGNS = """\n%time\n!ls"""', "odd = (7\n  % 2\n)", "x = 7 \\\n% 2"]
)
def test_a_command_is_one_only_at_the_beginning_of_a_statement(line):
    notebook = notebook_of((f"{line}\n%who\n{WRITTEN}", ANSWER))

    assert sources(notebook)[0].startswith(f"{line}\nget_ipython()")
    assert notebook.notes == ["cell 1: left out '%who'"]


@pytest.mark.parametrize("command", ["%time ", "%prun ", "  %time  "])
def test_what_a_command_of_a_line_runs_is_run(command):
    notebook = notebook_of(f"{command}TABLE = {{0: 1}}", (WRITTEN, ANSWER))

    assert sources(notebook)[0] == "TABLE = {0: 1}"
    assert notebook.notes == []


@pytest.mark.parametrize("long", ["TABLE = [" + "1, " * 900 + "]", '"""\n' + "x" * 3_000 + '\n"""'])
def test_a_command_beside_a_long_line_is_one(long):
    notebook = notebook_of((f"%who\n{long}\n{WRITTEN}", ANSWER))

    assert sources(notebook)[0].endswith(f"\n{long}\n{WRITTEN}")
    assert notebook.notes == ["cell 1: left out '%who'"]


def test_a_cell_may_be_indented_as_a_whole():
    indented = "\n  " + WRITTEN.replace("\n", "\n  ")

    assert sources(notebook_of((indented, ANSWER))) == ["\n" + WRITTEN]


def test_a_remainder_at_the_start_of_a_line_is_not_taken_for_a_magic():
    source = "x = (7\n% 2)\n" + WRITTEN

    assert sources(notebook_of((source, ANSWER))) == [source]


def test_a_cell_magic_takes_its_whole_cell():
    notebook = notebook_of(("%%bash\n" + WRITTEN, ANSWER))

    assert sources(notebook) == []
    assert notebook.notes == ["cell 1 starts with %%bash and was not run"]


@pytest.mark.parametrize(
    "magic", ["%%time", "\n\n%%time", "%%capture", "%%capture --no-stderr out", "%%prun"]
)
def test_a_cell_magic_that_runs_its_cell_is_only_left_out(magic):
    notebook = notebook_of((f"{magic}\n{WRITTEN}", ANSWER))

    assert sources(notebook) == ["\n" * (magic.count("\n") + 1) + WRITTEN]
    assert notebook.notes == []


def test_an_answer_in_a_cell_without_code_is_noted():
    notebook = parse_notebook(
        {
            "cells": [
                {"cell_type": "markdown", "source": WRITTEN, "metadata": {}},
                {"cell_type": "code", "source": STUB, "metadata": {"nbgrader": ANSWER}},
            ]
        },
        "test.ipynb",
    )

    assert sources(notebook) == [STUB]
    assert notebook.notes == [
        "rule is in cell 1, which is no code cell: make it one (Code in the toolbar)"
    ]


def test_a_prompt_with_a_stub_in_it_is_no_answer():
    prompt = {"cell_type": "markdown", "source": STUB, "metadata": {}}
    notebook = parse_notebook({"cells": [prompt]}, "test.ipynb")

    assert (sources(notebook), notebook.notes) == ([], [])


@pytest.mark.parametrize("end", ["\r", "\r\n", "\n"])
def test_every_end_of_a_line_ends_a_line(end):
    assert sources(notebook_of((WRITTEN.replace("\n", end), ANSWER))) == [WRITTEN]


def test_what_nobody_can_have_written_is_not_run():
    long = "0;" * CELL_LIMIT
    many = ["x = 1" + " " * (CELL_LIMIT - 10)] * (CODE_LIMIT // CELL_LIMIT + 2)
    notebook = notebook_of(long, *many)

    assert len(sources(notebook)) == CODE_LIMIT // CELL_LIMIT
    assert notebook.notes == [
        "cell 1 is too long and was not run: it has 200,000 characters, and 100,000 are allowed",
        *(
            f"cell {place} was not run: the cells above it have nearly all 300,000 characters that "
            "a notebook may have"
            for place in (5, 6)
        ),
    ]


def test_of_very_many_cells_and_lines_a_few_notes_are_made():
    lines = "!ls\n" * 1_000
    notebook = notebook_of(*["%%bash"] * 3_000, (lines, ANSWER))

    assert sources(notebook) == []
    assert len(notebook.cells) == CELLS_LIMIT
    assert notebook.notes[0] == "of 3,001 cells only the first 2,000 were run"
    assert len(notebook.told) == 21

    notebook = notebook_of((lines, ANSWER))
    assert sources(notebook)[0].endswith("!ls\n")  # So many commands are no student's.
    assert len(notebook.notes) == 1
    assert notebook.notes[0] == "cell 1: left out '!ls', '!ls', '!ls' and 247 more lines"


def test_an_await_inside_of_a_function_stays():
    source = "async def wait():\n    await something()"

    assert sources(notebook_of((source, ANSWER))) == [source]


def test_a_cell_with_a_syntax_error_stays_for_the_child_to_report():
    assert sources(notebook_of(("def rule(:", ANSWER))) == ["def rule(:"]


def test_damaged_metadata_and_cells_are_survived():
    data = {
        "cells": [
            None,
            "text",
            {"cell_type": "markdown", "source": "# x"},
            {"cell_type": "code"},
            {"cell_type": "code", "source": ["x = 1\r\n", 7, "y\x00 = 2"], "metadata": []},
            {"cell_type": "code", "source": "z = '\ud800'", "metadata": {"nbgrader": "no"}},
        ]
    }

    notebook = parse_notebook(data, "odd.ipynb")

    assert [cell.source for cell in notebook.cells] == ["", "x = 1\ny = 2", "z = '?'"]
    assert notebook.marks() == set()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is empty"),
        (b"  \n", "is empty"),
        (b"{", "is damaged"),
        (b"\xff\xfe\x00", "is damaged"),
        pytest.param(b"[" * 100_000, "is damaged", marks=pytest.mark.system),
        (b"[]", "is not a notebook"),
        (b'{"worksheets": []}', "notebook of format 3"),
        (b"%PDF-1.7", "is damaged"),
        (b'{"cells": [' + b"{}," * 600_000 + b"{}]}", "has more than 500,000 parts"),
    ],
)
def test_what_is_no_notebook_is_named_in_one_sentence(tmp_path, content, said):
    path = tmp_path / "02_voting.ipynb"
    path.write_bytes(content)

    with pytest.raises(Unreadable, match=said) as caught:
        read_notebook(path)

    assert "\n" not in str(caught.value)


def test_a_file_that_is_not_there_is_unreadable(tmp_path):
    with pytest.raises(Unreadable, match="cannot be read"):
        read_notebook(tmp_path / "none.ipynb")


def test_a_byte_order_mark_is_no_damage(tmp_path):
    path = tmp_path / "02_voting.ipynb"
    path.write_bytes(b"\xef\xbb\xbf" + json.dumps({"cells": []}).encode())

    assert read_notebook(path).cells == []


def test_very_many_names_that_need_each_other_are_followed_once():
    pairs = [({f"n{number + 1}"}, {f"n{number}"}) for number in range(30_000)]
    names = {"n30000"}

    close(names, pairs)

    assert len(names) == 30_001
