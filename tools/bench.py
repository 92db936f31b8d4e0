"""./dev bench: the budgets, measured. Prints a table of what was measured, what is allowed, and whether
it holds; --strict makes the exit code say so too.

Times are medians of many interleaved runs, as multiples of an empty C program started the same way in
the same run, so that they mean the same on any machine. While the machine is busy with other things
the least times stand in for them: what is longer is pre-empted more often, which would count twice.
"""

import os
import re
import shutil
import sqlite3
import statistics
import struct
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from local_aws import EXAMPLE_KEY_ID, EXAMPLE_SECRET
from sandbox import RELEASE, TOP, VENV_BIN, Sandbox

sys.path.insert(0, str(TOP / "tests" / "fakes"))

PROGRAM = RELEASE / "cleat"
TOOLS = TOP / "build" / "bench" / "tools"
STORED = 100
RUNS = 200
COLD = 40
BUSY = os.getloadavg()[0] > 1.5 * os.cpu_count()
ROLE = "arn:aws:iam::123456789012:role/bench"
BUCKET = "zenfiles"


class Missing(Exception):
    """What a line measures does not exist yet, or does not work."""


class Table:
    def __init__(self):
        self.rows = []

    def add(self, path, measured, budget, holds):
        self.rows.append((path, measured, budget, {True: "ok", False: "OVER", None: "-" if budget else ""}[holds]))
        print(f"  {path}: {measured}", file=sys.stderr, flush=True)

    def show(self):
        heads = ("Path", "Measured", "Budget", "")
        widths = [max(len(row[i]) for row in [heads, *self.rows]) for i in range(4)]
        print()
        for row in [heads, tuple("-" * width for width in widths), *self.rows]:
            print("  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip())
        over = sum(1 for row in self.rows if row[3] == "OVER")
        print(f"\n{sum(1 for row in self.rows if row[3] == 'ok')} within budget, {over} over,"
              f" {sum(1 for row in self.rows if row[3] == '-')} not measured")
        return over


def compile_tools():
    TOOLS.mkdir(parents=True, exist_ok=True)
    for name in ("empty", "runner", "fetch"):
        subprocess.run(["gcc", "-O2", "-D_GNU_SOURCE", "-o", TOOLS / name, TOP / "tools" / "bench" / f"{name}.c", "-ldl"],
                       check=True)


def build_tool(name):
    """A program of tests/bench, built like the product."""
    reply = subprocess.run(["tools/build.sh", "release", name], cwd=TOP, capture_output=True, text=True, check=False)
    if reply.returncode != 0:
        raise Missing(f"{name} cannot be built")
    return RELEASE / "tests" / "bench" / name


class Measured:
    def __init__(self, line):
        median, least, _, peak, failed = line.split()
        self.us = float(least if BUSY else median)
        self.peak_kib, self.failed = int(peak), int(failed)


def measure(box, commands, **environment):
    """{name: Measured} for {name: (runs, argv)}, or (runs, argv, status, file on standard input); they take turns."""
    text = ""
    for runs, argv, *more in commands.values():
        status, file = more or (0, "/dev/null")
        text += f"{runs} {status} {file}\n" + "".join(f"{word}\n" for word in argv) + "\n"
    reply = subprocess.run([TOOLS / "runner"], input=text, capture_output=True, text=True, check=True,
                           env=box.environment(**environment), cwd=box.work, timeout=900)
    results = dict(zip(commands, map(Measured, reply.stdout.splitlines())))
    for name, result in results.items():
        if result.failed:
            raise Missing(f"'{name}' failed {result.failed} times")
    return results


def cleat(box, *words, limit_s=120):
    reply = subprocess.run([PROGRAM, *words], cwd=box.work, env=box.environment(), stdin=subprocess.DEVNULL,
                           capture_output=True, text=True, timeout=limit_s, check=False)
    if reply.returncode != 0:
        last = (reply.stderr.strip().splitlines() or [""])[0]
        raise Missing(f"'cleat {' '.join(words[:3])} ...' ended with {reply.returncode}: {last}")
    return reply.stdout


def register(box, name, url, method="secret-key", resource_type="s3-bucket"):
    """A connector of the bench account, stored without asking the provider."""
    secret = box.work / "secret"
    secret.write_text(EXAMPLE_SECRET)
    more = [f"--role_arn={ROLE}"] if method == "iam-role" else []
    cleat(box, "service-connector", "register", name, "--type", "aws", "--auth-method", method, "--resource-type",
          resource_type, "--no-verify", f"--aws_access_key_id={EXAMPLE_KEY_ID}", f"--aws_secret_access_key=@{secret}",
          "--region=us-east-1", f"--endpoint_url={url}", *more)


def account():
    """A fake AWS with the bench's user, role and buckets."""
    from fake_aws import FakeAws
    return FakeAws({"users": [{"name": "bench", "access_key_id": EXAMPLE_KEY_ID, "secret_access_key": EXAMPLE_SECRET}],
                    "roles": [{"arn": ROLE}], "buckets": [BUCKET, "zenit-demos", "zenit-datasets"]})


def ratio_row(table, path, result, empty, budget, peak_mib=None):
    ratio = result.us / empty.us
    measured, allowed, holds = f"{ratio:.2f} x ({result.us / 1000:.2f} ms)", f"{budget} x", ratio <= budget
    if peak_mib:
        mib = result.peak_kib / 1024
        measured += f", {mib:.1f} MB"
        allowed += f", {peak_mib} MB"
        holds = holds and mib <= peak_mib
    table.add(path, measured, allowed, holds)


def bench_startup(table):
    """The commands that people wait for, with connectors in the store, and the aws CLI as a peer."""
    box = Sandbox("bench/startup")
    box.renew()
    for number in range(STORED):
        register(box, f"bucket-{number:03}", "http://127.0.0.1:9")
    sc = [PROGRAM, "service-connector"]
    results = measure(box, {
        "empty": (RUNS, [TOOLS / "empty"]),
        "--version": (RUNS, [PROGRAM, "--version"]),
        "list-types": (RUNS, [*sc, "list-types"]),
        "describe-type": (RUNS, [*sc, "describe-type", "aws"]),
        "list": (RUNS, [*sc, "list"]),
        "describe": (RUNS, [*sc, "describe", "bucket-050"]),
        "aws": (5, [VENV_BIN / "aws", "--version"]),
    })
    table.add("an empty program (the unit)", f"{results['empty'].us / 1000:.2f} ms", "", None)
    for name in ("--version", "list-types", "describe-type", "list", "describe"):
        ratio_row(table, f"{name}, {STORED} connectors stored", results[name], results["empty"], 5, 12)
    # The peer of `--version`; how long its start is beside work of ours is good to know, but no budget.
    for name in ("--version", "list"):
        times, same = results["aws"].us / results[name].us, name == "--version"
        table.add(f"aws --version / cleat {name}", f"{times:.0f} times", ">= 100 times" if same else "",
                  times >= 100 if same else None)


def bench_size(table):
    stripped = TOOLS / "cleat-stripped"
    subprocess.run(["strip", "-o", stripped, PROGRAM], check=True)
    mib = stripped.stat().st_size / 1024 / 1024
    table.add("cleat, stripped", f"{mib:.2f} MB", "5 MB", mib <= 5)


def bench_discovery(table):
    """Many connectors, a slow provider: as long as the slowest, not the sum."""
    count, delay_ms = 100, 200
    for method, chain in (("secret-key", 1), ("iam-role", 2)):
        with account() as aws:
            box = Sandbox(f"bench/discovery-{method}")
            box.renew()
            for number in range(count):
                register(box, f"slow-{number:03}", aws.url, method)
            aws.control("script", scripts=[{"steps": [{"kind": "delay", "ms": delay_ms, "times": 0}]}])
            begin = time.monotonic()
            output = cleat(box, "service-connector", "list-resources", "--resource-type", "s3-bucket", "--parallel",
                           str(count), "--output", "json")
            took_ms = (time.monotonic() - begin) * 1000
        if output.count(f"s3://{BUCKET}") < count:
            raise Missing("a connector did not list its buckets")
        budget_ms = 1.1 * chain * delay_ms + count
        table.add(f"discovery, {count} connectors of {delay_ms} ms, {method}", f"{took_ms:.0f} ms", f"{budget_ms:.0f} ms",
                  took_ms <= budget_ms)


def credential_process(name, *more):
    return [PROGRAM, "credential-process", name, "-r", "s3-bucket", "-ri", f"s3://{BUCKET}", *more]


def bench_cached(table):
    with account() as aws:
        box = Sandbox("bench/cached")
        box.renew()
        register(box, "warm", aws.url, "iam-role")
        cleat(box, *credential_process("warm")[1:])
        before = aws.total()
        results = measure(box, {"empty": (RUNS, [TOOLS / "empty"]), "cached": (RUNS, credential_process("warm"))})
        calls = aws.total() - before
    ratio_row(table, "credential-process, cached, audit row included", results["cached"], results["empty"], 10)
    table.add("upstream calls of a cached credential", str(calls), "0", calls == 0)


def bench_kubectl(table):
    """kube-credential as kubectl starts it, with the note of who reads."""
    words = ["kube-credential", "warm", "-r", "kubernetes-cluster", "-ri", "zenit"]
    with account() as aws, tempfile.TemporaryDirectory(dir="/dev/shm") as runtime:  # as that of a session, in memory
        aws.add(clusters=["zenit"])
        box = Sandbox("bench/kubectl")
        box.renew()
        register(box, "warm", aws.url, "iam-role", "kubernetes-cluster")
        cleat(box, *words)
        results = measure(box, {"empty": (RUNS, [TOOLS / "empty"]), "cached": (RUNS, [PROGRAM, *words])},
                          XDG_RUNTIME_DIR=runtime, KUBERNETES_EXEC_INFO='{"apiVersion":"client.authentication.k8s.io/v1"}')
        if not list(Path(runtime, "cleat").glob("readers-*")):
            raise Missing("nothing was noted")
    ratio_row(table, "kube-credential, cached, audit row and note included", results["cached"], results["empty"], 10)


def bench_helper(table):
    """docker-credential-cleat, which a build asks for every registry that it knows."""
    box = Sandbox("bench/helper")
    box.renew()
    pair = box.work / "pair"
    pair.write_text(EXAMPLE_SECRET)
    cleat(box, "service-connector", "register", "reg", "--type", "docker", "--no-verify", "--registry=reg.example.com",
          f"--username=@{pair}", f"--password=@{pair}")
    helper = RELEASE / "docker-credential-cleat"
    path = f"{RELEASE}{os.pathsep}{box.environment()['PATH']}"
    subprocess.run([PROGRAM, "service-connector", "login", "reg"], env={**box.environment(), "PATH": path}, cwd=box.work,
                   capture_output=True, timeout=60, check=True)
    ours, foreign = box.work / "ours", box.work / "foreign"
    ours.write_text("reg.example.com")
    foreign.write_text("https://ghcr.io")
    results = measure(box, {"empty": (RUNS, [TOOLS / "empty"]),
                            "foreign": (RUNS, [helper, "get"], 1, foreign),
                            "ours": (RUNS, [helper, "get"], 0, ours)})
    ratio_row(table, "docker-credential-cleat get, not our registry", results["foreign"], results["empty"], 5)
    ratio_row(table, "docker-credential-cleat get, ours, audit row included", results["ours"], results["empty"], 10)


def bench_cold(table):
    """Beyond the cached path and the bare fetch of one answer, a cold credential may cost 2 ms."""
    names = [f"cold-{number:02}" for number in range(COLD)]
    with account() as aws:
        box = Sandbox("bench/cold")
        box.renew()
        for name in names:
            register(box, name, aws.url, "iam-role")
        before = aws.total()
        turns = {}
        for name in names:  # each connector is cold once
            turns[f"{name} empty"] = (1, [TOOLS / "empty"])
            turns[f"{name} fetch"] = (1, [TOOLS / "fetch", f"{aws.url}/_fake/counts"])
            turns[f"{name} cold"] = (1, credential_process(name))
        results = measure(box, turns)
        calls = (aws.total() - before) / COLD
        results.update(measure(box, {f"{name} cached": (1, credential_process(name)) for name in names}))
    typical = min if BUSY else statistics.median
    us = {kind: typical([results[f"{name} {kind}"].us for name in names]) for kind in ("empty", "fetch", "cold", "cached")}
    table.add("upstream calls of a cold bucket credential", f"{calls:g}", "1", calls == 1)
    own_ms = ((us["cold"] - us["cached"]) - (us["fetch"] - us["empty"])) / 1000
    table.add("cold credential: own time beyond upstream and libcurl", f"{own_ms:.1f} ms of {us['cold'] / 1000:.1f}",
              "2 ms", own_ms <= 2)


def bench_sign(table):
    """sign_bench prints 'ratio N': our signature over its own hash calls, measured in one process."""
    program = build_tool("sign_bench")
    ratios = []
    for _ in range(5):
        reply = subprocess.run([program], capture_output=True, text=True, timeout=120, check=False)
        match = re.search(r"ratio[=:\s]+([0-9.]+)", reply.stdout)
        if reply.returncode != 0 or not match:
            raise Missing(f"sign_bench ended with {reply.returncode} and gave no ratio")
        ratios.append(float(match.group(1)))
    ratio = statistics.median(ratios)
    table.add("AWS signature / its own SHA-256 and HMAC calls", f"{ratio:.2f} x", "3 x", ratio <= 3)


def commits_in(wal):
    """Commit frames of a write-ahead log: those that carry the size of the database."""
    data = wal.read_bytes()
    if len(data) < 32:
        return 0
    page = struct.unpack(">I", data[8:12])[0]
    salts = data[16:24]
    count = 0
    for offset in range(32, len(data) - 24 - page + 1, 24 + page):
        if data[offset + 8:offset + 16] != salts:
            break
        count += struct.unpack(">I", data[offset + 4:offset + 8])[0] != 0
    return count


def bench_register(table):
    box = Sandbox("bench/register")
    box.renew()
    register(box, "first", "http://127.0.0.1:9")
    database = next(box.state.glob("*.db"), None)
    if database is None:
        raise Missing(f"no database in {box.state.relative_to(TOP)}")
    # While this reader has the log open nobody may fold it into the database.
    keeper = sqlite3.connect(database)
    try:
        keeper.execute("BEGIN")
        keeper.execute("SELECT count(*) FROM sqlite_master").fetchone()
        wal = Path(f"{database}-wal")
        before = commits_in(wal) if wal.exists() else 0
        begin = time.monotonic()
        register(box, "second", "http://127.0.0.1:9")
        took_ms = (time.monotonic() - begin) * 1000
        commits = commits_in(wal) - before
    finally:
        keeper.close()
    table.add("registering, verification aside", f"{commits} commits ({took_ms:.0f} ms)", "1 commit", commits == 1)


def bench_heap(table):
    """heap_bench runs the cycles and prints 'heap BYTES BYTES', half way and at the end."""
    program = build_tool("heap_bench")
    box = Sandbox("bench/heap")
    box.renew()
    reply = subprocess.run([program, box.state, "10000"], cwd=box.work, env=box.environment(), capture_output=True, text=True,
                           timeout=900, check=False)
    match = re.search(r"heap (\d+) (\d+)", reply.stdout)
    if reply.returncode != 0 or not match:
        raise Missing(f"heap_bench ended with {reply.returncode}")
    first, last = map(int, match.groups())
    table.add("heap after 10,000 register/list/delete cycles", f"{first} -> {last} bytes", "flat", last <= first + 65536)


BENCHES = {
    "startup": bench_startup,
    "size": bench_size,
    "discovery": bench_discovery,
    "cached": bench_cached,
    "kubectl": bench_kubectl,
    "helper": bench_helper,
    "cold": bench_cold,
    "sign": bench_sign,
    "register": bench_register,
    "heap": bench_heap,
}


def main(words):
    strict = "--strict" in words
    names = [word for word in words if word != "--strict"]
    unknown = [name for name in names if name not in BENCHES]
    if unknown:
        print(f"Error: there is no bench {', '.join(unknown)}; there are: {', '.join(BENCHES)}", file=sys.stderr)
        return 2
    if not PROGRAM.exists():
        print("Error: build/release/cleat does not exist; run this as ./dev bench", file=sys.stderr)
        return 1
    if BUSY:
        print("This machine is busy: least times are shown instead of medians, and discovery may be late.", file=sys.stderr)
    compile_tools()
    table = Table()
    for name in names or BENCHES:
        try:
            BENCHES[name](table)
        except Missing as why:
            table.add(name, str(why), "-", None)
        except (subprocess.TimeoutExpired, OSError, ImportError) as why:
            table.add(name, f"{type(why).__name__}: {why}", "-", None)
    shutil.rmtree(TOP / "build" / "bench", ignore_errors=True)
    return 1 if table.show() and strict else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
