# SPDX-License-Identifier: Apache-2.0
"""Keys and certificates made on the spot, so that no key lies in the tree."""
import base64
import os
import re
import subprocess

ADDRESS = re.compile(r"[0-9.]+$|.*:")

SECRET = """\
apiVersion: v1
kind: Secret
metadata:
  name: {name}
  namespace: {namespace}
type: kubernetes.io/tls
data:
  tls.crt: {certificate}
  tls.key: {key}
"""


def openssl(*arguments):
    subprocess.run(["openssl", *arguments], check=True, capture_output=True)


class Authority:
    """A CA of its own; `certificate` is the path that clients trust."""

    def __init__(self, folder):
        os.makedirs(folder, exist_ok=True)
        self.folder = folder
        self.certificate = os.path.join(folder, "ca.crt")
        self.key = os.path.join(folder, "ca.key")
        openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "3650",
                "-subj", "/CN=a CA for tests", "-keyout", self.key, "-out", self.certificate)

    def issue(self, name, hosts=(), subject=None):
        """Returns the paths of a certificate for hosts, names or addresses, and of its key."""
        pair = [os.path.join(self.folder, f"{name}.{part}") for part in ("crt", "key")]
        names = ",".join(f"IP:{host}" if ADDRESS.match(host) else f"DNS:{host}" for host in hosts)
        openssl("req", "-x509", "-CA", self.certificate, "-CAkey", self.key, "-newkey", "ec",
                "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "3650", "-subj", subject or f"/CN={hosts[0]}",
                *(["-addext", f"subjectAltName={names}"] if names else []),
                "-addext", "extendedKeyUsage=serverAuth" if hosts else "extendedKeyUsage=clientAuth",
                "-addext", "basicConstraints=critical,CA:FALSE", "-out", pair[0], "-keyout", pair[1])
        return pair

    def secret(self, name, hosts, namespace="default"):
        """Returns the text of a Secret manifest for hosts."""
        parts = [base64.b64encode(open(path, "rb").read()).decode() for path in self.issue(name, hosts)]
        return SECRET.format(name=name, namespace=namespace, certificate=parts[0], key=parts[1])
