"""How the book prints a number, alone and with its unit."""

import re

UNITS = {
    "USD_bn": ("$", " bn"),
    "USD_m": ("$", " m"),
    "USD": ("$", ""),
    "CNY_bn": ("", " bn yuan"),
    "percent": ("", " %"),
    "points": ("", " points"),
    "ratio": ("", " times"),
    "years": ("", " years"),
    "count": ("", ""),
    "rounds": ("", " rounds"),
    **{
        unit: ("", " " + unit.replace("_", " "))
        for unit in "CNY_per_USD EUR_bn EUR_m USD2021_bn elo_points index index_1982_84_100 million months"
        " percentage_points yes_no".split()
    },
}
"""Every unit of a figure or a claim: what stands before and after the number."""


def signed(text):
    """A text with true minus signs before its numbers; before a zero stands none, so what is rounded away has none."""
    text = re.sub(r"(?<![\w/.-])[-−](?=0(\.0+)?(?![.,]?\d))", "", text)
    return re.sub(r"(?<![\w/.-])-(?=\d)", "−", text)


def number(value):
    """A figure as the book prints it: one decimal where it has one, three significant digits below one."""
    return signed(f"{value:.3g}" if 0 < abs(value) < 1 else f"{value:,.1f}".removesuffix(".0"))


def amount(value, unit):
    """A figure with its unit: `amount(314, "USD_bn")` is "$314 bn". Raises KeyError for an unknown unit."""
    before, after = UNITS[unit]
    return f"{before}{number(value)}{after}".replace("$−", "−$")
