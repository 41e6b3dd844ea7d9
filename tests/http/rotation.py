# SPDX-License-Identifier: Apache-2.0
"""Certificates and client CA replaced while the server runs, files that are no use, and the end of service."""
import os
import shutil
import signal
import ssl
import tempfile
import threading
import time

from site_under_test import Authority, Peer, Site, good, issue_server


class Files:
    """A folder of certificates of its own that the server reads, and another CA than the one it began with."""

    def __init__(self, pki):
        self.folder = tempfile.mkdtemp(dir=pki.folder)
        self.pair = [os.path.join(self.folder, name) for name in ("tls.crt", "tls.key")]
        self.client_ca = os.path.join(self.folder, "client-ca.crt")
        self.put(pki.pair)
        self.put_ca(pki.clients)

    def put(self, pair):
        for source, target in zip(pair, self.pair):
            replace(source, target)

    def put_ca(self, *authorities):
        with open(self.client_ca + ".new", "w", encoding="ascii") as file:
            for authority in authorities:
                with open(authority.certificate, encoding="ascii") as source:
                    file.write(source.read())
        os.rename(self.client_ca + ".new", self.client_ca)


def replace(source, target):
    shutil.copyfile(source, target + ".new")
    os.rename(target + ".new", target)


def serve(pki, files, *options):
    return Site(pki, *options, pair=files.pair, client_ca=files.client_ca)


def serial(site):
    """Of the certificate that a new connection is shown."""
    with site.peer(()) as peer:
        return peer.tls.getpeercert()["serialNumber"]


def serial_of(pair):
    return ssl._ssl._test_decode_cert(pair[0])["serialNumber"]


def wait_serial(site, pair, within=10):
    until = time.monotonic() + within
    while serial(site) != serial_of(pair):
        assert time.monotonic() < until, "the new pair is not shown: " + site.text()
        time.sleep(0.02)


def fresh(pki, **how):
    return issue_server(pki.serving, into=tempfile.mkdtemp(dir=pki.folder), **how)


def pair_replaced_is_served_and_old_connections_stay(pki):
    files, new = Files(pki), fresh(pki)
    # The clock alone would take an hour: it is the folder that is watched.
    with serve(pki, files, "poll-ms=3600000") as site, site.peer() as old:
        files.put(new)
        wait_serial(site, new)
        assert old.ask().status == 200
        assert site.wait(lambda now: now["reloads"] == 1)["last_reload_failed"] is False


def pair_written_in_place_is_served(pki):
    files, new = Files(pki), fresh(pki)
    with serve(pki, files, "poll-ms=3600000") as site:
        for source, target in zip(new, files.pair):
            shutil.copyfile(source, target)
        wait_serial(site, new)


def pair_behind_swapped_link_is_served(pki):
    """As Kubernetes writes a Secret: files are links through ..data, which is renamed over."""
    files, new = Files(pki), fresh(pki)
    volume = tempfile.mkdtemp(dir=pki.folder)

    def version(name, pair):
        os.mkdir(os.path.join(volume, name))
        for source, target in zip(pair, ("tls.crt", "tls.key")):
            shutil.copyfile(source, os.path.join(volume, name, target))
        os.symlink(name, os.path.join(volume, "..data_tmp"))
        os.rename(os.path.join(volume, "..data_tmp"), os.path.join(volume, "..data"))

    version("..1", pki.pair)
    for i, name in enumerate(("tls.crt", "tls.key")):
        files.pair[i] = os.path.join(volume, name)
        os.symlink(os.path.join("..data", name), files.pair[i])
    with serve(pki, files, "poll-ms=3600000") as site:
        assert serial(site) == serial_of(pki.pair)
        version("..2", new)
        wait_serial(site, new)
        shutil.rmtree(os.path.join(volume, "..1"))
        good(site)


def pair_in_folder_that_cannot_be_watched_found_by_the_clock(pki):
    """Only the link's own folder is watched; what it leads to is elsewhere."""
    files, new = Files(pki), fresh(pki)
    links = tempfile.mkdtemp(dir=pki.folder)
    targets = list(files.pair)
    files.pair = [os.path.join(links, name) for name in ("tls.crt", "tls.key")]
    for target, link in zip(targets, files.pair):
        os.symlink(target, link)
    with serve(pki, files, "poll-ms=200") as site:
        for source, target in zip(new, targets):
            replace(source, target)
        wait_serial(site, new)


