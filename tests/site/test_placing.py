"""Where a site is put: nobody's files are lost, whatever lies in the folder."""

import json
import shutil

import pytest

from raftkit.site.placing import LIST, must_be_ours, place
from raftkit.site.problem import SiteProblem


@pytest.fixture
def made(tmp_path):
    """Make a site of these files, ready to be placed."""

    def make(**files):
        folder = tmp_path / "made"
        shutil.rmtree(folder, ignore_errors=True)
        for name, text in files.items():
            path = folder / name.replace("__", "/")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        return folder

    return make


def content(folder):
    """Every file of a folder but the list, with its text."""
    paths = [path for path in folder.rglob("*") if path.is_file() and path.name != LIST]
    return {path.relative_to(folder).as_posix(): path.read_text() for path in paths}


@pytest.fixture
def out(tmp_path):
    return tmp_path / "out"


def test_a_site_goes_to_a_new_folder_and_over_an_earlier_one(made, out):
    place(made(index="1", read__old="old", lab__old="old"), out)
    assert content(out) == {"index": "1", "read/old": "old", "lab/old": "old"}

    place(made(index="2", lab="a file now"), out)

    assert content(out) == {"index": "2", "lab": "a file now"}
    assert not (out / "read").exists()


def test_what_somebody_has_put_beside_a_site_stays(made, out):
    place(made(index="1", read__old="old"), out)
    (out / "CNAME").write_text("mine")
    (out / "read" / "notes").write_text("mine, too")

    place(made(index="2"), out)

    assert content(out) == {"index": "2", "CNAME": "mine", "read/notes": "mine, too"}


def test_a_file_in_the_way_is_not_overwritten(made, out):
    place(made(index="1"), out)
    (out / "news").write_text("mine")

    with pytest.raises(SiteProblem, match=r"news is in the way, and not ours"):
        place(made(index="2", news="theirs"), out)

    assert content(out) == {"index": "1", "news": "mine"}


def test_a_file_where_a_folder_should_be_is_not_overwritten_nor_the_other_way_round(made, out):
    place(made(index="1"), out)
    (out / "read").write_text("mine")
    (out / "lab").mkdir()
    (out / "lab" / "notes").write_text("mine")

    for name in ("read__lesson", "lab"):
        with pytest.raises(SiteProblem, match="is in the way, and not ours"):
            place(made(index="2", **{name: "theirs"}), out)

    assert content(out) == {"index": "1", "read": "mine", "lab/notes": "mine"}


def test_one_who_is_interrupted_can_begin_again(made, out, monkeypatch):
    place(made(index="1", read="old"), out)
    with monkeypatch.context() as patched:
        patched.setattr("os.replace", lambda *places: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            place(made(index="2", lab="new"), out)

    place(made(index="2", lab="new"), out)

    assert content(out) == {"index": "2", "lab": "new"}


def test_a_folder_of_somebody_else_is_refused(out):
    out.mkdir()
    assert must_be_ours(out) == []
    (out / "thesis").write_text("mine")

    with pytest.raises(SiteProblem, match="is not empty, and no site of ours"):
        must_be_ours(out)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"files": 5}'])
def test_a_list_that_cannot_be_read_is_refused(text, out):
    out.mkdir()
    (out / LIST).write_text(text)

    with pytest.raises(SiteProblem, match="cannot be read"):
        must_be_ours(out)


@pytest.mark.parametrize("name", ["../thesis", "/thesis", "read/../../thesis"])
def test_a_list_that_leads_outside_is_refused(name, out):
    out.mkdir()
    (out / LIST).write_text(json.dumps({"files": [name]}))

    with pytest.raises(SiteProblem, match="names files outside"):
        must_be_ours(out)
