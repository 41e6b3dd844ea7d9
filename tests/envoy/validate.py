#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The real Envoy, named by ENVOY, checks what is generated: both bootstraps, and every resource of
generated.json as a static configuration. Without ENVOY skipped, loudly; a failure where CI=true."""
import copy
import json
import os
import pathlib
import subprocess
import sys
import tempfile

SKIPPED = 77
TYPES = "type.googleapis.com/envoy."
HERE = pathlib.Path(os.environ.get("srcdir", pathlib.Path(__file__).parents[2])) / "tests/envoy"


def make_pair(folder):
    """A key pair under the names that the bootstrap expects."""
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
         "-nodes", "-days", "2", "-subj", "/CN=test", "-keyout", folder / "key.pem",
         "-out", folder / "certificate.pem"],
        check=True, capture_output=True)
    (folder / "ca.pem").write_bytes((folder / "certificate.pem").read_bytes())


def static_bootstrap(generated, pki):
    """Everything as static resources; each RouteConfiguration inline in a listener of its own."""
    bootstrap = json.loads((HERE / "bootstrap-socket.json").read_text())
    static = bootstrap["static_resources"]
    static["clusters"] += generated["cluster"].values()
    static["listeners"] = list(generated["listener"].values())
    static["secrets"] = list(generated["secret"].values())
    for secret in static["secrets"]:
        pair = secret["tls_certificate"]
        pair["certificate_chain"]["inline_string"] = (pki / "certificate.pem").read_text()
        pair["private_key"]["inline_string"] = (pki / "key.pem").read_text()
    for endpoints in generated["endpoints"].values():
        cluster = copy.deepcopy(generated["cluster"][endpoints["cluster_name"]])
        cluster.update(name="static-" + cluster["name"], type="STATIC", load_assignment=endpoints)
        del cluster["eds_cluster_config"]
        static["clusters"].append(cluster)
    for number, routes in enumerate(generated["routes"].values()):
        listener = copy.deepcopy(generated["listener"]["http"])
        listener["name"] = "inline-" + routes["name"]
        listener["address"]["socket_address"]["port_value"] += 1 + number
        manager = listener["filter_chains"][0]["filters"][0]["typed_config"]
        del manager["rds"]
        manager["route_config"] = dict(routes, validate_clusters=False)
        static["listeners"].append(listener)
    return bootstrap


def validate(envoy, name, bootstrap, folder):
    path = folder / "bootstrap.json"
    path.write_text(json.dumps(bootstrap))
    done = subprocess.run([envoy, "--mode", "validate", "-c", path, "--log-level", "warning"],
                          cwd=folder, capture_output=True, text=True)
    # The only way to name a UDP cluster that is not deprecated is a feature in progress.
    noise = "\n".join(line for line in done.stderr.splitlines() if "work-in-progress" not in line)
    if done.returncode or noise:
        print(f"{name}: {noise or done.stdout}", file=sys.stderr)
        return False
    print(f"{name}: valid")
    return True


def main():
    envoy = os.environ.get("ENVOY")
    if not envoy:
        print("SKIPPED: ENVOY does not name an Envoy", file=sys.stderr)
        return 1 if os.environ.get("CI") == "true" else SKIPPED
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        (folder / "pki").mkdir()
        make_pair(folder / "pki")
        subprocess.run(["tests/envoy/bootstrap", "pki", folder / "pki"], check=True)
        cases = {path.name: json.loads(path.read_text()) for path in sorted(HERE.glob("bootstrap-*.json"))}
        generated = json.loads((HERE / "generated.json").read_text())
        cases["generated.json"] = static_bootstrap(generated, folder / "pki")
        results = [validate(envoy, case, bootstrap, folder) for case, bootstrap in cases.items()]
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
