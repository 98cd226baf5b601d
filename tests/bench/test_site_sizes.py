"""What a site weighs: as it is, and compressed where that makes it smaller."""

import os
from http.client import HTTPConnection

from raftkit.bench.browser.site import PREFIX, served, size_values


def test_text_is_compressed_and_what_is_compressed_already_is_not(tmp_path):
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "text").write_bytes(b"a" * 1_000_000)
    (tmp_path / "noise").write_bytes(os.urandom(500_000))

    values = {row.name: value for row, value in size_values(tmp_path)}

    assert values["site: size"] == 1.5
    assert 0.5 < values["site: size, compressed"] < 0.51


def test_a_server_remembers_what_was_asked_and_what_was_not_there(tmp_path):
    (tmp_path / "index.html").write_text("here")
    with served(tmp_path) as site:
        connection = HTTPConnection("127.0.0.1", site.port)
        answers = []
        for path in (f"{PREFIX}index.html?x=1", f"{PREFIX}none", "/favicon.ico"):
            connection.request("GET", path)
            answer = connection.getresponse()
            answers.append((answer.status, len(answer.read()) > 0))
        connection.close()

    assert [status for status, _ in answers] == [200, 404, 404]
    assert "index.html" in site.asked
    assert site.failed == [f"404 GET {PREFIX}none HTTP/1.1", "404 GET /favicon.ico HTTP/1.1"]
