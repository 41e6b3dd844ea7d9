# SPDX-License-Identifier: Apache-2.0
"""The guard, `kubelb manager --webhooks-only`, and its two webhook configurations."""
import json
import os

from control_plane import encoded
from process import Process, answers

# What the guard is reached by: as a cluster does it, and by URLs. The API server offers HTTP/1.1 alone to
# the host of a Service and of a URL, but HTTP/2, too, to a URL of "localhost" or of a loopback address.
SERVICE = "service"
HOST = "guard.test"
URLS = ("guard.test", "localhost", "127.0.0.1")
STRANGER = "no-certificate.test"  # the guard as well, but the API server shows it no certificate
ADDRESS = "10.96.0.50"
PORT = 443


class Guard:
    """certificate and key are paths of its serving pair; client_ca of the CA whose clients it answers."""

    def __init__(self, program, folder, policy, certificate, key, client_ca):
        self.arguments = [program, "manager", "--webhooks-only", "--webhook-address", f"0.0.0.0:{PORT}",
                          "--tls-cert", certificate, "--tls-key", key, "--client-ca", client_ca,
                          "--client-name", "kube-apiserver", "--policy", policy, "--operator-user", "operator",
                          "--shutdown-delay", "0"]
        self.log = os.path.join(folder, "guard.log")
        self.audit = os.path.join(folder, "audit.log")
        self.arguments += ["--audit-log", self.audit]
        self.process = None

    def start(self, authority, host="localhost"):
        """host: a name that its certificate, of this authority, has."""
        self.process = Process(self.arguments, self.log)
        self.process.wait_until(lambda: answers(host, PORT, "/readyz", authority, b""))

    def stop(self):
        status = self.process.stop() if self.process else 0
        self.process = None
        return status

    def decisions(self, since=0):
        """The audit's whole lines from that many bytes on."""
        with open(self.audit, "rb") as file:
            file.seek(since)
            return [json.loads(line) for line in file if line.endswith(b"\n")]

    def mark(self):
        return os.path.getsize(self.audit) if os.path.exists(self.audit) else 0


def service(client_config):
    """The Service that the manifests name, at the guard's address."""
    name = client_config["service"]
    return {"apiVersion": "v1", "kind": "Service",
            "metadata": {"name": name["name"], "namespace": name["namespace"]},
            "spec": {"clusterIP": ADDRESS, "ports": [{"port": name.get("port", PORT)}]}}


def host_of(client_config):
    return f'{client_config["service"]["name"]}.{client_config["service"]["namespace"]}.svc'


def registered(manifests, authority, way):
    """The webhook configurations that reach the guard in this way (SERVICE or a host of a URL), with its CA.
    Each webhook is named after the way, so that a refusal tells which one was asked."""
    objects = json.loads(json.dumps(manifests))
    for item in objects:
        for webhook in item["webhooks"]:
            client = webhook["clientConfig"]
            client["caBundle"] = encoded(authority)
            if way != SERVICE:
                path = client.pop("service")["path"]
                client["url"] = f"https://{way}:{PORT}{path}"
                webhook["name"] = f'{way.replace(".", "-")}.{webhook["name"]}'
    return objects
