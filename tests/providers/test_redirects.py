"""A redirect is never followed: the second origin sees nothing, least of all a key."""

import pytest

from tests.providers.asking import send
from tests.providers.faults import Faults, answer, fault_server
from tests.providers.test_http import KEY, failure_of, http_for
from tui.domain.errors import Unreachable
from tui.domain.text import unsafe_characters


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize(
    "location",
    [
        "{other}/ok",
        "//{other_host}/ok",
        "https://evil.example/",
        "http://same-host-but-plain/",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "",
        "http://[::1",
        "/ok\x01",
        "http://user:pw@127.0.0.1/",
        "https://api.example.org.evil.example/",
    ],
)
async def test_a_redirect_is_never_followed(faults: Faults, status: int, location: str) -> None:
    async with fault_server() as other:
        place = location.format(other=other.base, other_host=other.base.removeprefix("http://"))
        faults.canned["away"] = answer(status, b"", ("Location", place))
        async with http_for(faults.base) as http:
            error = await failure_of(http, "away")
        assert other.seen == []
    assert isinstance(error, Unreachable)
    assert "redirect" in error.message or "not HTTP" in error.message
    assert not unsafe_characters(error.message + error.hint)
    assert KEY not in error.message
    assert len(faults.seen) == 1


async def test_a_redirect_names_the_host_it_leads_to(faults: Faults) -> None:
    faults.canned["away"] = answer(307, b"", ("Location", "https://login.hotel.example/?x=1"))
    async with http_for(faults.base) as http:
        error = await failure_of(http, "away")
    assert "login.hotel.example" in error.message
    assert "EXTRUCT_BASE_URL" in error.hint


async def test_a_redirected_post_is_not_sent_to_the_other_origin(faults: Faults) -> None:
    async with fault_server() as other:
        faults.canned["away"] = answer(307, b"", ("Location", other.base + "/ok"))
        async with http_for(faults.base) as http:
            with pytest.raises(Unreachable) as caught:
                await send(http, "POST", "away", body={"brief": "x"})
        assert other.seen == []
    assert not caught.value.outcome_unknown
