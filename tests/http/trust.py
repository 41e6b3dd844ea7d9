# SPDX-License-Identifier: Apache-2.0
"""Who may ask: protocols, ciphers and the client's certificate."""
import os
import socket
import ssl
import subprocess

from site_under_test import Authority, Peer, Site, good, openssl

CHAIN_LENGTH = 20


def refused(site, pair, why):
    """No request of this client's reaches a handler, and the one who asks learns why."""
    try:
        with site.peer(pair) as peer:
            peer.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 9000\r\n\r\n")
            peer.send(b"x" * 8000)
            site.wait(lambda now: now["in_flight"] == 2)
            assert site.stats()["bytes_in_flight"] == 0, "a byte of its body was kept"
            peer.send(b"x" * 1000)
            reply = peer.reply()
            assert reply.status == 403, (why, reply.status)
            assert why in reply.json()["message"], (why, reply.body)
            assert peer.is_closed()
    except (ssl.SSLError, ConnectionError, EOFError):
        assert why is None, why


def client_with_bad_certificate_never_reaches_handler(pki):
    other = Authority(os.path.join(pki.folder, "other"))
    issue = pki.clients.issue
    own = [os.path.join(pki.folder, "own.crt"), os.path.join(pki.folder, "own.key")]
    openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "3",
            "-subj", "/CN=kube-apiserver", "-keyout", own[1], "-out", own[0])
    with Site(pki) as site:
        refused(site, (), "is required")
        refused(site, own, "unknown authority")
        refused(site, other.issue("stranger"), "unknown authority")
        refused(site, issue("expired", begins=-9, ends=-1), "expired")
        refused(site, issue("early", begins=1, ends=9), "not valid yet")
        refused(site, issue("server-only", use="serverAuth"), "not for client authentication")
        refused(site, pki.pair, "unknown authority")
        now = site.stats()
        assert now["calls"] == 0
        assert now["refused"]["no_certificate"] == 1 and now["refused"]["certificate"] == 6
        assert good(site)["client"] == "kube-apiserver"
    assert "kube-apiserver" not in site.text(), "a stranger's text is in the log"


def client_without_certificate_may_ask_public_paths_only(pki):
    with Site(pki) as site, site.peer(()) as peer:
        for _ in range(3):
            assert peer.ask("GET", "/healthz", None, None).status == 200
        assert peer.ask("GET", "/private", None, None).status == 403
        assert peer.is_closed()
    with Site(pki, any_client=True) as site:
        assert site.ask(client=()).json()["client"] == ""


def certificate_without_use_accepted(pki):
    with Site(pki) as site:
        assert site.ask(client=pki.clients.issue("useless", use="")).status == 200


def chain_of_intermediate_accepted_too_long_refused(pki):
    issuer, chain = pki.clients, []
    with Site(pki) as site:
        for depth in range(CHAIN_LENGTH):
            issuer = Authority(os.path.join(pki.folder, "chain"), f"ca{depth}", issuer)
            with open(issuer.certificate, encoding="ascii") as file:
                chain.insert(0, file.read())
            if depth not in (0, CHAIN_LENGTH - 1):
                continue
            pair = issuer.issue(f"leaf{depth}")
            with open(pair[0], "a", encoding="ascii") as file:
                file.writelines(chain)
            if depth == 0:
                assert site.ask(client=pair).status == 200
            else:
                refused(site, pair, "too long")
        good(site)


def certificate_of_16_kib_answered(pki):
    names = "subjectAltName=" + ",".join(f"DNS:{i:04d}{'a' * 50}.example" for i in range(260)) + "\n"
    with Site(pki) as site:
        assert site.ask(client=pki.clients.issue("large", extra=names)).status == 200
        good(site)


def name_with_nul_refused(pki):
    # "kube-apiserver", a NUL and more, as a UTF8String in the subject: two readers would see two names.
    pair = pki.clients.issue("nul", subject="/CN=kube-apiserver#x.example")
    with open(pair[0], "rb") as file:
        der = ssl.PEM_cert_to_DER_cert(file.read().decode())
    assert b"kube-apiserver#x" in der
    tainted = sign_again(pki, der.replace(b"kube-apiserver#x", b"kube-apiserver\0x"))
    with open(pair[0], "w", encoding="ascii") as file:
        file.write(ssl.DER_cert_to_PEM_cert(tainted))
    with Site(pki, "name=kube-apiserver") as site:
        refused(site, pair, "name cannot be used")
        assert site.stats()["calls"] == 0


