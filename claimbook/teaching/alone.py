"""For an exercise of the class kit that is the first cell a kernel runs, after a pause: it knows `check`, and tells of
an unknown name where names come from."""

from IPython import get_ipython

from claimbook.teaching.exercises import check

__all__ = ["check"]
ABOVE = "Run the cells above this one first: in Jupyter by Run, Run All Above Selected Cell."


def told(shell, kind, error, trace, tb_offset=None):
    """Jupyter's own message of an unknown name, and where names come from."""
    error.add_note(ABOVE)
    shell.showtraceback((kind, error, trace), tb_offset=tb_offset)


if shell := get_ipython():
    shell.set_custom_exc((NameError,), told)
