"""Fixtures of the whole suite, and the warnings of third parties that no test can avoid."""

import pytest

from tests.shop_fixture import fresh_home, small_home, small_store

__all__ = ["fresh_home", "small_home", "small_store"]


def pytest_configure(config: pytest.Config) -> None:
    # ibis-framework 12 calls a method that DuckDB 2 renamed, and reads an option that pandas 3 retires.
    config.addinivalue_line("filterwarnings", r"ignore:fetch_arrow_table\(\) is deprecated:DeprecationWarning")
    config.addinivalue_line("filterwarnings", "ignore:The 'future.infer_string' option:DeprecationWarning")
    config.addinivalue_line("filterwarnings", "ignore:The inplace keyword in DataFrame.drop:DeprecationWarning")
