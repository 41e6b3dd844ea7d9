# SPDX-License-Identifier: Apache-2.0
"""One request of a case to one address: what was answered, and by which backend."""
import http.client
import json
import socket
import ssl
import subprocess

TIMEOUT = 10


class TlsConnection(http.client.HTTPConnection):
    """Connects to an address, and asks for and checks the certificate of another name."""

    def __init__(self, address, server_name, authority):
        super().__init__(*address, timeout=TIMEOUT)
        self.server_name = server_name
        self.context = ssl.create_default_context(cafile=authority)

    def connect(self):
        super().connect()
        self.sock = self.context.wrap_socket(self.sock, server_hostname=self.server_name)


def ask_http(address, request, authority):
    host = request.get("host", address[0])
    if request.get("protocol") == "https":
        connection = TlsConnection(address, request.get("sni", host), authority)
    else:
        connection = http.client.HTTPConnection(*address, timeout=TIMEOUT)
    try:
        connection.request(request.get("method", "GET"), request.get("path", "/"),
                           headers={"host": host, **request.get("headers", {})})
        response = connection.getresponse()
        body = response.read()
        names = map(str.lower, response.headers)
        answer = {"status": response.status, "headers": {name: response.getheader(name) for name in names}}
    finally:
        connection.close()
    try:
        answer["seen"] = json.loads(body)
        answer["backend"] = answer["seen"]["backend"]
    except (ValueError, KeyError, TypeError):
        answer["body"] = body.decode(errors="replace")
    return answer


def ask_grpc(address, request):
    """A call without a message, over HTTP/2 with prior knowledge. Headers hold trailers too."""
    host = request.get("host", address[0])
    headers = {"content-type": "application/grpc", "te": "trailers", "host": host, **request.get("headers", {})}
    command = ["curl", "--silent", "--show-error", "--max-time", str(TIMEOUT), "--http2-prior-knowledge",
               "--dump-header", "-", "--output", "/dev/null", "--request", "POST",
               *(word for name, value in headers.items() for word in ("--header", f"{name}: {value}")),
               f"http://{address[0]}:{address[1]}{request.get('path', '/')}"]
    result = subprocess.run(command, capture_output=True, check=False)
    if result.returncode != 0:
        return {"error": result.stderr.decode(errors="replace").strip()}
    first, *lines = result.stdout.decode(errors="replace").splitlines()
    fields = dict(line.lower().split(": ", 1) for line in lines if ": " in line)
    answer = {"status": int(first.split()[1]), "headers": fields}
    if "x-backend" in fields:
        answer["backend"] = fields["x-backend"]
    return answer


def ask_socket(address, kind):
    with socket.socket(socket.AF_INET6 if ":" in address[0] else socket.AF_INET, kind) as connection:
        connection.settimeout(TIMEOUT)
        connection.connect(address)
        connection.sendall(b"hello\n")
        text = b""
        while not text.endswith(b"\n"):
            more = connection.recv(4096)
            if not more:
                return {"error": "closed without an answer"}
            text += more
    return {"backend": text.decode().split(":")[0]}


def ask(address, request, authority):
    """Returns the answer: status, headers, backend, seen (what the backend saw), or error."""
    try:
        if request.get("protocol") == "tcp":
            return ask_socket(address, socket.SOCK_STREAM)
        if request.get("protocol") == "udp":
            return ask_socket(address, socket.SOCK_DGRAM)
        if request.get("protocol") == "grpc":
            return ask_grpc(address, request)
        return ask_http(address, request, authority)
    except (OSError, http.client.HTTPException) as error:
        return {"error": f"{type(error).__name__}: {error}"}
