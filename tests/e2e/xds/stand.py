# SPDX-License-Identifier: Apache-2.0
"""What a case stands on: the xDS server by itself, a real Envoy, backends, and resources in short."""
import http.client
import http.server
import json
import os
import random
import signal
import socket
import ssl
import subprocess
import threading
import time

ADMIN_PORT, BACKEND_PORT = 9901, 9000
ADS = {"ads": {}, "resource_api_version": "V3"}


def until(condition, seconds=10):
    """Asks until the answer is true; the last answer."""
    end = time.monotonic() + seconds
    while not (answer := condition()) and time.monotonic() < end:
        time.sleep(0.02)
    return answer


class Process:
    def __init__(self, command, log, **options):
        self.log = log
        with open(log, "a", encoding="utf-8") as file:
            self.process = subprocess.Popen(command, stderr=file, **options)

    def kill(self):
        self.process.kill()
        self.process.wait()

    def end(self):
        """What there is to say of how it ended, or None."""
        self.kill()


class Control(Process):
    """The xDS server: publish() in, events out."""

    def __init__(self, stand, *arguments):
        super().__init__([os.environ["XDS_CONTROL"], *arguments], stand.path("control.log"),
                         stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.events = []
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()
        stand.adopt(self)
        assert self.wait(event="listening"), open(self.log, encoding="utf-8").read()

    def _read(self):
        for line in self.process.stdout:
            self.events.append(json.loads(line))

    def publish(self, node, set_=(), remove=()):
        """Returns a place in the events, for wait(since=)."""
        since = len(self.events)
        line = {"node": node, "set": list(set_), "remove": [{"type": t, "name": n} for t, n in remove]}
        self.process.stdin.write(json.dumps(line) + "\n")
        self.process.stdin.flush()
        return since

    def find(self, since=0, **members):
        return [e for e in list(self.events)[since:] if members.items() <= e.items()]

    def wait(self, since=0, seconds=10, **members):
        """The first event with all these members, or None."""
        found = until(lambda: self.find(since, **members), seconds)
        return found[0] if found else None

    def wait_acked(self, resources, since=0, seconds=10):
        def missing():
            acked = {(e["type"], e["name"]) for e in self.find(since, event="acked")}
            return [name for name in names(resources) if name not in acked]
        until(lambda: not missing(), seconds)
        assert not missing(), f"no ack of {missing()[:9]}: {self.events[since:][-20:]}"

    def stop(self):
        """As its owner would; returns the exit status."""
        if not self.process.stdin.closed:
            self.process.stdin.close()
        status = self.process.wait(10)
        self.reader.join()
        return status

    def end(self):
        try:
            status = self.stop()
        except (OSError, subprocess.TimeoutExpired) as error:
            status = error
            self.kill()
        return status and f"the server ended with {status}: {open(self.log, encoding='utf-8').read()}"


class Envoy(Process):
    """An Envoy that asks one control plane and nobody else."""

    def __init__(self, stand, node, xds):
        path = stand.path(f"{node}.json")
        with open(path, "w", encoding="utf-8") as file:
            json.dump(bootstrap(stand, node, xds), file)
        self.address = stand.address
        super().__init__([os.environ["ENVOY"], "-c", path, "--disable-hot-restart", "--concurrency", "1",
                          "--drain-time-s", "1", "-l", "info"], stand.path(f"{node}.log"),
                         stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        stand.adopt(self)

    def freeze(self):
        self.process.send_signal(signal.SIGSTOP)

    def thaw(self):
        self.process.send_signal(signal.SIGCONT)

    def admin(self, path):
        try:
            return request(self.address, ADMIN_PORT, path)[1]
        except OSError:
            return ""

    def is_ready(self):
        return until(lambda: self.admin("/ready").strip() == "LIVE")


def bootstrap(stand, node, xds):
    keepalive = {"connection_keepalive": {"interval": "5s", "timeout": "5s"}}
    options = {"@type": "type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions",
               "explicit_http_config": {"http2_protocol_options": keepalive}}
    back_off = {"retry_back_off": {"base_interval": "0.1s", "max_interval": "0.5s"}}
    return {
        "node": {"id": node, "cluster": "kubelb"},
        "admin": {"address": socket_address(stand.address, ADMIN_PORT)},
        "static_resources": {"clusters": [{
            "name": "xds", "connect_timeout": "1s",
            "typed_extension_protocol_options": {"envoy.extensions.upstreams.http.v3.HttpProtocolOptions": options},
            "load_assignment": {"cluster_name": "xds", "endpoints": [
                {"lb_endpoints": [{"endpoint": {"address": xds["address"]}}]}]},
            **({"transport_socket": xds["transport_socket"]} if "transport_socket" in xds else {})}]},
        "dynamic_resources": {
            "ads_config": {"api_type": "DELTA_GRPC", "transport_api_version": "V3",
                           "set_node_on_first_message_only": True,
                           "grpc_services": [{"envoy_grpc": {"cluster_name": "xds", "retry_policy": back_off}}]},
            "cds_config": ADS, "lds_config": ADS}}


class Backend:
    """Answers each request with its own name."""

    def __init__(self, stand, name, number):
        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                self.send_response(200)
                self.send_header("Content-Length", str(len(name)))
                self.end_headers()
                self.wfile.write(name.encode())

            def log_message(self, *_):
                pass

        self.port = BACKEND_PORT + number
        self.server = http.server.ThreadingHTTPServer((stand.address, self.port), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        stand.adopt(self)

    def end(self):
        self.server.shutdown()
        self.server.server_close()


class Stand:
    """A folder and a loopback address of a case's own; ends what it started."""

    def __init__(self, folder):
        self.folder = folder
        self.address = another_address()
        self.parts = []

    def path(self, name):
        return os.path.join(self.folder, name)

    def adopt(self, part):
        self.parts.append(part)

    def control(self):
        return Control(self, "unix:" + self.path("xds.sock"))

    def envoy(self, node="n1"):
        return Envoy(self, node, {"address": {"pipe": {"path": self.path("xds.sock")}}})

    def end(self):
        """The complaints about how the parts ended, a list."""
        return [said for said in [part.end() for part in reversed(self.parts)] if said]


def another_address():
    """A loopback address that hardly anybody else has, so that cases may run side by side."""
    return f"127.{random.randint(70, 250)}.{random.randint(0, 255)}.{random.randint(1, 254)}"


def socket_address(address, port):
    return {"socket_address": {"address": address, "port_value": port}}


def request(address, port, path="/", tls=False):
    """(status, body); OSError without an answer."""
    connection = http.client.HTTPConnection(address, port, timeout=5)
    if tls:
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        connection = http.client.HTTPSConnection(address, port, timeout=5, context=context)
    try:
        connection.request("GET", path, headers={"Connection": "close"})
        response = connection.getresponse()
        return response.status, response.read().decode()
    except http.client.HTTPException as error:
        raise OSError(str(error)) from error
    finally:
        connection.close()


def answers(stand, port, expected, **options):
    """Does it come to answer (status, body)? A status alone is compared alone."""
    def ask():
        try:
            status, body = request(stand.address, port, **options)
        except OSError:
            return expected is None
        return expected in ((status, body), status)
    return until(ask)


def is_open(stand, port):
    with socket.socket() as probe:
        return probe.connect_ex((stand.address, port)) == 0


def resource(type_, name, body):
    return {"type": type_, "name": name, "resource": body}


def cluster(name, **more):
    return resource("cluster", name, {
        "name": name, "type": "EDS", "connect_timeout": "1s", "eds_cluster_config": {"eds_config": ADS}, **more})


def endpoints(name, *addresses):
    points = [{"endpoint": {"address": socket_address(*address)}} for address in addresses]
    return resource("endpoints", name, {"cluster_name": name, "endpoints": [{"lb_endpoints": points}]})


def routes(name, target):
    return resource("routes", name, {"name": name, "virtual_hosts": [
        {"name": "all", "domains": ["*"], "routes": [{"match": {"prefix": "/"}, "route": {"cluster": target}}]}]})


def listener(name, address, port, table=None, secret=None):
    """HTTP; routes come by the name of the listener."""
    http_filter = {"@type": "type.googleapis.com/envoy.extensions.filters.http.router.v3.Router"}
    manager = {
        "@type": "type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager",
        "stat_prefix": "http", "rds": {"route_config_name": table or name, "config_source": ADS},
        "http_filters": [{"name": "envoy.filters.http.router", "typed_config": http_filter}]}
    chain = {"filters": [{"name": "envoy.filters.network.http_connection_manager", "typed_config": manager}]}
    if secret:
        chain["transport_socket"] = {"name": "envoy.transport_sockets.tls", "typed_config": {
            "@type": "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext",
            "common_tls_context": {"tls_certificate_sds_secret_configs": [{"name": secret, "sds_config": ADS}]}}}
    return resource("listener", name, {"name": name, "address": socket_address(address, port),
                                       "enable_reuse_port": False, "filter_chains": [chain]})


def site(stand, name, port, backend):
    """Everything that one HTTP port needs."""
    return [cluster(name), endpoints(name, (stand.address, backend.port)),
            listener(name, stand.address, port), routes(name, name)]


def names(resources):
    return [(resource["type"], resource["name"]) for resource in resources]
