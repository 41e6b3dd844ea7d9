# SPDX-License-Identifier: Apache-2.0
"""certs/rotate.sh rotates serving pair and CA while tenants write without pause: no write may pass
unguarded, and none be refused for TLS."""
import base64
import http.client
import json
import os
import ssl
import subprocess
import threading
import time

from control_plane import ADDRESS, PORT
from guard import ADDRESS as GUARD, PORT as GUARD_PORT, Guard, host_of

HERE = os.path.dirname(os.path.abspath(__file__))
ROTATE = os.path.join(HERE, "..", "..", "certs", "rotate.sh")
SECRET = "kubelb-webhook-tls"
NAMESPACE = "kubelb"
ROUNDS = int(os.environ.get("ROTATION_ROUNDS", "4"))  # each a new pair, a new CA and the end of the one before
SETTLE = "2"  # seconds; what reads the bundle here is one API server, which watches it
PATIENCE = 120  # seconds; a busy machine
OBJECTS = "/apis/kubelb.k8c.io/v1alpha1/namespaces/{}/loadbalancers"


class Volume(threading.Thread):
    """A Secret as files, kept up as a kubelet keeps a volume up: a new folder, and a link swapped over."""

    def __init__(self, hub, folder):
        super().__init__(daemon=True)
        self.hub = hub
        self.folder = folder
        self.version = None
        self.ended = threading.Event()
        os.makedirs(folder)

    def refresh(self):
        secret = self.hub.control_plane.get("secret", SECRET, "-n", NAMESPACE)
        if not secret or secret["metadata"]["resourceVersion"] == self.version:
            return
        self.version = secret["metadata"]["resourceVersion"]
        data = os.path.join(self.folder, f"..{self.version}")
        os.mkdir(data, 0o700)
        for name, text in secret["data"].items():
            with open(os.path.join(data, name), "wb") as file:
                file.write(base64.b64decode(text))
            if not os.path.islink(os.path.join(self.folder, name)):
                os.symlink(f"..data/{name}", os.path.join(self.folder, name))
        os.symlink(os.path.basename(data), os.path.join(self.folder, "..data.new"))
        os.rename(os.path.join(self.folder, "..data.new"), os.path.join(self.folder, "..data"))

    def run(self):
        while not self.ended.wait(0.3):
            self.refresh()

    def path(self, name):
        return os.path.join(self.folder, name)


class Writer(threading.Thread):
    """One tenant's agent, which creates, changes and deletes without pause, and now and then what has to be
    refused. faults says what should not have been answered."""

    def __init__(self, hub, tenant, number, ended):
        super().__init__(daemon=True)
        plane = hub.control_plane
        self.token = plane.kubectl("admin", "create", "token", "kubelb-ccm", "-n", tenant, check=True).stdout.strip()
        self.connection = http.client.HTTPSConnection(
            ADDRESS, PORT, timeout=PATIENCE, context=ssl.create_default_context(cafile=plane.authority.certificate))
        self.tenant = tenant
        self.objects = OBJECTS.format(tenant)
        self.name = f"written-{number}"
        self.ended = ended
        self.writes = self.refused = 0
        self.faults = []

    def ask(self, method, path, body=None, kind="application/json"):
        self.connection.request(method, path, json.dumps(body) if body else None,
                                {"Authorization": f"Bearer {self.token}", "Content-Type": kind})
        reply = self.connection.getresponse()
        return reply.status, json.loads(reply.read())

    def good(self, method, path, body=None, kind="application/json"):
        status, answer = self.ask(method, path, body, kind)
        self.writes += 1
        if status >= 300:
            self.faults.append(f"{method} {path}: {status} {answer.get('message')}")
        elif method != "DELETE" and answer["metadata"].get("labels", {}).get("kubelb.k8c.io/tenant") != self.tenant:
            self.faults.append(f"{method} {path}: unguarded")

    def bad(self, method, path, body, kind="application/json"):
        status, answer = self.ask(method, path, body, kind)
        self.refused += 1
        if status < 300 or "LB004" not in json.dumps(answer):
            self.faults.append(f"{method} {path}: not refused by the guard: {status} {answer.get('message')}")

    def load_balancer(self, name, address):
        return {"apiVersion": "kubelb.k8c.io/v1alpha1", "kind": "LoadBalancer", "metadata": {"name": name},
                "spec": {"endpoints": [{"addresses": [{"ip": address}], "ports": [{"port": 31000}]}],
                         "ports": [{"port": 80}]}}

    def write(self, number):
        name = f"{self.name}-{number}"
        path = f"{self.objects}/{name}"
        merge = "application/merge-patch+json"
        self.good("POST", self.objects, self.load_balancer(name, "203.0.113.10"))
        self.bad("POST", self.objects, self.load_balancer(f"{name}-refused", "127.0.0.1"))
        # The label goes, and the guard puts it back: what passes by the guard is seen.
        self.good("PATCH", path, {"metadata": {"labels": None}, "spec": {"ports": [{"port": 81}]}}, merge)
        self.bad("PATCH", path, {"spec": self.load_balancer(name, "::1")["spec"]}, merge)
        if number % 8:
            self.good("DELETE", path)

    def run(self):
        number = 0
        try:
            while not self.ended.is_set() and len(self.faults) < 10:
                self.write(number)
                number += 1
        except (OSError, http.client.HTTPException, ValueError) as error:
            self.faults.append(f"{type(error).__name__}: {error}")


