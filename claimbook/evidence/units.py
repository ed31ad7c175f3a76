"""How the book prints a number, alone and with its unit."""

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


def number(value):
    """A figure as the book prints it: one decimal where it has one, three significant digits below one."""
    if value != 0 and abs(value) < 1:
        return f"{value:.3g}".replace("-", "−")
    text = f"{value:,.1f}"
    return (text[:-2] if text.endswith(".0") else text).replace("-", "−")


def amount(value, unit):
    """A figure with its unit: `amount(314, "USD_bn")` is "$314 bn". Raises KeyError for an unknown unit."""
    before, after = UNITS[unit]
    return f"{before}{number(value)}{after}".replace("$−", "−$")
