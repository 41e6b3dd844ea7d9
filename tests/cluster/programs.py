# SPDX-License-Identifier: Apache-2.0
"""The tests that are no list of steps. Each takes the hub and returns its faults."""
import json
import os
import subprocess

from guard import SERVICE, STRANGER, URLS
from rotation import rotate_under_writes

TESTS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..")


def load_balancer(name, ip="203.0.113.10"):
    return json.dumps({"apiVersion": "kubelb.k8c.io/v1alpha1", "kind": "LoadBalancer", "metadata": {"name": name},
                       "spec": {"endpoints": [{"addresses": [{"ip": ip}], "ports": [{"port": 31000}]}],
                                "ports": [{"port": 80}]}})


def reached(hub, way):
    """The guard changes what it lets by and refuses the rest when it is reached in this way."""
    hub.register(way)
    kubectl = hub.control_plane.kubectl
    created = kubectl("tenant-a", "create", "-o", "json", "-f", "-", text=load_balancer("reached"))
    refused = kubectl("tenant-a", "create", "-f", "-", text=load_balancer("refused", "127.0.0.1"))
    kubectl("tenant-a", "delete", "lb", "--all", check=True)
    faults = []
    if created.returncode != 0 or "tenant-a" not in json.loads(created.stdout)["metadata"].get("labels", {}).values():
        faults.append(f"by {way}: not created, or not changed: {created.stdout}{created.stderr}")
    if refused.returncode == 0 or "LB004" not in refused.stderr:
        faults.append(f"by {way}: not refused: {refused.stderr}")
    return faults


def reached_in_every_way(hub):
    """As a Service, by a host name and by both kinds of loopback URL: the API server offers HTTP/2 in the last
    two alone, so a test by localhost only would not see what production sees."""
    return [fault for way in (SERVICE, *URLS) for fault in reached(hub, way)]


def client_certificate_demanded(hub):
    """Under a name for which the API server has no certificate the same guard judges nothing."""
    hub.register(STRANGER)
    kubectl = hub.control_plane.kubectl
    refused = kubectl("tenant-a", "create", "-f", "-", text=load_balancer("nobody"))
    hub.register(SERVICE)
    stored = kubectl("tenant-a", "get", "lb", "nobody")
    faults = []
    if refused.returncode == 0 or "failed calling webhook" not in refused.stderr or "LB004" in refused.stderr:
        faults.append(f"judged without a client certificate: {refused.stderr}")
    if stored.returncode == 0:
        faults.append("stored without the guard's word")
    return faults


def outside(hub, *command):
    """A test program that asks the API server alone, as its administrator."""
    plane = hub.control_plane
    result = subprocess.run(
        [os.path.join(TESTS, command[0]), *command[1:]], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, text=True, check=False, timeout=600,
        env={**os.environ, "KUBECTL": plane.program("kubectl"), "KUBECONFIG": plane.users["admin"],
             "KUBECACHEDIR": plane.path("cache")})
    return [] if result.returncode == 0 else [f"{command[0]} ended with {result.returncode}", result.stdout[-6000:]]


def crds(hub):
    """Our CRDs alone, without the guard."""
    return outside(hub, "crds/apply")


def official_gateway_api(hub):
    """Our verdicts beside those of the official CRDs of Gateway API."""
    folder = os.environ.get("KUBELB_GATEWAY_API")
    if not folder:
        return ["there are no official CRDs: ./dev test fetches them, or set KUBELB_GATEWAY_API"]
    return outside(hub, "differential/compare", os.path.join(folder, "experimental"))


def rotate_in_secrets(hub):
    """certs/rotate.sh on Secrets: interrupted, twice at once, after changes by hand."""
    return outside(hub, "certs/cluster")


# Before the guard is registered, and after.
UNGUARDED = {
    "crds": crds,
    "official-gateway-api": official_gateway_api,
    "rotate-in-secrets": rotate_in_secrets,
}
PROGRAMS = {
    "reached-in-every-way": reached_in_every_way,
    "client-certificate-demanded": client_certificate_demanded,
    "rotation-under-writes": rotate_under_writes,
}
