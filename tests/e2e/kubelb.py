# SPDX-License-Identifier: Apache-2.0
"""A running `kubelb run -o json`: its report as it stands, and its orderly end."""
import json
import os
import signal
import subprocess
import threading
import time


def subset(expected, actual):
    """Whether actual holds everything of expected; of a list, an element for each one expected. What is
    expected to be null is not there."""
    if isinstance(expected, dict):
        return isinstance(actual, dict) and all(subset(v, actual.get(k)) for k, v in expected.items())
    if isinstance(expected, list):
        return isinstance(actual, list) and all(any(subset(e, a) for a in actual) for e in expected)
    return expected == actual


class Kubelb:
    def __init__(self, program, folder, state, log, arguments=()):
        self.state = state
        self.log = log
        self.lines = []
        self.changed = threading.Condition()
        self.process = subprocess.Popen(
            [program, "run", folder, "-o", "json", "--state", state, *arguments],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=open(log, "a"), start_new_session=True)
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def _read(self):
        for text in self.process.stdout:
            try:
                line = json.loads(text)
            except ValueError:
                line = {"unreadable": text.decode(errors="replace")}
            with self.changed:
                self.lines.append(line)
                self.changed.notify_all()
        with self.changed:
            self.changed.notify_all()

    def current(self):
        """The last line of each object."""
        with self.changed:
            return list({tuple(str(line.get(key)) for key in ("tenant", "kind", "namespace", "name", "file")): line
                         for line in self.lines if line.get("result") != "ready"}.values())

    def wait(self, condition, seconds):
        """Waits until condition() holds, which is asked at every line; False when it never does."""
        end = time.monotonic() + seconds
        with self.changed:
            while not condition():
                left = end - time.monotonic()
                if left <= 0 or not self.reader.is_alive():
                    return False
                self.changed.wait(left)
        return True

    def mark(self):
        """A place in the report, for wait_ready()."""
        with self.changed:
            return len(self.lines)

    def wait_ready(self, mark, seconds):
        """Waits for a `ready` behind the mark."""
        return self.wait(lambda: any(line.get("result") == "ready" for line in self.lines[mark:]), seconds)

    def find(self, expected):
        """The current line of an object that holds all of expected, or None."""
        return next((line for line in self.current() if subset(expected, line)), None)

    def address(self, target):
        """`tenant/kind/name:port` to the (ip, port) that the report gives for it, or None."""
        path, _, port = target.rpartition(":")
        tenant, kind, name = path.split("/")
        line = self.find({"tenant": tenant, "kind": kind, "name": name})
        for address in (line or {}).get("addresses") or []:
            if address["port"] == int(port):
                return address["ip"], address["port"]
        return None

    def stop(self, seconds=10):
        """SIGTERM. Returns the exit status, or None after killing what did not end in time."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            status = self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            status = None
        self.reader.join()
        return status

    def left_behind(self):
        """Command lines of processes that still work on our state folder."""
        found = []
        for pid in filter(str.isdigit, os.listdir("/proc")):
            try:
                with open(f"/proc/{pid}/cmdline", "rb") as file:
                    command = file.read().replace(b"\0", b" ").decode(errors="replace")
            except OSError:
                continue
            if self.state in command and int(pid) != os.getpid():
                found.append(f"{pid} {command}")
        return found
