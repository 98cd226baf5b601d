"""`raftkit site`: what is in the way or missing is one line, and nothing is touched."""

import sys

import pytest

from raftkit.extras import how_to_install


@pytest.fixture
def complete(monkeypatch):
    """A machine that has every package."""
    monkeypatch.setattr("raftkit.site._is_installed", lambda package: True)


def test_a_site_is_built_where_it_is_asked_for(raftkit, complete, monkeypatch, tmp_path):
    built = []
    monkeypatch.setattr("raftkit.site.build_site", lambda out, progress: built.append(out))

    done = raftkit("site", tmp_path / "course")

    assert (done.exit_code, built) == (0, [tmp_path / "course"])
    assert f"{sys.executable} -m http.server -d {tmp_path / 'course'}" in done.output


def test_a_file_in_its_place_is_one_line(raftkit, complete, tmp_path):
    place = tmp_path / "thesis.txt"
    place.write_text("mine")

    done = raftkit("site", place)

    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr == f"raftkit: {place} is a file: name a new folder\n"
    assert place.read_text() == "mine"


def test_somebody_elses_folder_is_one_line(raftkit, complete, tmp_path):
    (tmp_path / "thesis.txt").write_text("mine")

    done = raftkit("site", tmp_path)

    assert (done.exit_code, done.stdout) == (2, "")
    complaint = f"raftkit: {tmp_path} is not empty, and no site of ours: name a new folder\n"
    assert done.stderr == complaint
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_a_folder_without_a_name_is_one_line(raftkit, complete):
    done = raftkit("site", "")

    assert (done.exit_code, done.stdout) == (2, "")
    assert len(done.stderr.splitlines()) == 1


def test_a_missing_extra_is_one_line(raftkit, monkeypatch, tmp_path):
    monkeypatch.setattr("raftkit.site._is_installed", lambda package: False)

    done = raftkit("site", tmp_path / "course")

    assert (done.exit_code, done.stdout) == (2, "")
    advice = f"jupyterlite-core is not installed: {how_to_install('site')}"
    assert done.stderr == f"raftkit: {advice}\n"
    assert not (tmp_path / "course").exists()


@pytest.mark.once
def test_a_download_that_fails_is_one_line_and_leaves_nothing(
    raftkit, complete, monkeypatch, tmp_path
):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path / "cache"))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))

    done = raftkit("site", tmp_path / "course")

    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr.startswith("raftkit: pip could not download (is there a network?): ")
    assert len(done.stderr.splitlines()) == 1
    assert not (tmp_path / "course").exists()
