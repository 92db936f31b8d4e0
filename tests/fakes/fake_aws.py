#!/usr/bin/env python3
"""A loopback AWS (STS, S3, EKS, ECR) that checks what it is asked; README.md describes it.

As a program it prints one JSON line {"port": …, "url": …, "pid": …} and serves until SIGTERM or
until its standard input ends, so that it cannot outlive a test run. As a module: FakeAws.
"""

import argparse
import http.client
import json
import os
import signal
import subprocess
import sys
import threading

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from awsfake.server import Server  # noqa: E402 (found through the line above)


class FakeAws:
    """Starts the fake as a process of its own and speaks its control interface."""

    def __init__(self, config=None, tls=None):
        command = [sys.executable, os.path.abspath(__file__), "--port", "0"]
        if tls is not None:
            command += ["--tls-cert", tls[0], "--tls-key", tls[1]]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError("the fake AWS did not start")
        self.port = json.loads(line)["port"]
        self.tls = tls
        self.url = "%s://127.0.0.1:%d" % ("https" if tls else "http", self.port)
        if config is not None:
            self.reset(config)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    def stop(self):
        if self.process.poll() is None:
            self.process.stdin.close()
            self.process.wait(10)
        self.process.stdout.close()

    def control(self, name, **arguments):
        if self.tls:
            import ssl

            context = ssl.create_default_context(cafile=self.tls[0])
            connection = http.client.HTTPSConnection("127.0.0.1", self.port, timeout=20, context=context)
        else:
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            connection.request(
                "POST",
                "/_fake/" + name,
                json.dumps(arguments),
                {"Content-Type": "application/json"},
            )
            answer = connection.getresponse()
            value = json.loads(answer.read())
        finally:
            connection.close()
        if answer.status != 200:
            raise ValueError(value["error"])
        return value

    def reset(self, config=None):
        self.control("reset", **(config or {}))

    def add(self, **document):
        self.control("state", **document)

    def settings(self, **settings):
        self.control("state", settings=settings)

    def script(self, service, operation, *steps, access_key_id=None, resource=None):
        script = {"service": service, "operation": operation, "steps": list(steps)}
        if access_key_id:
            script["access_key_id"] = access_key_id
        if resource:
            script["resource"] = resource
        self.control("script", scripts=[script])

    def clear_scripts(self):
        self.control("clear-scripts")

    def clear_log(self):
        self.control("clear-log")

    def log(self, service=None, operation=None):
        chosen = {k: v for k, v in (("service", service), ("operation", operation)) if v}
        return self.control("log", **chosen)["entries"]

    def counts(self):
        return self.control("counts")["counts"]

    def total(self):
        return self.control("counts")["total"]

    def connections(self):
        return self.control("counts")["connections"]

    def session(self, access_key_id):
        return self.control("session", access_key_id=access_key_id)

    def objects(self, bucket):
        return self.control("objects", bucket=bucket)["objects"]

    def expire_sessions(self):
        self.control("expire-sessions")

    def drop_sessions(self):
        self.control("drop-sessions")

    def check_eks_token(self, token, cluster, **more):
        return self.control("check-eks-token", token=token, cluster=cluster, **more)


def _arguments():
    parser = argparse.ArgumentParser(description="Loopback AWS for tests.")
    parser.add_argument("--port", type=int, default=0, help="0: any free one")
    parser.add_argument(
        "--config", help="JSON document of users, roles, buckets, ... ('-' is not standard input)"
    )
    parser.add_argument("--tls-cert")
    parser.add_argument("--tls-key")
    parser.add_argument("--ignore-stdin", action="store_true", help="do not end with standard input")
    return parser.parse_args()


def main():
    arguments = _arguments()
    tls = (arguments.tls_cert, arguments.tls_key) if arguments.tls_cert else None
    server = Server(arguments.port, tls)
    if arguments.config:
        with open(arguments.config, encoding="utf-8") as file:
            server.cloud.state.merge(json.load(file))

    def end(*_):
        threading.Thread(target=server.shutdown, daemon=True).start()

    def watch_stdin():
        while sys.stdin.buffer.read(4096):
            pass
        end()

    sys.setswitchinterval(0.0005)
    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    if not arguments.ignore_stdin:
        threading.Thread(target=watch_stdin, daemon=True).start()
    url = "%s://127.0.0.1:%d" % ("https" if tls else "http", server.port)
    print(json.dumps({"port": server.port, "url": url, "pid": os.getpid()}), flush=True)
    server.serve_forever(poll_interval=0.1)
    server.cloud.faults.clear()
    # Threads of hanging connections may still be about; they hold nothing worth waiting for.
    os._exit(0)


if __name__ == "__main__":
    main()
