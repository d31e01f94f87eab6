"""An HTTP status and its error body -> the error shown to the user."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace

from tui.domain.errors import (
    BadKey,
    Forbidden,
    Gone,
    PaymentNeeded,
    ProviderError,
    RateLimited,
    Refused,
    Unavailable,
    Unreachable,
)
from tui.domain.frozen import frozen
from tui.domain.provider import ProviderInfo, RefusalRule, RefusalRules
from tui.domain.text import join, one_line
from tui.domain.url import check_url
from tui.providers.http.explain import explain
from tui.providers.http.retry_after import clamp

_TRY_AGAIN = frozenset({408, 425})
_TRY_AGAIN_IN = re.compile(rb"try again in (\d{1,7}(?:\.\d{1,7})?)(ms|s)\b")
_ELSEWHERE = frozenset({301, 302, 307, 308})
_RETRY_DELAY = re.compile(rb'"retryDelay"\s*:\s*"(\d{1,9}(?:\.\d{1,9})?)s"')
_CODE_MEMBERS = frozenset({"code", "error_code", "type", "status", "reason", "tag", "error"})


@frozen
class Failure:
    """A response that is not a success, with what is needed to explain it."""

    status: int
    body: bytes
    content_type: str = ""
    location: str = ""
    retry_after: float | None = None
    changes: bool = False  # the request was to change something (anything but a GET)
    refusal_rules: tuple[RefusalRules, ...] = ()  # the endpoint's, then the service's
    secret: str = ""  # masked if the answer quotes it


def refusal(failure: Failure, info: ProviderInfo) -> ProviderError:
    """Return the typed error for `failure`."""
    status = failure.status
    if 300 <= status < 400 or status < 200:
        return _not_followed(failure, info)
    said = explain(failure.body, content_type=failure.content_type, secret=failure.secret)
    quoted = f": {said}" if said else ""
    if (meant := _meant(failure)) is not None:
        return _as_meant(failure, info, meant, quoted)
    if status == 401:
        return BadKey(
            f"{info.title} rejects the key{quoted}",
            hint=f"check {join(info.key_variables, 'or')}; keys are made at {info.key_page}",
            http=status,
        )
    if status == 402:
        hint = f"credits and plan: {info.key_page}"
        return PaymentNeeded(f"{info.title} wants credits or a plan for this{quoted}", hint=hint, http=status)
    if status == 403:
        hint = f"the key may lack this product or task; keys and plan: {info.key_page}"
        return Forbidden(f"{info.title} does not allow this{quoted}", hint=hint, http=status)
    if status in {404, 410}:
        return Gone(f"{info.title} does not have this{quoted}", http=status)
    if status == 429:
        wait = failure.retry_after or _wait_in(failure.body)
        return RateLimited(f"{info.title} asks to wait{quoted}", http=status, retry_after=wait)
    if status in _TRY_AGAIN or status >= 500 or (status == 409 and not failure.changes):
        return Unavailable(
            f"{info.title} is in trouble (HTTP {status}){quoted}",
            http=status,
            retry_after=failure.retry_after,
            outcome_unknown=failure.changes,
        )
    word = "not possible in this state" if status == 409 else f"refused by {info.title} (HTTP {status})"
    return Refused(f"{word}{quoted}", http=status)


def _meant(failure: Failure) -> RefusalRule | None:
    """Return the most specific rule for this status and the codes in the body; None without one."""
    if not failure.refusal_rules:
        return None
    codes = codes_in(failure.body)
    tries: list[int | str | tuple[int, str]] = [*((failure.status, code) for code in codes), *codes, failure.status]
    text = failure.body[:65536].decode("utf-8", "replace")
    for rules in failure.refusal_rules:
        for key, meaning in rules.items():
            status, said = key if isinstance(key, tuple) else (None, None)
            if status == failure.status and isinstance(said, re.Pattern) and said.search(text):
                return meaning
        if (found := next((rules[one] for one in tries if one in rules), None)) is not None:
            return found
    return None


def _as_meant(failure: Failure, info: ProviderInfo, meant: RefusalRule, quoted: str) -> ProviderError:
    plain = refusal(replace(failure, refusal_rules=()), info)
    kind = type(plain)
    verb = "rejects the key" if issubclass(meant.error, BadKey) else "refuses this"
    message = meant.said or (plain.message if kind is meant.error else f"{info.title} {verb}{quoted}")
    hint = meant.hint or (
        f"check {join(info.key_variables, 'or')}; keys are made at {info.key_page}"
        if issubclass(meant.error, BadKey)
        else f"credits and plan: {info.key_page}"
        if issubclass(meant.error, PaymentNeeded)
        else plain.hint
        if kind is meant.error and not meant.said
        else ""
    )
    unknown = failure.changes and issubclass(meant.error, Unavailable | Unreachable)
    return meant.error(
        message,
        hint=hint,
        http=failure.status,
        retry_after=failure.retry_after or plain.retry_after if meant.wait is None else meant.wait,
        outcome_unknown=unknown if meant.changed is None else meant.changed,
    )


def codes_in(body: bytes | None) -> tuple[str, ...]:
    """Return the codes in an error body, wherever services put them: error.code, detail.error_code, tag, ..."""
    try:
        value = json.loads((body or b"")[:65536])
    except (ValueError, RecursionError):
        return ()
    return tuple(dict.fromkeys(_codes(value, 5)))


def _codes(value: object, depth: int) -> Iterator[str]:
    if isinstance(value, list):
        for item in value[:20] if depth else ():
            yield from _codes(item, depth - 1)
    elif isinstance(value, dict):
        for name, item in value.items():
            if name in _CODE_MEMBERS and isinstance(item, str | int) and not isinstance(item, bool):
                yield str(item)[:100]
            elif depth:
                yield from _codes(item, depth - 1)


def _wait_in(body: bytes) -> float | None:
    """Return the seconds to wait that a body tells, for servers that send no header.

    That is `retry_after` in seconds (valyu.md section 13), `retryDelay` as "36s" anywhere (google.rpc), or words.
    """
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return None
    told = value.get("retry_after") if isinstance(value, dict) else None
    if isinstance(told, int | float) and not isinstance(told, bool) and str(told) != "nan":
        return clamp(told)
    if (delay := _RETRY_DELAY.search(body)) is not None:
        return clamp(float(delay[1]))
    said = _TRY_AGAIN_IN.search(body)
    return clamp(float(said[1]) / (1000 if said[2] == b"ms" else 1)) if said else None


def _not_followed(failure: Failure, info: ProviderInfo) -> ProviderError:
    """Return the error for a redirect; only 307 and 308 prove that nothing was done (RFC 9110 section 15.4)."""
    unknown = failure.changes and failure.status not in _ELSEWHERE
    if failure.status < 300 or failure.status == 304:
        return Unreachable(
            f"{info.title} answered HTTP {failure.status}, which nobody asked for",
            http=failure.status,
            outcome_unknown=unknown,
        )
    host = one_line(check_url(failure.location).host, 100)
    return Unreachable(
        f"{info.title} redirects to {host or 'another address'}, which is not followed",
        hint=f"a captive portal, or a wrong {info.base_url_variable}",
        http=failure.status,
        outcome_unknown=unknown,
    )
