import pytest

from tools.translations import compile_catalogues


@pytest.fixture(scope="session", autouse=True)
def _compiled_catalogues() -> None:
    """The pages speak what the catalogues say now."""
    compile_catalogues()
