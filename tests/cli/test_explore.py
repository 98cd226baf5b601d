"""`raftkit explore`: a verdict in a sentence, the smallest history, an exit status for each."""

import pytest

from raftkit.checkers.explorer.stories import STORIES
from raftkit.cli import explore
from raftkit.simulator import History

SMALL = "--terms 2 --log 0 --commands 0 --in-flight 3"


def test_exhausted_bounds_are_named(raftkit):
    done = raftkit("explore", *SMALL.split())

    assert done.exit_code == 0, done.output
    assert done.output == (
        "Nothing breaks within these bounds: 3 servers, terms up to 2, logs up to 0, 0 commands, "
        "3 messages in flight.\n"
        "All 310 states were looked at, those that differ in servers' names alone taken for one.\n"
        "To see something break: raftkit explore --wrong V1 --svg smallest.svg\n"
    )


def test_without_options_it_ends_well_and_says_what_to_try(raftkit):
    done = raftkit("explore")

    assert done.exit_code == 0, done.output
    assert done.output.startswith("Nothing breaks within these bounds: 3 servers, terms up to 1,")
    assert "All 109,755 states were looked at" in done.output
    assert done.output.endswith("raftkit explore --wrong V1 --svg smallest.svg\n")


def test_the_bounds_in_the_help_are_those_of_a_run(raftkit):
    help = " ".join(raftkit("explore", "--help").output.split())

    for name, (_, usual, what) in explore.LIMITS.items():
        shown = "no limit" if usual is None else usual
        assert f"{what} [default: {shown}]" in help, name


def test_every_bound_is_an_option(raftkit):
    options = "--servers 2 --terms 1 --log 1 --commands 1 --losses 1 --duplicates 1 --crashes 1"
    done = raftkit("explore", *options.split(), "--in-flight", 2, "--timeouts", 3)

    assert done.exit_code == 0, done.output
    assert done.output.splitlines()[0].endswith(
        "2 servers, terms up to 1, logs up to 1, 1 command, 1 loss, 1 duplicate, 1 crash, "
        "2 messages in flight, 3 election timeouts."
    )


def test_a_spent_budget_has_an_exit_status_of_its_own(raftkit):
    done = raftkit("explore", "--budget", 100)

    assert done.exit_code == 3
    assert done.output.startswith("Ran out of budget, which proves nothing: ")


def test_a_finding_is_told_drawn_and_saved(raftkit, tmp_path):
    drawn, saved = tmp_path / "smallest.svg", tmp_path / "smallest.json"

    done = raftkit("explore", "--wrong", "V1", "--log", 0, "--svg", drawn, "--json", saved)

    assert done.exit_code == 1, done.output
    assert done.output.startswith("One Vote per Term (§5.2) is broken after 5 actions: ")
    assert "One Vote per Term is broken" in drawn.read_text(encoding="utf-8")
    history = History.from_json(saved.read_text(encoding="ascii"))
    assert history.violations[0].property == "One Vote per Term"


def test_a_story_is_told_to_its_end_and_the_program_repeats_it(raftkit):
    done = raftkit("explore", "--wrong", "C1", "--story", "figure-8")
    sentence, _, program = done.output.partition("\n\n")
    names: dict[str, object] = {}

    exec(program, names)

    assert done.exit_code == 1
    assert sentence.startswith("Leader Completeness (§5.4) is broken after 20 actions: ")
    assert [broken.property for broken in names["cluster"].violations] == ["Leader Completeness"]


def test_every_story_can_be_asked_for():
    assert [*STORIES] == [*explore.STORIES]


def test_several_processes_say_the_same(raftkit):
    alone, together = (raftkit("explore", *SMALL.split(), "--jobs", jobs) for jobs in (1, 2))

    assert (alone.exit_code, alone.output) == (together.exit_code, together.output)


def test_nothing_is_counted_where_nobody_looks(raftkit):
    done = raftkit("explore", "--in-flight", 5)

    assert done.exit_code == 0
    assert done.stderr == ""


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ("--wrong V999", "raftkit: there is no answer 'V999' in the catalogue"),
        ("--servers 0", "raftkit: Invalid value for '--servers'"),
        ("--terms -1", "raftkit: Invalid value for '--terms'"),
        ("--log many", "raftkit: Invalid value for '--log'"),
        ("--in-flight 1.5", "raftkit: Invalid value for '--in-flight'"),
        ("--budget 0", "raftkit: Invalid value for '--budget'"),
        ("--jobs 0", "raftkit: Invalid value for '--jobs'"),
        ("--story figure-9", "'figure-9' is not 'figure-8'"),
        ("--story figure-8 --in-flight 3", "leave out --in-flight or --story"),
        ("--wrong V1 --log 0 --svg no/such/folder.svg", "No such file or directory"),
    ],
)
def test_bad_input_is_one_line(raftkit, arguments, said):
    done = raftkit("explore", *arguments.split())

    assert done.exit_code == 2
    assert said in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_a_server_that_cannot_be_searched_is_one_line(raftkit, monkeypatch):
    from raftkit.checkers import explorer

    def refuses(*arguments, **options):
        raise explorer.NotSearchable("a server that keeps a generator cannot be searched")

    monkeypatch.setattr(explorer, "explore", refuses)
    done = raftkit("explore")

    assert (done.exit_code, done.stderr.count("\n")) == (2, 1)
    assert "keeps a generator" in done.stderr
