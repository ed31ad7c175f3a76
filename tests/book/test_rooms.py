"""The rooms of the package: each imports only from those before it."""

import ast

import pytest

from claimbook.paths import ROOT

ROOMS = ["evidence", "judgement", "charts", "deals", "engine", "teaching", "site", "editions", "commands"]
HOME = ROOT / "claimbook"


def upward(source, room):
    """The rooms above its own from which a module imports."""
    names = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom) and node.module:
            names += [node.module, *(f"{node.module}.{one.name}" for one in node.names)]
        if isinstance(node, ast.Import):
            names += [one.name for one in node.names]
    above = ROOMS[ROOMS.index(room) + 1 :]
    return sorted({name for name in above for module in names if f"{module}.".startswith(f"claimbook.{name}.")})


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_imports_only_from_those_before_it(room):
    for path in (HOME / room).rglob("*.py"):
        assert not upward(path.read_text(encoding="utf-8"), room), path.relative_to(ROOT)


def test_an_import_upward_is_seen_however_it_is_written():
    for line in ("from claimbook.site import pages", "import claimbook.site.pages", "from claimbook import site"):
        assert upward(f"def late():\n    {line}\n", "engine") == ["site"]
    assert not upward("from claimbook.engine import run", "engine")


def test_everything_lives_in_a_room():
    assert sorted(path.name for path in HOME.iterdir() if path.name != "__pycache__") == sorted(
        [*ROOMS, "__init__.py", "paths.py"]
    )


def test_what_a_chapter_has_is_there():
    import claimbook

    for name in claimbook.__all__:
        assert getattr(claimbook, name) is not None
    with pytest.raises(AttributeError, match="claimbook has no 'dot'; it has "):
        claimbook.dot
