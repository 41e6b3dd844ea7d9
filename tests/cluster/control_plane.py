# SPDX-License-Identifier: Apache-2.0
"""A real etcd, kube-apiserver and kube-controller-manager, and kubectl as whoever is asked for."""
import base64
import json
import os
import subprocess

from certificate import Authority, openssl
from process import Process, answers

ADDRESS = "127.0.0.1"
PORT = 6443
SERVER = f"https://{ADDRESS}:{PORT}"
ETCD = "http://127.0.0.1:2379"
ETCD_PEER = "http://127.0.0.1:2380"
ISSUER = "https://kubernetes.default.svc"
# Those whose work the guard has to let through, and what they need.
CONTROLLERS = "namespace-controller,garbage-collector-controller,serviceaccount-controller"
DEADLINE = 180  # seconds for one kubectl


def encoded(path):
    with open(path, "rb") as file:
        return base64.b64encode(file.read()).decode()


def write_json(path, value):
    """JSON is YAML, so this writes what Kubernetes' programs read. Only we may read it."""
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        json.dump(value, file)
    return path


class ControlPlane:
    """folder takes its data and logs, programs is where the four programs are. certificate_hosts are the
    names of webhooks to which the API server shows its client certificate; to others it shows none."""

    def __init__(self, folder, programs, certificate_hosts):
        self.folder = folder
        self.programs = programs
        self.authority = Authority(self.path("ca"))
        self.webhook_clients = Authority(self.path("webhook-clients"))
        self.certificate_hosts = certificate_hosts
        self.processes = []
        self.users = {}

    def path(self, name):
        return os.path.join(self.folder, name)

    def program(self, name):
        return os.path.join(self.programs, name)

    def run(self, name, *arguments):
        process = Process([self.program(name), *arguments], self.path(name + ".log"))
        self.processes.append(process)
        return process

    def kubeconfig(self, name, user, namespace="default"):
        path = write_json(self.path(name + ".kubeconfig"), {
            "apiVersion": "v1", "kind": "Config", "current-context": "it",
            "clusters": [{"name": "it", "cluster": {
                "server": SERVER, "certificate-authority-data": encoded(self.authority.certificate)}}],
            "users": [{"name": "it", "user": user}],
            "contexts": [{"name": "it", "context": {"cluster": "it", "user": "it", "namespace": namespace}}]})
        self.users[name] = path
        return path

    def certificate_user(self, name, subject):
        """A user whom the API server knows by a client certificate."""
        certificate, key = self.authority.issue(name, subject=subject)
        return self.kubeconfig(name, {"client-certificate-data": encoded(certificate), "client-key-data": encoded(key)})

    def token_user(self, name, namespace, service_account):
        """A ServiceAccount that exists, by a token that the API server made for it."""
        token = self.kubectl("admin", "create", "token", service_account, "-n", namespace, check=True).stdout.strip()
        return self.kubeconfig(name, {"token": token}, namespace)

    def webhook_credentials(self):
        """The API server's configuration that makes it show webhooks a client certificate."""
        certificate, key = self.webhook_clients.issue("kube-apiserver", subject="/CN=kube-apiserver")
        user = {"client-certificate": certificate, "client-key": key}
        kubeconfig = write_json(self.path("webhooks.kubeconfig"), {
            "apiVersion": "v1", "kind": "Config",
            "users": [{"name": host, "user": user} for host in self.certificate_hosts]})
        configuration = {"apiVersion": "apiserver.config.k8s.io/v1", "kind": "WebhookAdmissionConfiguration",
                         "kubeConfigFile": kubeconfig}
        return write_json(self.path("admission.json"), {
            "apiVersion": "apiserver.config.k8s.io/v1", "kind": "AdmissionConfiguration",
            "plugins": [{"name": name, "configuration": configuration}
                        for name in ("MutatingAdmissionWebhook", "ValidatingAdmissionWebhook")]})

    def start(self):
        etcd = self.run("etcd", "--data-dir", self.path("etcd"), "--listen-client-urls", ETCD, "--unsafe-no-fsync",
                        "--advertise-client-urls", ETCD, "--listen-peer-urls", ETCD_PEER, "--name", "it",
                        "--initial-advertise-peer-urls", ETCD_PEER, "--initial-cluster", f"it={ETCD_PEER}")
        certificate, key = self.authority.issue("kube-apiserver", ["localhost", ADDRESS])
        openssl("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", self.path("sa.key"))
        openssl("pkey", "-in", self.path("sa.key"), "-pubout", "-out", self.path("sa.pub"))
        self.certificate_user("admin", "/O=system:masters/CN=admin")
        etcd.wait_until(lambda: answers(ADDRESS, 2379, "/health", expected=b'"true"'))
        api = self.run(
            "kube-apiserver", "--etcd-servers", ETCD, "--bind-address", ADDRESS, "--secure-port", str(PORT),
            # The loopback may be no Service's endpoint, and nobody here asks for one.
            "--advertise-address", ADDRESS, "--endpoint-reconciler-type", "none",
            "--tls-cert-file", certificate, "--tls-private-key-file", key,
            "--client-ca-file", self.authority.certificate, "--authorization-mode", "RBAC",
            "--service-cluster-ip-range", "10.96.0.0/16", "--service-account-issuer", ISSUER,
            "--service-account-key-file", self.path("sa.pub"),
            "--service-account-signing-key-file", self.path("sa.key"),
            "--admission-control-config-file", self.webhook_credentials(), "--profiling=false")
        api.wait_until(lambda: answers(ADDRESS, PORT, "/readyz", self.authority.certificate))

    def start_controllers(self):
        """Behind the CRDs: the garbage collector looks for new kinds twice a minute only. Each controller
        acts as a ServiceAccount of its own, as they do in a cluster."""
        self.certificate_user("controllers", "/CN=system:kube-controller-manager")
        self.run("kube-controller-manager", "--kubeconfig", self.users["controllers"], "--controllers", CONTROLLERS,
                 "--use-service-account-credentials", "--leader-elect=false", "--secure-port", "0",
                 "--root-ca-file", self.authority.certificate, "--profiling=false")

    def kubectl(self, user, *arguments, check=False, text=None, folder=None):
        """Runs kubectl as one of the users. check: whether it must end with 0."""
        environment = {"PATH": os.environ["PATH"], "HOME": self.folder, "KUBECONFIG": self.users[user],
                       "KUBECACHEDIR": self.path("cache")}
        result = subprocess.run([self.program("kubectl"), *arguments], input=text or "", capture_output=True,
                                text=True, check=False, cwd=folder, env=environment, timeout=DEADLINE)
        if check and result.returncode != 0:
            raise RuntimeError(f"kubectl {' '.join(arguments)}: {result.stderr}")
        return result

    def get(self, *what):
        """The object, or None."""
        result = self.kubectl("admin", "get", *what, "-o", "json")
        return json.loads(result.stdout) if result.returncode == 0 else None

    def apply(self, *objects):
        """Objects of ours, as admin."""
        text = json.dumps({"apiVersion": "v1", "kind": "List", "items": objects})
        return self.kubectl("admin", "apply", "--server-side", "--force-conflicts", "-f", "-", text=text, check=True)

    def stop(self):
        for process in reversed(self.processes):
            process.stop(2)  # the API server would wait for its watches; its data go anyway
