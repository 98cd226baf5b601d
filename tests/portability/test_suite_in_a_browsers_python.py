"""The tests of core and course, as far as a browser's Python can run them."""

from pathlib import Path

PROGRAM = Path(__file__).parent / "run_tests.py"
PATHS = (
    "tests/protocol",
    "tests/simulator",
    *(
        f"tests/course/test_{name}.py"
        for name in ("answers", "cluster_trials", "guard", "nemesis", "repair", "timers")
    ),
)


def test_they_pass(run_pyodide):
    output = run_pyodide(PROGRAM, *PATHS)

    assert output.splitlines()[-1] == "0", output[-5000:]
    passed = int(output.rpartition(" passed")[0].split()[-1])
    assert passed > 1_200
