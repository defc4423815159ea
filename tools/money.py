"""Money as integer minor units, and how it is printed (Babel, CLDR)."""

from functools import cache


@cache
def minor_digits(currency: str) -> int:
    """Decimal digits of the currency's minor unit (USD 2, JPY 0), from CLDR."""
    from babel.numbers import get_currency_precision

    return int(get_currency_precision(currency))


def to_minor(major: "float | str | int", currency: str) -> int:
    """Major units to integer minor units, rounded half to even. Raises `decimal.InvalidOperation` on no number."""
    from decimal import ROUND_HALF_EVEN, Decimal

    scaled = Decimal(str(major)).scaleb(minor_digits(currency))
    return int(scaled.quantize(Decimal(1), rounding=ROUND_HALF_EVEN))


def format_money(amount_minor: int, currency: str, locale: str = "en_US", *, trim: bool = False) -> str:
    """`123456, "USD"` as `$1,234.56`; with `trim`, whole amounts lose their decimals (`$1,234`)."""
    from decimal import Decimal

    from babel import Locale
    from babel.numbers import format_currency

    digits = minor_digits(currency)
    amount = Decimal(amount_minor).scaleb(-digits)
    if trim and amount == amount.to_integral_value():
        pattern = Locale.parse(locale).currency_formats["standard"].pattern.replace(".00", "")
        return str(format_currency(amount, currency, pattern, locale=locale, currency_digits=False))
    return str(format_currency(amount, currency, locale=locale))
