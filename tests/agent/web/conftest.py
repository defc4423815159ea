"""The page stands on the API's own fixtures."""

from tests.agent.api.conftest import make_house

__all__ = ["make_house"]