def hangup_reads_the_files(pki):
    files, new = Files(pki), fresh(pki)
    links = tempfile.mkdtemp(dir=pki.folder)
    targets = list(files.pair)
    files.pair = [os.path.join(links, name) for name in ("tls.crt", "tls.key")]
    for target, link in zip(targets, files.pair):
        os.symlink(target, link)
    with serve(pki, files, "poll-ms=3600000") as site:
        for source, target in zip(new, targets):
            replace(source, target)
        site.process.send_signal(signal.SIGHUP)
        wait_serial(site, new)


def pair_that_is_no_use_leaves_the_old_one(pki):
    files = Files(pki)
    first, second = fresh(pki), fresh(pki)
    expired, early = fresh(pki, begins=-9, ends=-1), fresh(pki, begins=1, ends=9)

    def write(index, text):
        with open(files.pair[index], "w", encoding="ascii") as file:
            file.write(text)

    def half():
        with open(first[0], encoding="ascii") as file:
            write(0, file.read()[:300])

    bad = {"half a file": half, "garbage": lambda: write(0, "garbage"), "empty": lambda: write(0, ""),
           "key of another": lambda: files.put((first[0], second[1])), "expired": lambda: files.put(expired),
           "not valid yet": lambda: files.put(early), "no key": lambda: os.remove(files.pair[1])}
    with serve(pki, files, "poll-ms=50") as site, site.peer() as peer:
        for name, spoil in bad.items():
            before = site.stats()
            spoil()
            site.wait(lambda now: now["reload_failures"] > before["reload_failures"] and now["last_reload_failed"])
            assert serial(site) == serial_of(pki.pair), name
            assert peer.ask().status == 200
            lines = site.text().count("stays as it was")
            time.sleep(0.3)
            assert site.text().count("stays as it was") == lines, "one line for one failure: " + site.text()
            assert site.stats()["reloads"] == before["reloads"], name
            # What is good again is taken.
            files.put(second)
            wait_serial(site, second)
            assert not site.stats()["last_reload_failed"]
            files.put(pki.pair)
            wait_serial(site, pki.pair)


def client_ca_that_is_no_use_leaves_the_old_one(pki):
    files = Files(pki)
    with serve(pki, files, "poll-ms=50") as site:
        for text in ("", "garbage", None):
            failures = site.stats()["reload_failures"]
            if text is None:
                os.remove(files.client_ca)
            else:
                with open(files.client_ca, "w", encoding="ascii") as file:
                    file.write(text)
            site.wait(lambda now: now["reload_failures"] > failures and now["last_reload_failed"])
            good(site)
            files.put_ca(pki.clients)
            site.wait(lambda now: not now["last_reload_failed"])


def client_ca_replaced_with_overlap_then_old_refused(pki):
    files, other = Files(pki), Authority(os.path.join(pki.folder, "next-clients"))
    stranger = other.issue("stranger")
    with serve(pki, files, "poll-ms=3600000") as site, site.peer() as old, site.peer(stranger) as new:
        assert old.ask().status == 200
        assert site.ask("GET", "/private", None, None, client=stranger).status == 403
        files.put_ca(pki.clients, other)
        site.wait(lambda now: now["reloads"] == 1)
        # On connections that were there before: each is held against the authorities of now.
        assert (old.ask().status, new.ask().status) == (200, 200)
        files.put_ca(other)
        site.wait(lambda now: now["reloads"] == 2)
        assert (old.ask("GET", "/private", None, None).status, new.ask().status) == (403, 200)
        assert site.ask("GET", "/private", None, None).status == 403


def certificate_of_client_that_ends_is_refused_on_its_connection(pki):
    brief = pki.clients.issue("brief", ends=4 / 86400)
    with Site(pki) as site, site.peer(brief) as peer:
        assert peer.ask().status == 200
        until = time.monotonic() + 12
        while (reply := peer.ask("GET", "/private", None, None)).status == 200:
            assert time.monotonic() < until
            time.sleep(0.2)
        assert reply.status == 403 and "expired" in reply.json()["message"]


