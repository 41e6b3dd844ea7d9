# SPDX-License-Identifier: Apache-2.0
"""A server under test with certificates made on the spot, and a client that says what it means byte by byte."""
import datetime
import json
import os
import signal
import socket
import ssl
import subprocess
import tempfile
import threading
import time

JSON = "application/json"
CURVE = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")


def openssl(*arguments):
    subprocess.run(["openssl", *arguments], check=True, capture_output=True)


def stamp(days):
    """A time in the form of ASN.1, so many days from now."""
    return (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=days)).strftime("%Y%m%d%H%M%SZ")


class Authority:
    """A CA that issues certificates of any kind, good and bad."""

    def __init__(self, folder, name="authority", issuer=None):
        os.makedirs(folder, exist_ok=True)
        self.folder, self.name, self.lock = folder, name, threading.Lock()
        self.certificate, self.key = (os.path.join(folder, f"{name}.{end}") for end in ("crt", "key"))
        signed = ("-CA", issuer.certificate, "-CAkey", issuer.key) if issuer else ()
        openssl("req", "-x509", *signed, *CURVE, "-days", "30", "-subj", f"/CN={name}",
                "-addext", "basicConstraints=critical,CA:TRUE", "-addext", "keyUsage=keyCertSign,cRLSign",
                "-keyout", self.key, "-out", self.certificate)

    def issue(self, name, subject="/CN=kube-apiserver", use="clientAuth", begins=-1, ends=30, extra="", into=None):
        """Returns the paths of a certificate and of its key."""
        folder = into or self.folder
        pair = [os.path.join(folder, f"{name}.{end}") for end in ("crt", "key")]
        request, extensions = (os.path.join(self.folder, f"{name}.{end}") for end in ("csr", "ext"))
        with self.lock:
            openssl("req", "-new", *CURVE, "-subj", subject, "-keyout", pair[1], "-out", request)
            with open(extensions, "w", encoding="utf-8") as file:
                file.write("basicConstraints=CA:FALSE\nauthorityKeyIdentifier=keyid\n")
                file.write(f"extendedKeyUsage={use}\n" if use else "")
                file.write(extra)
            self.sign(pair, request, extensions, begins, ends)
        return pair

    def sign(self, pair, request, extensions, begins, ends):
        # "x509 -req" cannot set the begin of validity, "ca" can.
        database = os.path.join(self.folder, f"{self.name}.db")
        with open(database, "w", encoding="utf-8"):
            pass
        settings = os.path.join(self.folder, f"{self.name}.cnf")
        with open(settings, "w", encoding="utf-8") as file:
            file.write(f"[ca]\ndefault_ca=d\n[d]\ndatabase={database}\nnew_certs_dir={self.folder}\nrand_serial=yes\n"
                       "unique_subject=no\ndefault_md=sha256\npolicy=p\nstring_mask=utf8only\n[p]\n"
                       "commonName=optional\norganizationName=optional\n")
        openssl("ca", "-batch", "-notext", "-config", settings, "-cert", self.certificate, "-keyfile", self.key,
                "-in", request, "-out", pair[0], "-startdate", stamp(begins), "-enddate", stamp(ends),
                "-extfile", extensions)


def issue_server(authority, into=None, **how):
    return authority.issue("server", "/CN=guard", "serverAuth", extra="subjectAltName=DNS:localhost,IP:127.0.0.1\n",
                           into=into, **how)


class Pki:
    """What most cases need, made once."""

    def __init__(self, folder):
        self.folder = folder
        self.serving = Authority(os.path.join(folder, "serving"))
        self.clients = Authority(os.path.join(folder, "clients"))
        self.pair = issue_server(self.serving)
        self.client = self.clients.issue("client")


class Reply:
    def __init__(self, status, header, body):
        self.status, self.header, self.body = status, header, body

    def json(self):
        return json.loads(self.body)