def served():
    """The certificate that the guard shows to a new connection."""
    return ssl.get_server_certificate((GUARD, GUARD_PORT))


class Rotation:
    def __init__(self, hub, volume):
        self.hub = hub
        self.volume = volume
        self.configuration = hub.manifests[0]["metadata"]["name"]

    def rotate(self, command, *more):
        plane = self.hub.control_plane
        result = subprocess.run(
            ["sh", ROTATE, command, "--secret", SECRET, "--namespace", NAMESPACE, "--settle", SETTLE,
             "--webhook-configuration", self.configuration, "--kubeconfig", plane.users["admin"], *more],
            env={**os.environ, "KUBECTL": plane.program("kubectl"), "KUBECACHEDIR": plane.path("cache")},
            stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, timeout=300)
        if result.returncode != 0:
            raise RuntimeError(f"rotate.sh {command}: {result.returncode}\n{result.stdout}{result.stderr}")

    def in_force(self):
        with open(self.volume.path("tls.crt"), encoding="ascii") as file:
            return file.read().strip().startswith(served().strip())

    def wait_in_force(self):
        """Until the guard shows the pair of the Secret, as a rotation that is days long would find it."""
        self.volume.refresh()
        end = time.monotonic() + PATIENCE
        while not self.in_force():
            if time.monotonic() > end:
                raise RuntimeError("the guard does not take the new pair")
            time.sleep(0.1)

    def bundles(self):
        """The caBundle of every webhook of both configurations, each once."""
        found = [self.hub.control_plane.get(item["kind"], self.configuration) for item in self.hub.manifests]
        return {webhook["clientConfig"]["caBundle"] for item in found for webhook in item["webhooks"]}

    def play(self):
        """Every round shows a pair and a bundle that were not there before. Returns how many of each."""
        pairs, bundles = {served()}, self.bundles()
        for _ in range(ROUNDS):
            for command in ("renew", "rotate-ca", "drop-old"):
                self.rotate(command)
                self.wait_in_force()
                pairs.add(served())
                bundles |= self.bundles()
        return len(pairs), len(bundles)


def left(hub, tenants):
    """Faults of what is stored: without the guard's label, or what it refuses."""
    faults = []
    for tenant in tenants:
        for item in hub.control_plane.get("lb", "-n", tenant)["items"]:
            name = f'{tenant}/{item["metadata"]["name"]}'
            if item["metadata"].get("labels", {}).get("kubelb.k8c.io/tenant") != tenant:
                faults.append(f"stored without the guard's label: {name}")
            if item["spec"]["endpoints"][0]["addresses"] != [{"ip": "203.0.113.10"}]:
                faults.append(f"stored though refused: {name}")
        hub.control_plane.kubectl("admin", "delete", "lb", "--all", "-n", tenant, check=True)
    return faults


def rotate_under_writes(hub):
    """With a guard of its own, which reads its pair as a mounted Secret."""
    volume = Volume(hub, os.path.join(hub.folder, "volume"))
    rotation = Rotation(hub, volume)
    hub.register()
    hub.guard.stop()
    rotation.rotate("rotate")
    volume.refresh()
    first, hub.guard = hub.guard, Guard(hub.kubelb, hub.folder, hub.policy, volume.path("tls.crt"),
                                        volume.path("tls.key"), hub.control_plane.webhook_clients.certificate)
    hub.guard.start(volume.path("ca.crt"), host_of(hub.manifests[0]["webhooks"][0]["clientConfig"]))
    volume.start()
    ended = threading.Event()
    tenants = ("tenant-a", "tenant-b")
    writers = [Writer(hub, tenant, number, ended) for number, tenant in enumerate(tenants)]
    try:
        for writer in writers:
            writer.start()
        pairs, bundles = rotation.play()
    finally:
        ended.set()
        for writer in writers:
            writer.join()
        volume.ended.set()
        volume.join()
    status = hub.guard.stop()
    faults = [fault for writer in writers for fault in writer.faults] + left_guarded(hub, first, tenants)
    writes, refused = (sum(getattr(writer, name) for writer in writers) for name in ("writes", "refused"))
    print(f"{writes} writes and {refused} refusals through {pairs - 1} new pairs and {bundles - 1} new bundles")
    if status != 0:
        faults.append(f"the guard ended with {status}")
    # renew and rotate-ca give a pair each; the bundle has two CAs, then the new one alone.
    if pairs - 1 < 2 * ROUNDS or bundles - 1 < 2 * ROUNDS:
        faults.append("that is fewer than it should have been")
    if not all(writer.writes > ROUNDS for writer in writers):
        faults.append("a tenant hardly wrote")
    return faults


def left_guarded(hub, guard, tenants):
    """left(), with the guard of the other tests in force again."""
    hub.guard = guard
    hub.guard.start(hub.authority.certificate)
    hub.register()
    return left(hub, tenants)
