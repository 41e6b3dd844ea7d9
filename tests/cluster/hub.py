# SPDX-License-Identifier: Apache-2.0
"""A hub as an operator sets it up: the control plane, our CRDs, two tenants and their rights, the guard."""
import glob
import json
import os
import time

import namespace
from certificate import Authority
from control_plane import ControlPlane
from guard import ADDRESS, HOST, SERVICE, STRANGER, URLS, Guard, host_of, registered, service

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
CRDS = os.path.join(ROOT, "charts", "kubelb-manager", "crds")
MANIFESTS = os.environ.get("KUBELB_WEBHOOKS", os.path.join(ROOT, "webhooks"))
POLICY = os.path.join(HERE, "policy")
GROUP = "kubelb.k8c.io"
# xr8bmnsvch is the tenant of the documented examples.
TENANTS = ("tenant-a", "tenant-b", "tenant-xr8bmnsvch")
OWN = ["loadbalancers", "routes", "addresses", "syncsecrets"]
PATIENCE = 180  # seconds until the API server uses a configuration; a busy machine
# Nobody's, refused by all that judge LoadBalancers, and with a dry run never stored.
PROBE = json.dumps({"apiVersion": f"{GROUP}/v1alpha1", "kind": "LoadBalancer",
                    "metadata": {"name": "probe", "namespace": "tenant-a"},
                    "spec": {"endpoints": [{"addresses": [{"ip": "127.0.0.1"}], "ports": [{"port": 1}]}],
                             "ports": [{"port": 1}]}})


def named(api, kind, name, namespace=None, **more):
    metadata = {"name": name, **({"namespace": namespace} if namespace else {})}
    return {"apiVersion": api, "kind": kind, "metadata": metadata, **more}


def tenant(name):
    """A tenant's namespace, its agent's ServiceAccount and what that may do."""
    rights = [{"apiGroups": [GROUP], "resources": OWN, "verbs": ["*"]},
              {"apiGroups": [GROUP], "resources": [f"{resource}/status" for resource in OWN],
               "verbs": ["get", "update", "patch"]}]
    return [named("v1", "Namespace", name),
            named("v1", "ServiceAccount", "kubelb-ccm", name),
            named("rbac.authorization.k8s.io/v1", "Role", "kubelb-ccm", name, rules=rights),
            named("rbac.authorization.k8s.io/v1", "RoleBinding", "kubelb-ccm", name,
                  roleRef={"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "kubelb-ccm"},
                  subjects=[{"kind": "ServiceAccount", "name": "kubelb-ccm", "namespace": name}])]


def everything(user):
    """Kubernetes' own rights for a user whom the guard has to judge by itself."""
    return named("rbac.authorization.k8s.io/v1", "ClusterRoleBinding", f"everything-{user}",
                 roleRef={"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "cluster-admin"},
                 subjects=[{"apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": user}])


class Hub:
    """Inside a namespace.enter(). kubelb is the program, programs the control plane's folder."""

    def __init__(self, folder, programs, kubelb):
        self.folder = folder
        self.kubelb = kubelb
        self.policy = POLICY
        self.manifests = []
        self.guard = None
        self.authority = Authority(os.path.join(folder, "guard-ca"))
        self.control_plane = ControlPlane(folder, programs, [host_of(self.client_config()), *URLS])

    @staticmethod
    def client_config():
        return {"service": {"name": "kubelb-manager", "namespace": "kubelb"}}

    def start(self):
        namespace.add_address(ADDRESS)
        namespace.name_hosts(os.path.join(self.folder, "hosts"), {HOST: "127.0.0.1", STRANGER: "127.0.0.1", host_of(self.client_config()): ADDRESS})
        self.control_plane.start()
        self.control_plane.kubectl("admin", "create", "-f", CRDS, check=True)
        self.control_plane.kubectl("admin", "wait", "--for=condition=Established", "crd", "--all", check=True)
        self.control_plane.start_controllers()
        self.control_plane.apply(named("v1", "Namespace", "kubelb"),
                                 *(item for name in TENANTS for item in tenant(name)),
                                 *(everything(user) for user in ("operator", "stranger")))
        for name in TENANTS:
            self.control_plane.token_user(name, name, "kubelb-ccm")
        for name in ("operator", "stranger"):
            self.control_plane.certificate_user(name, f"/CN={name}")
        self.manifests = self.read_manifests()
        client = self.manifests[0]["webhooks"][0]["clientConfig"]
        self.control_plane.apply(service(client))
        self.start_guard([host_of(client), *URLS, STRANGER])

    def start_guard(self, hosts):
        certificate, key = self.authority.issue("guard", hosts)
        self.guard = Guard(self.kubelb, self.folder, self.policy, certificate, key,
                           self.control_plane.webhook_clients.certificate)
        self.guard.start(self.authority.certificate)

    def read_manifests(self):
        """webhooks/*.yaml, read by kubectl: a list of the configurations."""
        found = []
        for path in sorted(glob.glob(os.path.join(MANIFESTS, "*.yaml"))):
            text = self.control_plane.kubectl("admin", "create", "--dry-run=client", "-o", "json", "-f", path,
                                              check=True).stdout
            item = json.loads(text)
            found += item["items"] if item["kind"] == "List" else [item]
        return found

    def register(self, way=SERVICE):
        """Registers the guard and waits until the API server asks it in this way."""
        objects = registered(self.manifests, self.authority.certificate, way)
        self.control_plane.apply(*objects)
        names = [f'"{webhook["name"]}"' for item in objects for webhook in item["webhooks"]]
        end = time.monotonic() + PATIENCE
        while True:
            said = self.control_plane.kubectl("tenant-a", "create", "--dry-run=server", "-f", "-", text=PROBE).stderr
            if any(name in said for name in names):
                return
            if time.monotonic() > end:
                raise RuntimeError(f"the API server does not ask {names[0]}: {said}")
            time.sleep(0.2)

    def tidy(self):
        """What a failed test left must not make the next one fail."""
        for name in TENANTS:
            self.control_plane.kubectl("admin", "delete", "loadbalancers,routes,addresses,syncsecrets", "--all",
                                       "-n", name)

    def stop(self):
        """Returns the guard's exit status."""
        status = self.guard.stop() if self.guard else None
        self.control_plane.stop()
        return status
