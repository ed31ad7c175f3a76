"""How the tests are spread over processes, and what a terminal shows while they run."""

from types import SimpleNamespace

import pytest
from conftest import Left, Spread


def test_the_line_tells_how_many_tests_have_ended_and_how_long_the_others_take():
    lines, kept = [], {"book/took": {"a": 3.0, "b": 8.0, "gone": 50.0}}
    reporter = SimpleNamespace(rewrite=lambda line, erase: lines.append(line), write_line=lines.append)
    left = Left(reporter, SimpleNamespace(get=kept.get, set=kept.__setitem__))
    for process in "xy":
        left.pytest_xdist_node_collection_finished(process, ["a", "b", "c"])
    left.pytest_runtest_logreport(SimpleNamespace(nodeid="a", duration=2.0))
    assert lines == ["1 of 3 tests, about 4 s left"]
    left.pytest_sessionfinish()
    assert kept["book/took"] == {"a": 2.0, "b": 8.0, "gone": 50.0}


@pytest.mark.parametrize(
    "one, other, together",
    [
        ("chapters/01-a.ipynb::Cell 0", "chapters/01-a.ipynb::Cell 1", True),
        ("tests/site/test_browser.py::test_a[~0-wide]", "tests/site/test_browser.py::test_b[~0]", True),
        ("tests/site/test_browser.py::test_a[~0-wide]", "tests/site/test_browser.py::test_a[~1-wide]", False),
        ("tests/site/test_browser.py::test_a[~0]", "tests/site/test_pyodide.py::test_a[~0]", False),
        ("tests/engine/test_run.py::test_a", "tests/engine/test_run.py::test_b", False),
    ],
)
def test_what_shares_a_kernel_a_file_or_a_browser_stays_in_one_process(one, other, together):
    assert (Spread._split_scope(None, one) == Spread._split_scope(None, other)) == together
