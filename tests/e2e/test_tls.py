"""TLS in the server: which clients connect, which are refused, and how connections end."""

import os
import random
import signal
import socket
import ssl
import struct
import subprocess
import time

import pytest

from kit.api import Api
from kit.raw import Raw, once
from kit.server import run
from kit.tls import Identity
from kit.wait import crowd, eventually

pytestmark = pytest.mark.only("sqlite")


@pytest.fixture(name="identity")
def _identity(authority):
    return Identity(authority)


@pytest.fixture(name="secure")
def _secure(start_server, identity):
    return start_server("--header-timeout", "1s", "--log-level", "debug", identity=identity)


def tcp(server, timeout=30):
    return socket.create_connection((server.host, server.port), timeout)


def shake_hands(server, change=lambda context: None):
    """A connection over TLS by a context that `change` has changed."""
    context = server.identity.authority.trust()
    change(context)
    return context.wrap_socket(tcp(server), server_hostname=server.host)


def ends(raw):
    """Whether the other end has nothing more to say, whatever it said before."""
    try:
        while raw.recv(65_536):
            pass
        return True
    except ConnectionError:
        return True
    except socket.timeout:
        return False


def connections(server):
    lines = once(server, "GET", "/metrics").text.splitlines()
    return next(float(line.split()[1]) for line in lines
                if line.startswith("botapi_http_connections "))


def test_curl_connects_over_tls(secure):
    done = subprocess.run(
        ["curl", "--silent", "--show-error", "--include", "--cacert",
         secure.identity.authority.certificate, f"{secure.url}/healthz"],
        capture_output=True, text=True, check=False, timeout=30)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("HTTP/1.1 200")
    assert "\nStrict-Transport-Security: max-age=31536000" in done.stdout


def test_without_tls_there_is_no_hsts_header(start_server, request):
    if request.config.getoption("tls"):
        pytest.skip("here everything goes over TLS")
    assert once(start_server(), "GET", "/healthz").header("strict-transport-security") is None


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_tls_1_2_and_1_3_are_supported(secure, version):
    def only(context):
        context.minimum_version = context.maximum_version = version

    with shake_hands(secure, only) as agreed:
        assert agreed.version() == version.name.replace("_", ".")


@pytest.mark.parametrize("option", ["-tls1", "-tls1_1"])
def test_older_versions_are_refused(secure, option):
    done = s_client(secure, option, "-cipher", "ALL:@SECLEVEL=0")
    assert done.returncode != 0
    assert "alert protocol version" in done.stderr


@pytest.mark.parametrize("cipher", ["AES128-SHA", "AES128-GCM-SHA256", "ECDHE-ECDSA-AES128-SHA",
                                    "NULL", "aNULL"])
def test_weak_ciphers_are_refused(secure, cipher):
    done = s_client(secure, "-tls1_2", "-cipher", f"{cipher}:@SECLEVEL=0")
    assert done.returncode != 0
    assert "handshake failure" in done.stderr


def s_client(server, *more):
    return subprocess.run(
        ["openssl", "s_client", "-connect", server.address, "-CAfile",
         server.identity.authority.certificate, "-verify_return_error", *more],
        input="Q\n", capture_output=True, text=True, check=False, timeout=30)


def test_alpn_selects_http_1_1(secure):
    with shake_hands(secure, lambda context: context.set_alpn_protocols(["h2", "http/1.1"])) as one:
        assert one.selected_alpn_protocol() == "http/1.1"
    with pytest.raises(ssl.SSLError, match="no application protocol"):
        shake_hands(secure, lambda context: context.set_alpn_protocols(["h2"]))


def test_renegotiation_is_refused(secure):
    done = subprocess.run(
        ["openssl", "s_client", "-connect", secure.address, "-tls1_2"],
        input="R\n", capture_output=True, text=True, check=False, timeout=30)
    assert "no renegotiation" in done.stderr


def test_a_session_is_resumed(secure):
    context = secure.identity.authority.trust()
    context.maximum_version = ssl.TLSVersion.TLSv1_2

    def visit(session=None):
        with context.wrap_socket(tcp(secure), server_hostname=secure.host, session=session) as one:
            return one.session, one.session_reused

    session, _ = visit()
    assert visit(session)[1]


def test_a_connection_ends_with_close_notify(secure):
    def strictly(server):
        context = server.identity.authority.trust()
        return context.wrap_socket(tcp(server), server_hostname=server.host,
                                   suppress_ragged_eofs=False)

    with strictly(secure) as one:
        one.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        assert ends(one)  # Raises SSLEOFError, were it cut off.
    with strictly(secure) as one:
        one.sendall(b"nonsense\r\n\r\n")
        assert ends(one)


def test_a_timed_out_connection_ends_with_close_notify(start_server, identity):
    server = start_server("--idle-timeout", "200ms", identity=identity)
    context = identity.authority.trust()
    with context.wrap_socket(tcp(server), server_hostname=server.host,
                             suppress_ragged_eofs=False) as one:
        assert one.recv(1) == b""


