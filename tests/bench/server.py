# SPDX-License-Identifier: Apache-2.0
"""A server under measurement: pinned to a core, with what it has cost so far."""
import http.client
import json
import os
import signal
import ssl
import subprocess
import time

PATIENCE_S = 60


class Server:
    def __init__(self, name, command, port, paths, log):
        """paths: what is asked of it, "/validate" and "/mutate", by the review that is sent."""
        self.name = name
        self.port = port
        self.paths = paths
        with open(log, "wb") as file:
            self.popen = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=file, stderr=file)
        self.wait(log)

    def wait(self, log):
        end = time.monotonic() + PATIENCE_S
        while time.monotonic() < end and self.popen.poll() is None:
            try:
                self.connect().connect()
                return
            except OSError:
                time.sleep(0.1)
        with open(log, encoding="utf-8", errors="replace") as file:
            raise SystemExit(f"{self.name} did not start:\n{file.read()[-2000:]}")

    def connect(self):
        context = ssl.create_default_context()
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        return http.client.HTTPSConnection("127.0.0.1", self.port, timeout=10, context=context)

    def ask(self, path, body):
        """The response to one review, which has to be allowed for a measurement to mean anything."""
        connection = self.connect()
        connection.request("POST", path, body, {"Content-Type": "application/json"})
        reply = connection.getresponse()
        text = reply.read()
        connection.close()
        if reply.status != 200:
            raise SystemExit(f"{self.name} {path}: status {reply.status}: {text[:500]}")
        response = json.loads(text)["response"]
        if response["allowed"] is not True:
            raise SystemExit(f"{self.name} {path}: refused: {text[:500]}")
        return response

    def handshakes(self, count):
        """CPU time of one full handshake, connection and end, in microseconds."""
        before = self.cpu_us()
        for _ in range(count):
            connection = self.connect()
            connection.connect()
            connection.close()
        return (self.cpu_us() - before) / count

    def cpu_us(self):
        """CPU time of all its threads so far."""
        total = 0
        for task in os.listdir(f"/proc/{self.popen.pid}/task"):
            with open(f"/proc/{self.popen.pid}/task/{task}/schedstat", encoding="ascii") as file:
                total += int(file.read().split()[0])
        return total / 1000

    def memory_kib(self):
        """Resident memory now, and at its peak."""
        found = {}
        with open(f"/proc/{self.popen.pid}/status", encoding="ascii") as file:
            for line in file:
                key, _, value = line.partition(":")
                if key in ("VmRSS", "VmHWM"):
                    found[key] = int(value.split()[0])
        return found["VmRSS"], found["VmHWM"]

    def stop(self):
        self.popen.send_signal(signal.SIGTERM)
        try:
            self.popen.wait(20)
        except subprocess.TimeoutExpired:
            self.popen.kill()
            self.popen.wait()
