"""How hosts are ordered."""

import pytest

from tui.engine.archive.text import host_of_site, site_of


@pytest.mark.parametrize("host", ["nature.com", "www.nature.com", "localhost", "10.0.0.1"])
def test_a_host_comes_back_from_its_site(host: str) -> None:
    assert host_of_site(site_of(host)) == host


def test_a_site_sorts_below_its_domain() -> None:
    assert site_of("WWW.Nature.com.").startswith(site_of("nature.com") + ".")
    assert not site_of("signature.com").startswith(site_of("nature.com"))