def test_a_truncated_request_is_not_carried_out(secure, authority):
    with Api(secure) as api:
        bot = api.new_bot()
    with Raw(secure) as raw:
        raw.send("POST /messages HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                 "Content-Length: 5000\r\n\r\n", b'{"conversationId":')
        plain = raw.socket.detach()
        with socket.socket(fileno=plain) as below:
            below.shutdown(socket.SHUT_WR)  # TCP's end without that of TLS.
            below.settimeout(10)
            assert ends(below)
    with Api(secure) as api:
        assert api.get(f"/bots/{bot}").status_code == 200
        assert api.get("/messages", params={"botId": bot}).json() == []
    assert authority.certificate.exists()


def test_plain_http_is_dropped(secure):
    with tcp(secure) as raw:
        raw.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
        reply = raw.recv(65_536)
        assert not reply.startswith(b"HTTP")
        assert ends(raw)
    eventually(lambda: connections(secure) == 1, "the connection is gone")
    eventually(
        lambda: any(event["event"] == "a TLS handshake failed" for event in secure.events()),
        "the failure is in the log")


@pytest.mark.parametrize("begin", [b"", b"\x16", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc"])
def test_slow_handshakes_are_cut_off(secure, begin):
    with tcp(secure, timeout=10) as raw:
        begun = time.monotonic()
        raw.sendall(begin)
        assert ends(raw)
        assert 0.9 < time.monotonic() - begun < 3


def test_a_handshake_byte_by_byte_is_cut_off(secure):
    hello = client_hello(secure)
    with tcp(secure, timeout=0.05) as raw:
        begun = time.monotonic()
        for at in range(len(hello)):
            try:
                raw.sendall(hello[at:at + 1])
                if raw.recv(1) == b"":
                    break
            except socket.timeout:
                continue
            except ConnectionError:
                break
        assert time.monotonic() - begun < 4
    eventually(lambda: connections(secure) == 1, "the connection is gone")


def client_hello(server):
    """The first bytes of a stock client."""
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    client = server.identity.authority.trust().wrap_bio(incoming, outgoing,
                                                        server_hostname=server.host)
    with pytest.raises(ssl.SSLWantReadError):
        client.do_handshake()
    return outgoing.read()


def test_no_bytes_of_a_handshake_do_harm(secure):
    hello = client_hello(secure)
    dice = random.Random(20261125)

    def spoil(number):
        if number % 3 == 0:
            return os.urandom(dice.randrange(1, 600))
        spoiled = bytearray(hello)
        for _ in range(dice.randrange(1, 8)):
            spoiled[dice.randrange(len(spoiled))] = dice.randrange(256)
        return bytes(spoiled[:dice.randrange(1, len(spoiled) + 1)])

    attacks = [spoil(number) for number in range(300)]

    def attack(worker):
        for bytes_sent in attacks[worker::10]:
            with tcp(secure, timeout=10) as raw:
                # Reset, rather than a close that waits for the time limit.
                raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                raw.sendall(bytes_sent)

    crowd(10, attack)
    eventually(lambda: connections(secure) == 1, "the connections are gone")


def test_after_sighup_the_server_uses_the_new_certificate(secure, authority, identity):
    before = once(secure, "GET", "/healthz")
    assert before.status_code == 200
    with Raw(secure) as old:
        identity.become(*authority.issue("renewed.example"))
        secure.process.send_signal(signal.SIGHUP)
        eventually(lambda: secure.has_logged("certificate reloaded"), "it is read")

        with shake_hands(secure, ignore_names) as new:
            names = new.getpeercert()["subjectAltName"]
        assert names == (("DNS", "renewed.example"),)
        old.ask("GET", "/healthz")
        assert old.answer().status_code == 200


def test_bad_files_change_nothing(secure, authority, identity):
    certificate, key = authority.issue()
    for number, spoil in enumerate([
        lambda: identity.certificate.write_text("nonsense"),
        lambda: identity.become(certificate, identity.authority.key),
        identity.key.unlink,
    ]):
        spoil()
        secure.process.send_signal(signal.SIGHUP)
        event = "certificate not reloaded: the old one stays in use"
        eventually(lambda: secure.count_events(event) == number + 1,  # pylint: disable=cell-var-from-loop
                   "it is refused")
        assert once(secure, "GET", "/healthz").status_code == 200
    identity.become(certificate, key)


def ignore_names(context):
    context.check_hostname = False


def test_without_usable_files_the_server_does_not_start(authority, tmp_path):
    certificate, key = authority.issue()
    _, other = authority.issue()
    database = f"sqlite:{tmp_path}/botapi.db"
    for files, complaint in [
        (("--tls-certificate", tmp_path / "none.pem", "--tls-key", key), "Can't use the certificate"),
        (("--tls-certificate", certificate, "--tls-key", tmp_path / "none"), "Can't use the key"),
        (("--tls-certificate", certificate, "--tls-key", other), "Can't use the key"),
    ]:
        done = run("serve", "--listen", "127.0.0.1:0", "--log-level", "off", "--database", database,
                   *files)
        assert done.returncode == 1
        assert complaint in done.stderr and done.stderr.count("\n") == 1
    for half in (("--tls-certificate", certificate), ("--tls-key", key)):
        done = run("serve", "--database", database, *half)
        assert done.returncode == 2
        assert "set both or none" in done.stderr


def test_large_answers_and_bodies_are_complete_over_tls(secure):
    with Api(secure) as api:
        bot, client, conversation = api.new_bot(), *[f"{n:08}-0000-4000-8000-000000000000"
                                                     for n in (1, 2)]
        text = "x" * 60_000
        lines = [f'{{"conversationId":"{conversation}","from":"{bot}","to":"{client}",'
                 f'"text":"{text}"}}' for _ in range(100)]
        stored = api.post("/messages", content="\n".join(lines),
                          headers={"Content-Type": "application/x-ndjson"})
        assert stored.text.count('"status":201') == 100
        listed = api.listed(conversationId=conversation)
        assert [message["text"] for message in listed] == [text] * 100