class Peer:
    """One connection to the server."""

    def __init__(self, site, client=None, context=None, server_name="localhost", timeout=10):
        self.context = context or site.context(client)
        raw = socket.create_connection(("127.0.0.1", site.port), timeout=timeout)
        raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            self.tls = self.context.wrap_socket(raw, server_hostname=server_name)
        except BaseException:
            raw.close()
            raise
        self.rest = b""

    def __enter__(self):
        return self

    def __exit__(self, *what):
        self.tls.close()

    def send(self, data):
        self.tls.sendall(data if isinstance(data, bytes) else data.encode())

    def line(self):
        while b"\n" not in self.rest:
            self.more()
        line, self.rest = self.rest.split(b"\n", 1)
        return line.rstrip(b"\r").decode("latin-1")

    def more(self):
        data = self.tls.recv(65536)
        if not data:
            raise EOFError
        self.rest += data

    def reply(self, head=False):
        status = 100
        while status == 100:
            status = int(self.line().split()[1])
            header = {}
            while line := self.line():
                name, value = line.split(":", 1)
                header[name.lower()] = value.strip()
        length = 0 if head else int(header.get("content-length", 0))
        while len(self.rest) < length:
            self.more()
        body, self.rest = self.rest[:length], self.rest[length:]
        return Reply(status, header, body)

    def ask(self, method="POST", path="/echo", body=b"{}", kind=JSON, header=()):
        lines = [f"{method} {path} HTTP/1.1", "Host: localhost", *header]
        if kind:
            lines.append(f"Content-Type: {kind}")
        if body is not None:
            lines.append(f"Content-Length: {len(body)}")
        self.send("\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + (body or b""))
        return self.reply(head=method == "HEAD")

    def is_closed(self, within=3):
        """Does the server close the connection without another byte?"""
        self.tls.settimeout(within)
        try:
            return self.tls.recv(1) == b""
        except TimeoutError:
            return False
        except OSError:
            return True


class Site:
    """The server under test."""

    def __init__(self, pki, *options, any_client=False, pair=None, client_ca=None, wrap=()):
        self.pki = pki
        self.log = tempfile.TemporaryFile()
        pair = pair or pki.pair
        arguments = [f"certificate={pair[0]}", f"key={pair[1]}", *options,
                     "any-client" if any_client else f"client-ca={client_ca or pki.clients.certificate}"]
        self.process = subprocess.Popen([*wrap, os.environ["HTTP_SERVE"], *arguments], stdout=subprocess.PIPE,
                                        stderr=self.log, text=True)
        port = self.process.stdout.readline()
        if not port:
            raise AssertionError("the server did not start: " + self.text())
        self.port = int(port)

    def __enter__(self):
        return self

    def __exit__(self, kind, *what):
        status = self.stop()
        assert kind or status == 0, f"the server ended with {status}: {self.text()[-3000:]}"

    def stop(self, within=30):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        return self.process.wait(within)

    def text(self):
        """What the server wrote to its log."""
        self.log.seek(0)
        return self.log.read().decode(errors="replace")

    def context(self, client=None, authority=None):
        context = ssl.create_default_context(cafile=authority or self.pki.serving.certificate)
        pair = self.pki.client if client is None else client
        if pair:
            context.load_cert_chain(*pair)
        return context

    def peer(self, client=None, **how):
        return Peer(self, client, **how)

    def ask(self, *arguments, client=None, **how):
        with self.peer(client) as peer:
            return peer.ask(*arguments, **how)

    def stats(self):
        return self.ask("GET", "/stats", None, client=()).json()

    def wait(self, what, within=10):
        """Waits until the counters are as the function what wants them; returns them."""
        until, now = time.monotonic() + within, None
        while True:
            try:
                now = self.stats()
            except OSError as error:
                # The server is busy with what the case does to it.
                now = repr(error)
            if isinstance(now, dict) and what(now):
                return now
            assert time.monotonic() < until, f"it did not come to that: {now}\n{self.text()[-2000:]}"
            time.sleep(0.02)


def good(site):
    """A good request passes on a new connection."""
    reply = site.ask()
    assert reply.status == 200, reply.body
    return reply.json()