def take_der(data):
    """The first element of DER data with its header, and what follows."""
    size, begin = data[1], 2
    if size & 0x80:
        begin += size & 0x7f
        size = int.from_bytes(data[2:begin], "big")
    return data[:begin + size], data[begin + size:], begin


def sign_again(pki, der):
    """The certificate with the CA's signature over what it says now."""
    _, _, begin = take_der(der)
    body, rest, _ = take_der(der[begin:])
    algorithm, _, _ = take_der(rest)
    signature = subprocess.run(["openssl", "dgst", "-sha256", "-sign", pki.clients.key], input=body, check=True,
                               capture_output=True).stdout
    bits = b"\x03" + bytes([len(signature) + 1]) + b"\0" + signature
    whole = body + algorithm + bits
    return b"\x30\x82" + len(whole).to_bytes(2, "big") + whole


def name_not_allowed_refused(pki):
    issue = pki.clients.issue
    with Site(pki, "name=kube-apiserver", "name=second.example") as site:
        assert site.ask().status == 200
        dns = issue("dns", subject="/CN=any", extra="subjectAltName=DNS:x.example,DNS:second.example\n")
        assert site.ask(client=dns).json()["client"] == "any"
        for i, subject in enumerate(("/CN=other", "/CN=*", "/CN=kube-apiserver.example", "/CN=KUBE-APISERVER",
                                     "/CN=*.example", "/O=kube-apiserver", "/CN=kube-apiserver ")):
            refused(site, issue(f"other{i}", subject=subject), "not among those allowed")
        wild = issue("wild", subject="/CN=x", extra="subjectAltName=DNS:*.example,DNS:*\n")
        refused(site, wild, "not among those allowed")


def headers_that_name_a_user_are_ignored(pki):
    with Site(pki) as site:
        for name in ("X-Remote-User", "X-Forwarded-Client-Cert", "X-Ssl-Client-Verify", "Authorization"):
            assert site.ask("GET", "/private", None, None, [f"{name}: kube-apiserver"], client=()).status == 403


def session_is_never_resumed(pki):
    with Site(pki) as site:
        for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
            context = site.context()
            context.minimum_version = context.maximum_version = version
            with Peer(site, context=context) as peer:
                assert peer.ask().status == 200
                session = peer.tls.session
            assert session is None or not session.has_ticket
            if session is None:
                continue
            raw = socket.create_connection(("127.0.0.1", site.port))
            with context.wrap_socket(raw, server_hostname="localhost", session=session) as tls:
                assert not tls.session_reused


def protocol_before_1_2_refused(pki):
    with Site(pki) as site:
        for version, taken in (("-tls1", False), ("-tls1_1", False), ("-tls1_2", True), ("-tls1_3", True)):
            said = s_client(site, version, "-cipher", "ALL:@SECLEVEL=0")
            assert ("Cipher is (NONE)" not in said) == taken, (version, said)
        # The same client does speak the old ones: the refusal is the server's.
        for version in ("-tls1", "-tls1_1"):
            assert "Cipher is (NONE)" not in old_server(pki, version)


def s_client(site, *options, data=b"", port=None):
    return subprocess.run(["openssl", "s_client", "-connect", f"127.0.0.1:{port or site.port}", *options], input=data,
                          capture_output=True, timeout=20, check=False).stdout.decode(errors="replace")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(port):
    for _ in range(200):
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=1):
                return
        except OSError:
            import time
            time.sleep(0.02)
    raise AssertionError("the other server did not start")


