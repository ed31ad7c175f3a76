"""The workflows that build, test and publish: sound, with no more rights than they need, with actions fixed by
commit."""

import json
import re
import subprocess

import pytest
import yaml

from claimbook.paths import ROOT

WORKFLOWS = sorted((ROOT / ".github/workflows").glob("*.yml"))


def test_workflows_are_sound():
    done = subprocess.run(
        ["node", str(ROOT / "tests/node/workflows.mjs"), *map(str, WORKFLOWS)], capture_output=True, text=True
    )
    assert json.loads(done.stdout) == [] and done.returncode == 0, done.stderr


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_a_workflow_has_no_more_rights_than_it_needs(path):
    text = path.read_text(encoding="utf-8")
    assert yaml.safe_load(text)["permissions"] == {"contents": "read"}
    used = re.findall(r"uses: (\S+)", text)
    assert used and [action for action in used if not re.fullmatch(r"[\w./-]+@[0-9a-f]{40}", action)] == []


def test_every_command_of_a_workflow_is_a_target():
    targets = re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M)
    asked = re.findall(r"\bmake ([a-z]+)", "".join(path.read_text(encoding="utf-8") for path in WORKFLOWS))
    assert {"archive", "links"} <= set(asked) <= set(targets)


def test_a_workflow_that_tests_has_what_the_tests_need():
    """A runner of GitHub has Node and a browser under another name; its user may neither install nor, on Ubuntu, have
    a namespace."""
    needed = re.search(r"^FOR_TESTS := (.+)", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M)[1].split()
    packages = {package for tool, package in (tool.split(":") for tool in needed) if tool not in ("node", "npm")}
    testing = 0
    for path in WORKFLOWS:
        for job in yaml.safe_load(path.read_text(encoding="utf-8"))["jobs"].values():
            done = "\n".join(step.get("run", "") for step in job["steps"])
            if ".ci/run" in done or "make ${{ matrix.versions }}" in done:
                testing += 1
                assert packages | {"apparmor_restrict_unprivileged_userns=0"} <= set(re.findall(r"[\w=-]+", done)), path
    assert testing == 2
