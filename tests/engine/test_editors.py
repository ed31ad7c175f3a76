"""Whatever editor saved a chapter: `make book` puts it into the book's own form, tells it, and loses nothing."""

import json

import nbformat
import pytest
from copies import NOTEBOOK

ADDED = " One word more."


def numbers(value):
    """What stands in a stored output, with numbers as JavaScript writes them: 29, not 29.0."""
    if isinstance(value, dict):
        return {name: numbers(one) for name, one in value.items()}
    if isinstance(value, list):
        return [numbers(one) for one in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def jupyterlab(notebook):
    """As JupyterLab 4.6 saves: through JavaScript, with all that the kernel says of itself; new cells get UUIDs."""
    for cell in notebook["cells"]:
        cell["metadata"] |= {
            "editable": True,
            "slideshow": {"slide_type": ""},
            "execution": {"iopub.execute_input": "2026-11-29T09:00:00Z"},
        }
        if cell["cell_type"] == "code":
            cell["execution_count"], cell["metadata"]["scrolled"] = 71, True
            cell["outputs"] = [numbers(one) for one in cell["outputs"]]
    notebook["metadata"]["kernelspec"] |= {"display_name": "Python 3 (ipykernel)"}
    notebook["metadata"]["language_info"] |= {"codemirror_mode": {"name": "ipython", "version": 3}, "version": "3.11.7"}
    return json.dumps(notebook, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def vscode(notebook):
    """As VS Code saves what it began itself: version 4.2 without ids, no line break at the end, a kernel of its own."""
    for cell in notebook["cells"]:
        del cell["id"]
        cell["metadata"]["vscode"] = {"languageId": "python"}
    notebook["metadata"] = {
        "kernelspec": {"name": "venv-book", "display_name": ".venv", "language": "python"},
        "language_info": {"name": "python"},
        "orig_nbformat": 4,
    }
    return json.dumps(notebook | {"nbformat_minor": 2}, indent=1, ensure_ascii=False)


def colab(notebook):
    """As Colab saves: version 4.0 with ids of its own in the metadata, two spaces, another order of keys."""
    for number, cell in enumerate(notebook["cells"]):
        del cell["id"]
        cell["metadata"] |= {
            "id": f"yT3_{number}",
            "outputId": "8c1f",
            "colab": {"base_uri": "https://localhost:8080/"},
        }
    notebook["metadata"] = {
        "colab": {"provenance": []},
        "kernelspec": {"name": "python3", "display_name": "Python 3"},
        "language_info": {"name": "python"},
        "accelerator": "GPU",
    }
    return json.dumps(
        {"nbformat": 4, "nbformat_minor": 0, **{name: notebook[name] for name in ("metadata", "cells")}}, indent=2
    )


def renumbered(notebook):
    """As nbstripout leaves the ids unless it is told to keep them; here it keeps the outputs."""
    for number, cell in enumerate(notebook["cells"]):
        cell["id"] = str(number)
    return json.dumps(notebook, indent=1, ensure_ascii=False) + "\n"


def windows(notebook):
    """As a script on Windows writes it: line ends of its own, no letter beyond ASCII."""
    return json.dumps(notebook).replace(": [", ": [\r\n")


EDITORS = [jupyterlab, vscode, colab, renumbered, windows]


@pytest.mark.parametrize("editor", EDITORS, ids=lambda editor: editor.__name__)
def test_what_an_editor_saved_is_put_into_the_books_form_and_told(book, editor):
    path = book.root / NOTEBOOK
    before = json.loads(path.read_text(encoding="utf-8"))
    book.run("-c", "from claimbook.engine import run; run.tidy()")
    wanted = json.loads(path.read_text(encoding="utf-8"))
    wanted["cells"][0]["source"][0] = wanted["cells"][0]["source"][0].rstrip() + ADDED + "\n"
    before["cells"][0]["source"] = wanted["cells"][0]["source"]
    before["cells"][2]["metadata"]["tags"] = wanted["cells"][2]["metadata"]["tags"] = ["kept"]
    path.write_bytes(editor(before).encode())
    code, said = book.build()
    assert code == 0 and "Stored in the book's own form: chapters/01-batteries.ipynb\n" in said, said
    assert "Executed chapters/01" not in said, "a text changed, and no code or output"
    after = json.loads(path.read_text(encoding="utf-8"))
    assert path.read_text(encoding="utf-8") == json.dumps(after, indent=1, sort_keys=True, ensure_ascii=False) + "\n"
    assert after["metadata"] == wanted["metadata"] and after["nbformat_minor"] == 5
    for one, other in zip(after["cells"], wanted["cells"], strict=True):
        assert one | {"id": ""} == other | {"id": ""}
    nbformat.validate(after)
    assert "book's own form" not in book.build()[1]


def test_a_cell_whose_id_was_made_up_gets_another_and_all_others_stay(book):
    path = book.root / NOTEBOOK
    notebook = json.loads(path.read_text(encoding="utf-8"))
    ids = [cell["id"] for cell in notebook["cells"]]
    section = next(at for at, cell in enumerate(notebook["cells"]) if "(batteries-02)=" in "".join(cell["source"]))
    for id in ("59e7c7ee-7b54-473e-90b7-944029f01e47", "1ab0fe39"):
        notebook["cells"].insert(section + 1, {"cell_type": "markdown", "id": id, "metadata": {}, "source": ["More."]})
    path.write_text(json.dumps(notebook), encoding="utf-8")
    assert book.build()[0] == 0
    named = [cell["id"] for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]]
    assert named == [*ids[: section + 1], "cell-1", "cell-2", *ids[section + 1 :]]


def test_continuous_integration_rewrites_no_chapter(book):
    path = book.root / NOTEBOOK
    path.write_text(json.dumps(json.loads(path.read_text(encoding="utf-8"))), encoding="utf-8")
    saved = path.read_bytes()
    assert "own form" not in book.build(CI="true")[1] and path.read_bytes() == saved
