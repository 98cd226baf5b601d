"""`raftkit fuzz`: a verdict in a sentence, the smallest history, and the promised exit status."""

import pytest

from raftkit.simulator import History


def test_nothing_found_is_no_proof_and_no_failure(raftkit):
    done = raftkit("fuzz", "--trials", 20)

    assert done.exit_code == 0, done.output
    assert done.output.startswith("Nothing broke in 20 trials with ")
    assert "no proof" in done.output


def test_a_finding_is_told_drawn_and_saved(raftkit, tmp_path):
    drawn, saved = tmp_path / "smallest.svg", tmp_path / "smallest.json"

    done = raftkit("fuzz", "--wrong", "V1", "--svg", drawn, "--json", saved)

    assert done.exit_code == 1, done.output
    assert done.output.startswith("One Vote per Term (§5.2) is broken after ")
    assert "One Vote per Term is broken" in drawn.read_text(encoding="utf-8")
    history = History.from_json(saved.read_text(encoding="ascii"))
    assert history.violations[0].property == "One Vote per Term"


def test_the_program_repeats_the_finding(raftkit):
    done = raftkit("fuzz", "--wrong", "V1")
    program = done.output.partition("\n\n")[2]
    names: dict[str, object] = {}

    exec(program, names)

    assert [broken.property for broken in names["cluster"].violations] == ["One Vote per Term"]


def test_steps_may_be_bounded_instead_of_trials(raftkit):
    done = raftkit("fuzz", "--steps", 1)

    assert done.exit_code == 0
    assert done.output.startswith("Nothing broke in 1 trial with ")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ("--wrong V999", "raftkit: there is no answer 'V999' in the catalogue"),
        ("--steps 0", "raftkit: Invalid value for '--steps'"),
        ("--trials none", "raftkit: Invalid value for '--trials'"),
        ("--seed -1", "raftkit: Invalid value for '--seed'"),
        ("--wrong V1 --svg no/such/folder.svg", "No such file or directory"),
    ],
)
def test_bad_input_is_one_line(raftkit, arguments, said):
    done = raftkit("fuzz", *arguments.split())

    assert done.exit_code == 2
    assert said in done.stderr
    assert len(done.stderr.splitlines()) == 1
