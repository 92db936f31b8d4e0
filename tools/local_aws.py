"""A loopback AWS (moto) as a child process that ends with its parent.

    with LocalAws() as aws:
        print(aws.url)

The child prints its port when it answers and lives until its standard input is closed, so it ends
even when the parent is killed.
"""

import os
import subprocess
import sys
import time
from pathlib import Path

# The documentation's example key: the loopback AWS takes any.
EXAMPLE_KEY_ID = "AKIAIOSFODNN7" + "EXAMPLE"
EXAMPLE_SECRET = "wJalrXUtnFEMI/K7MDENG/" + "bPxRfiCYEXAMPLEKEY"


class LocalAws:
    def __init__(self, log):
        self.log = Path(log)
        self.child = None
        self.url = None

    def __enter__(self):
        environment = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with open(self.log, "wb") as log:
            self.child = subprocess.Popen([sys.executable, __file__], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                          stderr=log, env=environment, start_new_session=True)
        line = self.child.stdout.readline().decode().strip()
        if not line.startswith("http://127.0.0.1:"):
            self.stop()
            raise RuntimeError(f"the loopback AWS did not start; see {self.log}")
        self.url = line
        return self

    def __exit__(self, *_):
        self.stop()

    def stop(self):
        if self.child is None:
            return
        self.child.stdin.close()
        try:
            self.child.wait(timeout=5)
        except subprocess.TimeoutExpired:
            self.child.kill()
            self.child.wait()
        self.child.stdout.close()
        self.child = None

    def client(self, service, region="us-east-1"):
        import boto3
        return boto3.client(service, endpoint_url=self.url, region_name=region, aws_access_key_id=EXAMPLE_KEY_ID,
                            aws_secret_access_key=EXAMPLE_SECRET)


def serve():
    from moto.server import ThreadedMotoServer
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    while True:
        host, port = server.get_host_and_port()
        if port:
            break
        time.sleep(0.01)
    print(f"http://{host}:{port}", flush=True)
    sys.stdin.buffer.read()  # until the parent is gone
    os._exit(0)


if __name__ == "__main__":
    serve()