def load(site, pki, stop, troubles, counts, keep):
    """Asks without pause, on one connection or on a new one each time; what fails is told."""
    context = ssl.create_default_context(cafile=pki.serving.certificate)
    context.load_cert_chain(*pki.client)
    try:
        peer = Peer(site, context=context)
        while not stop.is_set():
            if not keep:
                peer.tls.close()
                peer = Peer(site, context=context)
            assert peer.ask().status == 200
            counts.append(1)
            time.sleep(0.003)
        peer.tls.close()
    except Exception as error:
        troubles.append(repr(error))


class Load:
    def __init__(self, site, pki, threads=4):
        self.stop, self.troubles, self.counts = threading.Event(), [], []
        self.threads = [threading.Thread(target=load, args=(site, pki, self.stop, self.troubles, self.counts, i % 2))
                        for i in range(threads)]

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *what):
        self.stop.set()
        for thread in self.threads:
            thread.join()


def fifty_rotations_under_load_fail_nothing(pki):
    files = Files(pki)
    pairs = [fresh(pki), fresh(pki)]
    other = Authority(os.path.join(pki.folder, "rotating-clients"))
    with serve(pki, files, "poll-ms=1000") as site, Load(site, pki) as asked:
        for i in range(50):
            files.put(pairs[i % 2])
            if i % 5 == 0:
                files.put_ca(*((pki.clients, other) if i % 2 else (other, pki.clients)))
            wait_serial(site, pairs[i % 2])
        asked.stop.set()
        now = site.stats()
        assert not asked.troubles, asked.troubles
        assert len(asked.counts) > 100
        assert now["reloads"] >= 50 and now["refused"]["handshake"] == 0, now


def drain_answers_what_is_under_way_and_closes_the_rest(pki):
    # A handler that waits holds up its thread: one for each connection, and one for who looks on.
    site = Site(pki, "threads=4")
    idle, busy, half = site.peer(), site.peer(), site.peer()
    with idle, busy, half:
        assert idle.ask().status == 200
        head = "POST {} HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n"
        busy.send(head.format("/slow/1200") + "{}")
        half.send(head.format("/echo") + "{")
        site.wait(lambda now: now["in_flight"] == 3)
        site.process.send_signal(signal.SIGTERM)
        assert idle.is_closed(5)
        half.send("}")
        for peer in (half, busy):
            reply = peer.reply()
            assert (reply.status, reply.header["connection"]) == (200, "close")
            assert peer.is_closed()
        try:
            site.peer()
            raise AssertionError("a new connection was taken")
        except OSError:
            pass
    assert site.stop() == 0


def drain_under_load_fails_no_request_that_was_sent(pki):
    """Clients as Go's: a connection that was told to close is not asked again."""
    for _ in range(3):
        site = Site(pki)
        troubles, counts, gone, there = [], [], [], threading.Barrier(9)

        def client():
            with site.peer() as peer:
                there.wait()
                while True:
                    try:
                        reply = peer.ask()
                    except Exception as error:
                        troubles.append(repr(error))
                        return
                    counts.append(reply.status)
                    if reply.header.get("connection", "").lower() == "close":
                        gone.append(1)
                        return

        threads = [threading.Thread(target=client) for _ in range(8)]
        for thread in threads:
            thread.start()
        there.wait()
        while len(counts) < 200:
            time.sleep(0.01)
        status = site.stop(15)
        for thread in threads:
            thread.join()
        assert (status, troubles, len(gone)) == (0, [], 8), (status, troubles)
        assert set(counts) == {200}


def start_without_usable_files_refused(pki):
    files, expired = Files(pki), fresh(pki, begins=-9, ends=-1)
    for spoil, why in ((lambda: files.put(expired), "has expired"),
                       (lambda: files.put((pki.pair[0], pki.client[1])), "does not serve"),
                       (lambda: os.remove(files.pair[0]), "tls.crt")):
        spoil()
        try:
            serve(pki, files).stop()
        except AssertionError as error:
            assert why in str(error), error
            continue
        raise AssertionError("it started: " + why)
