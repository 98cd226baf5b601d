"""Runs pytest in a browser's Python, on the paths that were given: the last line is its status."""

import sys

import pytest

status = pytest.main(
    [
        *sys.argv[1:],
        *("-q", "--tb=short", "-m", "not once and not system"),
        *("-p", "no:cacheprovider", "-o", "faulthandler_timeout=0"),
        *("-o", "addopts=--import-mode=importlib --strict-markers --strict-config"),
    ]
)
print(int(status))
