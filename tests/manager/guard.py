# SPDX-License-Identifier: Apache-2.0
"""A guard to ask: its keys, its policy, its process, and clients of it."""
import contextlib
import copy
import http.client
import json
import os
import re
import shutil
import signal
import ssl
import subprocess
import time

from certificate import Authority

PATIENCE = 30
JSON = {"Content-Type": "application/json"}
REVIEW = {
    "apiVersion": "admission.k8s.io/v1",
    "kind": "AdmissionReview",
    "request": {
        "uid": "3ab0c6f2-6cf5-4c3b-8d43-0d7c2a1f7e55",
        "operation": "CREATE",
        "name": "web",
        "dryRun": False,
        "oldObject": None,
        "options": None,
    },
}
RESOURCES = {"LoadBalancer": "loadbalancers", "Route": "routes", "Addresses": "addresses",
             "SyncSecret": "syncsecrets", "Tenant": "tenants", "Config": "configs"}
CONFIG = """\
apiVersion: kubelb.k8c.io/v1alpha1
kind: Config
metadata: {name: default, namespace: kubelb}
spec: {}
"""
TENANT = """\
apiVersion: kubelb.k8c.io/v1alpha1
kind: Tenant
metadata: {name: blue}
spec: {}
"""


def load_balancer(ip="10.1.2.3", name="web", **metadata):
    return {"apiVersion": "kubelb.k8c.io/v1alpha1", "kind": "LoadBalancer",
            "metadata": {"name": name, "namespace": "tenant-blue", **metadata},
            "spec": {"ports": [{"name": "http", "port": 80, "protocol": "TCP"}],
                     "endpoints": [{"addresses": [{"ip": ip}],
                                    "ports": [{"name": "http", "port": 31080, "protocol": "TCP"}]}]}}


def review(item, namespace="tenant-blue", **request):
    """A CREATE of item by its tenant's agent, unless request says otherwise."""
    result = copy.deepcopy(REVIEW)
    kind = {"group": "kubelb.k8c.io", "version": "v1alpha1", "kind": item["kind"]}
    resource = {"group": "kubelb.k8c.io", "version": "v1alpha1", "resource": RESOURCES[item["kind"]]}
    item = {**item, "metadata": {**item["metadata"], "namespace": namespace}}
    result["request"].update(kind=kind, requestKind=kind, resource=resource, requestResource=resource,
                             namespace=namespace, object=item,
                             userInfo={"username": f"system:serviceaccount:{namespace}:kubelb-ccm", "uid": "u",
                                       "groups": ["system:serviceaccounts", "system:authenticated"]})
    result["request"].update(request)
    return result


class Keys:
    """What all guards of a run show and trust."""

    def __init__(self, folder):
        self.authority = Authority(os.path.join(folder, "authority"))
        self.server = self.authority.issue("server", ["localhost", "127.0.0.1"])
        self.client = self.authority.issue("client", subject="/CN=kube-apiserver")

    def context(self, with_certificate=True):
        context = ssl.create_default_context(cafile=self.authority.certificate)
        if with_certificate:
            context.load_cert_chain(*self.client)
        return context


class Reply:
    def __init__(self, response):
        self.status, self.headers, self.body = response.status, response.headers, response.read()

    def json(self):
        return json.loads(self.body)

    def text(self):
        return self.body.decode()

    @property
    def allowed(self):
        return self.json()["response"]["allowed"]

    @property
    def rules(self):
        status = self.json()["response"].get("status", {})
        return set(re.findall(r"\[([A-Z]+[0-9]+)\]", json.dumps(status)))


class Client:
    """One connection that is kept."""

    def __init__(self, place, with_certificate=True, timeout=PATIENCE):
        self.connection = http.client.HTTPSConnection("localhost", place.port, timeout=timeout,
                                                      context=place.keys.context(with_certificate))

    def __enter__(self):
        return self

    def __exit__(self, *what):
        self.connection.close()

    def ask(self, method, path, body=None, headers=()):
        self.connection.request(method, path, body=body, headers=dict(headers))
        return Reply(self.connection.getresponse())

    def post(self, path, item, headers=()):
        body = item if isinstance(item, bytes) else json.dumps(item).encode()
        return self.ask("POST", path, body, {**JSON, **dict(headers)})

    def review(self, item, webhook="validate", query=""):
        return self.post(f"/{webhook}/{item['request']['resource']['resource']}{query}", item)


class Place:
    """A folder with a policy, and the guard that is started there."""

    def __init__(self, folder, keys):
        self.folder, self.keys = folder, keys
        self.policy = os.path.join(folder, "policy")
        self.audit = os.path.join(folder, "audit.jsonl")
        self.pair = [os.path.join(folder, name) for name in ("tls.crt", "tls.key")]
        os.makedirs(self.policy)
        self.write("config.yaml", CONFIG)
        self.write("tenants.yaml", TENANT)
        for source, target in zip(keys.server, self.pair):
            shutil.copy(source, target)
        self.process = None
        self.port = 0

    def __enter__(self):
        return self

    def __exit__(self, kind, *what):
        if self.process and self.process.poll() is None:
            self.process.kill()
            self.process.wait()
            assert kind, "the test left its guard running"

    def write(self, name, text):
        """Into the policy folder, whole or not at all."""
        path = os.path.join(self.policy, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path + "~", "w", encoding="utf-8") as file:
            file.write(text)
        os.replace(path + "~", path)

    def remove(self, name):
        os.unlink(os.path.join(self.policy, name))

    def arguments(self, audit=None, **options):
        """The usual command line; an option None is left out, True has no value, a list is repeated."""
        options = {"webhooks-only": True, "webhook-address": "127.0.0.1:0", "tls-cert": self.pair[0],
                   "tls-key": self.pair[1], "client-ca": self.keys.authority.certificate, "policy": self.policy,
                   "audit-log": audit or self.audit, "shutdown-delay": "0",
                   **{name.replace("_", "-"): value for name, value in options.items()}}
        words = [os.environ["KUBELB"], "manager"]
        for name, value in options.items():
            for each in value if isinstance(value, list) else [value]:
                words += [] if each is None else ["--" + name] if each is True else ["--" + name, each]
        return words

    def log(self):
        path = os.path.join(self.folder, "log")
        return open(path, encoding="utf-8").read() if os.path.exists(path) else ""

    def run(self, **options):
        """Until it ends by itself: its exit status and what it said."""
        result = subprocess.run(self.arguments(**options), capture_output=True, text=True, timeout=PATIENCE, check=False)
        return result.returncode, result.stderr

    def start(self, stdout=subprocess.DEVNULL, **options):
        with open(os.path.join(self.folder, "log"), "w", encoding="utf-8") as log:
            self.process = subprocess.Popen(self.arguments(**options), stdout=stdout, stderr=log)
        self.wait(lambda: re.search(r"\(port (\d+)\)", self.log()), "it serves")
        self.port = int(re.search(r"\(port (\d+)\)", self.log())[1])

    def wait(self, holds, what):
        end = time.monotonic() + PATIENCE
        while not holds():
            assert self.process.poll() is None, f"it ended with {self.process.returncode} before {what}"
            assert time.monotonic() < end, f"in vain: {what}"
            time.sleep(0.02)

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        status = self.process.wait(timeout=PATIENCE)
        assert status == 0, f"it ended with {status}"

    @contextlib.contextmanager
    def guard(self, **options):
        """Started, and ended well. Gives a client."""
        self.start(**options)
        with Client(self) as client:
            yield client
        self.stop()

    def decisions(self):
        with open(self.audit, encoding="ascii") as file:
            return [json.loads(line) for line in file]