def old_server(pki, version):
    port = free_port()
    with subprocess.Popen(["openssl", "s_server", "-accept", f"127.0.0.1:{port}", "-cert", pki.pair[0], "-key",
                           pki.pair[1], "-cipher", "ALL:@SECLEVEL=0", "-quiet"], stdin=subprocess.PIPE,
                          stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        try:
            wait_for(port)
            return s_client(None, version, "-cipher", "ALL:@SECLEVEL=0", port=port)
        finally:
            server.kill()


# Of each: what gnutls-cli offers, and nothing else.
WEAK = {
    "RC4": "NONE:+VERS-TLS1.2:+ARCFOUR-128:+SHA1:+RSA:+ECDHE-ECDSA:+ECDHE-RSA",
    "3DES": "NONE:+VERS-TLS1.2:+3DES-CBC:+SHA1:+RSA:+ECDHE-ECDSA:+ECDHE-RSA",
    "NULL": "NONE:+VERS-TLS1.2:+NULL:+SHA256:+SHA1:+RSA:+ECDHE-ECDSA:+ECDHE-RSA",
    "CBC": "NONE:+VERS-TLS1.2:+AES-128-CBC:+SHA1:+SHA256:+ECDHE-ECDSA:+ECDHE-RSA",
    "anonymous": "NONE:+VERS-TLS1.2:+AES-128-GCM:+AEAD:+ANON-ECDH:+ANON-DH",
    "RSA key exchange": "NONE:+VERS-TLS1.2:+AES-128-GCM:+AEAD:+RSA",
    "DHE": "NONE:+VERS-TLS1.2:+AES-128-GCM:+AEAD:+DHE-RSA",
}
ALL_ELSE = ":+SIGN-ALL:+GROUP-ALL:+CURVE-ALL:+COMP-NULL:+CTYPE-X509"


def gnutls_taken(port, priority):
    done = subprocess.run(["gnutls-cli", "--insecure", "--no-ca-verification", "-p", str(port), "--priority",
                           priority + ALL_ELSE, "127.0.0.1"], stdin=subprocess.DEVNULL, capture_output=True,
                          timeout=20, check=False)
    return b"Handshake was completed" in done.stdout


def cipher_that_is_weak_refused(pki):
    rsa = [os.path.join(pki.folder, "rsa.crt"), os.path.join(pki.folder, "rsa.key")]
    openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "3", "-subj", "/CN=localhost",
            "-keyout", rsa[1], "-out", rsa[0])
    port = free_port()
    everything = "NORMAL:+ARCFOUR-128:+3DES-CBC:+NULL:+AES-128-CBC:+SHA1:+SHA256:+ANON-ECDH:+ANON-DH:+RSA:+DHE-RSA"
    with Site(pki) as ec, Site(pki, pair=rsa) as with_rsa, \
            subprocess.Popen(["gnutls-serv", "--echo", "-p", str(port), "--x509certfile", rsa[0], "--x509keyfile",
                              rsa[1], "--priority", everything], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL,
                             stderr=subprocess.DEVNULL) as server:
        try:
            wait_for(port)
            for name, priority in WEAK.items():
                assert gnutls_taken(port, priority), f"this client does not speak {name}: its refusal proves nothing"
                assert not gnutls_taken(with_rsa.port, priority), name
                assert not gnutls_taken(ec.port, priority), name
        finally:
            server.kill()
        strong = "NONE:+VERS-TLS1.2:+VERS-TLS1.3:+AES-128-GCM:+AEAD:+ECDHE-ECDSA:+ECDHE-RSA"
        assert gnutls_taken(ec.port, strong) and gnutls_taken(with_rsa.port, strong)
        assert ec.stats()["refused"]["handshake"] >= len(WEAK)


def renegotiation_refused(pki):
    with Site(pki) as site:
        command = ["openssl", "s_client", "-connect", f"127.0.0.1:{site.port}", "-tls1_2"]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as client:
            client.stdin.write(b"R\n")
            client.stdin.flush()
            # It ends by itself, with its input still open: the server has closed.
            client.wait(10)
            assert b"RENEGOTIATING" in client.stderr.read()
        good(site)


def early_data_never_offered(pki):
    with Site(pki) as site:
        said = s_client(site, "-tls1_3", data=b"GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        assert "New Session Ticket" not in said


def server_name_of_any_kind_served(pki):
    with Site(pki) as site:
        context = site.context()
        context.check_hostname = False
        for name in (None, "localhost", "guard.kubelb.svc", "127.0.0.1", "a" * 63 + ".example"):
            with Peer(site, context=context, server_name=name) as peer:
                assert peer.ask().status == 200


def protocol_names_of_any_kind_served(pki):
    with Site(pki) as site:
        for offered, chosen in ((None, None), (["http/1.1"], "http/1.1"), (["h2", "http/1.1"], "http/1.1"),
                                (["h2"], None), (["x" * 250 + f"{i:05d}" for i in range(70)], None)):
            context = site.context()
            if offered:
                context.set_alpn_protocols(offered)
            try:
                with Peer(site, context=context) as peer:
                    assert peer.tls.selected_alpn_protocol() == chosen
                    assert peer.ask().status == 200
            except ssl.SSLError:
                assert len(offered) > 60, "only a greeting of many KiB may be refused"
            good(site)


def garbage_for_a_greeting_refused(pki):
    with Site(pki, "header-ms=800") as site:
        for data in (b"GET / HTTP/1.1\r\n\r\n", b"\x16\x03\x01\xff\xff" + b"a" * 70000, b"\x80" * 1000, b"\x16\x03\x01\x40\x00\x01"):
            with socket.create_connection(("127.0.0.1", site.port), timeout=5) as raw:
                try:
                    raw.sendall(data)
                    while raw.recv(4096):
                        pass
                except ConnectionError:
                    pass
            good(site)
