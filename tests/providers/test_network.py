"""Exceptions of the network become one sentence and what to do; certificates are checked for real."""

import datetime
import ipaddress
import socket
import ssl
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest

from tests.providers.asking import get
from tests.providers.faults import Faults
from tests.providers.test_http import KEY, failure_of, http_for
from tui.domain.errors import Unreachable
from tui.providers.http.network import cannot_build, unreachable
from tui.providers.http.session import tls_context
from tui.providers.valyu.spec import PROVIDER

INFO = PROVIDER.info


def caused_by(error: Exception, cause: BaseException) -> Exception:
    error.__cause__ = cause
    return error


def not_trusted() -> ssl.SSLCertVerificationError:
    error = ssl.SSLCertVerificationError(1, "certificate verify failed")
    error.verify_message = "self-signed certificate\x1b[2J"
    return error


@pytest.mark.parametrize(
    ("error", "words", "hint"),
    [
        (caused_by(httpx.ConnectError("x"), not_trusted()), "self-signed certificate", "ca_file"),
        (caused_by(httpx.ConnectError("x"), ssl.SSLError(1, "[SSL: WRONG_VERSION_NUMBER]")), "TLS", "VALYU_BASE_URL"),
        (caused_by(httpx.ConnectError("x"), socket.gaierror(-2, "x")), "the name host is not found", "VALYU_BASE_URL"),
        (
            caused_by(httpx.ConnectError("x"), ExceptionGroup("all failed", [ConnectionRefusedError(111, "x")])),
            "refuses connections",
            "VALYU_BASE_URL",
        ),
        (httpx.ConnectTimeout("x"), "no connection to host in time", "network"),
        (httpx.ConnectError("x"), "no connection to host", "network"),
        (httpx.ReadTimeout("x"), "went silent", ""),
        (httpx.WriteTimeout("x"), "went silent", ""),
        (httpx.PoolTimeout("x"), "made anew", ""),
        (httpx.ProxyError("x"), "proxy", "HTTPS_PROXY, HTTP_PROXY and ALL_PROXY"),
        (httpx.ReadError("x"), "broke", ""),
        (httpx.RemoteProtocolError("x"), "not HTTP", ""),
        (httpx.UnsupportedProtocol("x"), "no http or https", "VALYU_BASE_URL"),
        (httpx.InvalidURL("x"), "no address", "VALYU_BASE_URL"),
        (UnicodeEncodeError("ascii", KEY, 0, 1, KEY), "failed (UnicodeEncodeError)", "VALYU_BASE_URL"),
        (ValueError(f"Illegal header value {KEY!r}"), "failed (ValueError)", "VALYU_BASE_URL"),
        (RecursionError(), "failed (RecursionError)", ""),
    ],
)
def test_an_exception_becomes_a_sentence_without_its_own_words(error: Exception, words: str, hint: str) -> None:
    found = unreachable(error, INFO, "host", changes=True)
    assert words in found.message
    assert hint in found.hint
    assert found.message.startswith("Valyu: ")
    assert KEY not in found.message + found.hint
    assert "\x1b" not in found.message


@pytest.mark.parametrize(
    ("error", "unknown"),
    [
        (httpx.ConnectError("x"), False),
        (httpx.ConnectTimeout("x"), False),
        (httpx.PoolTimeout("x"), False),
        (httpx.ProxyError("x"), False),
        (httpx.WriteError("x"), True),
        (httpx.ReadTimeout("x"), True),
        (httpx.RemoteProtocolError("x"), True),
        (OSError(), True),
    ],
)
def test_only_what_never_left_has_a_known_outcome(error: Exception, unknown: bool) -> None:
    assert unreachable(error, INFO, "host", changes=True).outcome_unknown is unknown
    assert not unreachable(error, INFO, "host", changes=False).outcome_unknown


def test_a_certificate_variable_of_the_environment_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", "/nowhere")
    error = unreachable(caused_by(httpx.ConnectError("x"), not_trusted()), INFO, "host", changes=False)
    assert "SSL_CERT_FILE" in error.hint


def test_a_client_that_cannot_be_built_points_at_the_base_url_where_no_proxy_is_set() -> None:
    assert "VALYU_BASE_URL" in cannot_build(ValueError("x"), INFO).hint


def test_without_the_systems_store_the_shipped_certificates_are_trusted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "truststore", None)
    context = tls_context.__wrapped__(None)
    assert context.verify_mode is ssl.CERT_REQUIRED
    assert context.cert_store_stats()["x509_ca"] > 50


def make_certificate(folder: Path) -> tuple[Path, Path]:
    """A self-signed certificate for 127.0.0.1 and its key."""
    pytest.importorskip("cryptography", reason="certificates are made with it")
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "test")])
    now = datetime.datetime.now(datetime.UTC)
    built = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    certificate, secret = folder / "cert.pem", folder / "key.pem"
    certificate.write_bytes(built.public_bytes(serialization.Encoding.PEM))
    plain = serialization.NoEncryption()
    secret.write_bytes(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain))
    return certificate, secret


@asynccontextmanager
async def tls_server(certificate: Path, secret: Path) -> AsyncIterator[Faults]:
    import asyncio

    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate, secret)
    faults = Faults()
    server = await asyncio.start_server(faults.handle, "127.0.0.1", 0, ssl=context)
    faults.base = f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield faults
    finally:
        server.close()
        await faults.stop()


async def test_a_self_signed_certificate_is_refused_before_the_key_is_sent(tmp_path: Path) -> None:
    certificate, secret = make_certificate(tmp_path)
    async with tls_server(certificate, secret) as server, http_for(server.base) as http:
        error = await failure_of(http, "ok")
    assert isinstance(error, Unreachable)
    assert "certificate" in error.message
    assert "ca_file" in error.hint
    assert server.seen == []


async def test_a_certificate_the_user_trusts_is_accepted_for_its_own_name_only(tmp_path: Path) -> None:
    certificate, secret = make_certificate(tmp_path)
    async with tls_server(certificate, secret) as server:
        async with http_for(server.base, ca_file=certificate) as http:
            assert (await get(http, "ok")).status == 200
        async with http_for(server.base.replace("127.0.0.1", "localhost"), ca_file=certificate) as http:
            assert "certificate" in (await failure_of(http, "ok")).message


def test_importing_a_client_leaves_the_loggers_of_httpx_quiet() -> None:
    code = (
        "import logging; logging.basicConfig(level=logging.DEBUG); import tui.providers.http.session;"
        "print([logging.getLogger(n).isEnabledFor(logging.INFO) for n in ('httpx', 'httpcore.http11')])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[False, False]"
