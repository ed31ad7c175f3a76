"""A reader's own export of funding rounds: read strictly, counted as venture is counted, asked what the claims ask."""

from claimbook.deals.asking import answers
from claimbook.deals.counting import DealsError
from claimbook.deals.reading import read

__all__ = ["DealsError", "answers", "read"]
