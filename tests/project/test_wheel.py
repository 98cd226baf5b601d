"""The wheel is enough for a student: lessons and exercises are inside, solutions are not."""

import os
import subprocess
import sys
import zipfile

import pytest

FIRST_LESSON = "notebooks/00_start_here.ipynb"


@pytest.fixture(scope="module")
def wheel(repository, tmp_path_factory):
    """The wheel of this checkout, built without a network."""
    folder = tmp_path_factory.mktemp("wheel")
    pip = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation"]
    subprocess.run([*pip, "--wheel-dir", folder, repository], check=True, capture_output=True)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    """Run a program with the kit from the wheel, outside of every checkout."""
    site = tmp_path_factory.mktemp("site")
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", site, wheel]
    subprocess.run(pip, check=True, capture_output=True)
    away = tmp_path_factory.mktemp("away")

    def run(*arguments):
        return subprocess.run(
            [sys.executable, *arguments],
            env=os.environ | {"PYTHONPATH": str(site), "HOME": str(away), "USERPROFILE": str(away)},
            cwd=away,
            capture_output=True,
            text=True,
        )

    return run


def test_lessons_and_exercises_are_inside_as_they_are_here(wheel, files, repository):
    taught = {path for path in files if path.parts[0] in ("notebooks", "exercises")}
    with zipfile.ZipFile(wheel) as archive:
        material = "raftkit/material/"
        inside = {
            name.removeprefix(material): archive.read(name)
            for name in archive.namelist()
            if name.startswith(material)
        }

    assert FIRST_LESSON in inside
    assert inside == {path.as_posix(): (repository / path).read_bytes() for path in taught}


def test_no_solution_is_inside(wheel, repository):
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()

    assert [name for name in names if "solution" in name or name.startswith("tests/")] == []
    masters = {path.name for path in (repository / "solutions").glob("*.ipynb")}
    assert {name for name in names if name.rsplit("/")[-1] in masters} == {
        f"raftkit/material/exercises/{name}" for name in masters
    }


def test_it_is_a_program_of_its_own(installed):
    done = installed("-m", "raftkit", "simulate", "--ms", "100")

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("5 servers, 100 ms")


def test_a_copy_of_the_course_comes_out_of_it(installed, repository, tmp_path):
    code = """if True:
        import sys
        from pathlib import Path
        from raftkit.cli.student_copy import bring_up_to_date
        from raftkit.course_files import checkout, course_files
        print(checkout(), len(bring_up_to_date(Path(sys.argv[1]), course_files()).new))
    """

    done = installed("-c", code, tmp_path / "copy")

    originals = [
        path.relative_to(repository)
        for folder in ("notebooks", "exercises")
        for path in (repository / folder).rglob("*.*")
        if path.is_file() and ".ipynb_checkpoints" not in path.parts
    ]
    assert (done.stdout, done.stderr) == (f"None {len(originals)}\n", "")
    for path in originals:
        assert (tmp_path / "copy" / path).read_bytes() == (repository / path).read_bytes()
