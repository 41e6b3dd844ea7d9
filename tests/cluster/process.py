# SPDX-License-Identifier: Apache-2.0
"""A program that runs beside the tests, with a log and an end."""
import http.client
import signal
import ssl
import subprocess
import time

PATIENCE = 180  # seconds; a busy machine


class DidNotStart(Exception):
    """With the end of its log."""


def answers(host, port, path, authority=None, expected=b"ok", status=200):
    """Whether GET answers the status, with the text expected; over TLS where an authority is given."""
    try:
        if authority:
            context = ssl.create_default_context(cafile=authority)
            connection = http.client.HTTPSConnection(host, port, timeout=2, context=context)
        else:
            connection = http.client.HTTPConnection(host, port, timeout=2)
        connection.request("GET", path)
        reply = connection.getresponse()
        return reply.status == status and expected in reply.read()
    except (OSError, http.client.HTTPException):
        return False


class Process:
    def __init__(self, command, log):
        self.name = command[0]
        self.log = log
        with open(log, "ab") as file:
            self.popen = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=file, stderr=file,
                                          start_new_session=True)

    def wait_until(self, ready):
        end = time.monotonic() + PATIENCE
        while not ready():
            if self.popen.poll() is not None or time.monotonic() > end:
                raise DidNotStart(f"{self.name} is not ready\n{self.tail()}")
            time.sleep(0.05)

    def tail(self, lines=30):
        with open(self.log, encoding="utf-8", errors="replace") as file:
            return "".join(file.readlines()[-lines:])

    def signal(self, number):
        self.popen.send_signal(number)

    def stop(self, seconds=15):
        """SIGTERM. Returns the exit status, or None after killing what did not end in time."""
        if self.popen.poll() is None:
            self.popen.send_signal(signal.SIGTERM)
        try:
            return self.popen.wait(seconds)
        except subprocess.TimeoutExpired:
            self.popen.kill()
            self.popen.wait()
            return None
