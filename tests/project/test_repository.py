"""What lies in the repository: nothing strange at the top, nothing that names one machine."""

import re
import subprocess
import sys

TOP = {
    *("pyproject.toml", "README.md", "LICENSE", ".gitignore", ".ci"),
    *("notebooks", "raftkit", "exercises", "solutions", "tests"),
}
# Folders of the machines that the project was made on; a path into one is a slip.
OWN_FOLDERS = re.compile(rb"/(?:work|root)/|/tmp/w\b")
TEST_COMMAND = 'python3 -m venv .venv && .venv/bin/pip install -e ".[test]" && .venv/bin/pytest'


def test_the_top_folder_holds_only_what_belongs_there(files):
    assert {path.parts[0] for path in files} - TOP == set()


def test_no_file_holds_a_path_of_one_machine(files, repository):
    this_file = f"tests/project/{__file__.rsplit('/', 1)[-1]}"
    found = [
        str(path)
        for path in files
        if path.as_posix() != this_file and OWN_FOLDERS.search((repository / path).read_bytes())
    ]

    assert not found, "\n".join(found)


def test_the_readme_holds_the_test_command_on_a_line_of_its_own(repository):
    lines = (repository / "README.md").read_text(encoding="utf-8").splitlines()

    assert lines.count(TEST_COMMAND) == 1


def test_continuous_integration_runs_that_very_line(repository):
    script = (repository / ".ci" / "run").read_text(encoding="utf-8")
    pattern = re.search(r"grep -m1 -x '(.*)' README.md", script)[1]
    lines = (repository / "README.md").read_text(encoding="utf-8").splitlines()

    assert next(line for line in lines if re.fullmatch(pattern, line)) == TEST_COMMAND


def test_every_command_that_the_readme_names_exists(repository):
    text = (repository / "README.md").read_text(encoding="utf-8")
    named = set(re.findall(r"(?m)^(?:\$ )?raftkit ([a-z][a-z-]*)|`raftkit ([a-z][a-z-]*)", text))
    listed = subprocess.run(
        [
            sys.executable,
            "-c",
            "from raftkit.cli.program import all_commands; print(*sorted(all_commands.commands))",
        ],
        cwd=repository,
        capture_output=True,
        text=True,
    )

    assert listed.stderr == ""
    assert {first or second for first, second in named} - set(listed.stdout.split()) == set()
