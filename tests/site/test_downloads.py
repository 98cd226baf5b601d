"""What a site is made of comes once, is what was asked for, or is said to be missing."""

import hashlib
import subprocess

import pytest

from raftkit.site import downloads
from raftkit.site.problem import SiteProblem

CONTENT = b"a wheel"
HASH = hashlib.sha256(CONTENT).hexdigest()


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    """An empty cache."""
    monkeypatch.setattr(downloads, "_cache", lambda: tmp_path)
    return tmp_path


def answering(content, calls):
    """A download that brings one file."""

    def download(folder):
        calls.append(folder)
        (folder / "file.whl").write_bytes(content)

    return download


def test_what_is_in_the_cache_is_not_downloaded_again(cache):
    calls = []

    for _ in range(2):
        found = downloads._kept("wheels", {HASH}, answering(CONTENT, calls))

    assert [path.read_bytes() for path in found] == [CONTENT]
    assert len(calls) == 1


def test_a_damaged_file_in_the_cache_is_downloaded_again(cache):
    (cache / "wheels").mkdir()
    (cache / "wheels" / "file.whl").write_bytes(b"half a wh")

    found = downloads._kept("wheels", {HASH}, answering(CONTENT, []))

    assert found[0].read_bytes() == CONTENT


def test_something_else_than_what_was_asked_for_is_refused():
    with pytest.raises(SiteProblem, match="is not what this kit was tried with"):
        downloads._kept("wheels", {HASH}, answering(b"another wheel", []))


def test_without_npm_it_says_what_to_install(monkeypatch):
    monkeypatch.setattr("shutil.which", lambda name: None)

    with pytest.raises(SiteProblem, match=r"no npm on PATH.*install Node with npm"):
        downloads.runtime()


def test_without_a_network_it_is_one_sentence(monkeypatch):
    said = "WARNING: retrying\nERROR: No matching distribution found for six==1.17.0\n"
    failed = subprocess.CompletedProcess([], 1, "", said)
    monkeypatch.setattr("subprocess.run", lambda *arguments, **options: failed)

    with pytest.raises(SiteProblem) as raised:
        downloads.wheels()

    assert str(raised.value) == (
        "pip could not download (is there a network?): "
        "ERROR: No matching distribution found for six==1.17.0"
    )


def test_every_wheel_is_pinned_by_one_hash():
    lines = [
        line
        for line in downloads.WHEELS.read_text(encoding="utf-8").splitlines()
        if not line.startswith("#")
    ]

    assert len(lines) == len(downloads._hashes()) > 20
    assert [line for line in lines if "==" not in line or " --hash=sha256:" not in line] == []
