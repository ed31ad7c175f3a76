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
}


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
