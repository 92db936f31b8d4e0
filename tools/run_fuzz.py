"""./dev fuzz [SECONDS [TARGET]]: replays each target's corpus, then looks for new inputs.

A target is build/fuzz/tests/fuzz/fuzz_NAME, its corpus is tests/fuzz/corpus/NAME. What is found in
passing is kept in build/fuzz-corpus/NAME; an input that crashes lands in build/fuzz-crashes/ with the
command that shows it again.
"""

import re
import subprocess

from steps import BUILD, TOP, Steps, Usage, build, run_main, whole_number

FOLDER = BUILD / "fuzz" / "tests" / "fuzz"
CORPUS = TOP / "tests" / "fuzz" / "corpus"
CRASHES = BUILD / "fuzz-crashes"
ENV = {"ASAN_OPTIONS": "detect_leaks=1:allocator_may_return_null=1", "UBSAN_OPTIONS": "print_stacktrace=1"}


def targets():
    """The names of all targets of the configured build."""
    reply = subprocess.run(["ninja", "-C", str(BUILD / "fuzz"), "-t", "targets", "all"], capture_output=True, text=True,
                           check=False)
    return sorted(set(re.findall(r"^tests/fuzz/fuzz_(\w+): ", reply.stdout, re.MULTILINE)))


def run_target(steps, name, duration_s):
    """The corpus first (libFuzzer reads it at start), then new inputs until the time is up."""
    seeds = CORPUS / name
    found = BUILD / "fuzz-corpus" / name
    found.mkdir(parents=True, exist_ok=True)
    CRASHES.mkdir(parents=True, exist_ok=True)
    program = FOLDER / f"fuzz_{name}"
    words = [program, "-rss_limit_mb=2048", "-timeout=10", "-print_final_stats=1", f"-artifact_prefix={CRASHES}/{name}-",
             f"-max_total_time={duration_s}" if duration_s else "-runs=0"]
    dictionary = TOP / "tests" / "fuzz" / f"{name}.dict"
    if dictionary.exists():
        words.append(f"-dict={dictionary}")
    folders = [found, seeds] if seeds.is_dir() else [found]
    if not steps.run(f"fuzz {name}", [*words, *folders], env=ENV, limit_s=duration_s + 300,
                     closing=r"Done \d+ runs|^SUMMARY|Test unit written"):
        print(f"   Again: {program.relative_to(TOP)} build/fuzz-crashes/{name}-...")


def main(words, verbose):
    duration_s = whole_number(words[0], "SECONDS (0 replays the corpora only)") if words else 10
    steps = Steps(" ".join(["./dev fuzz", *words]), verbose)
    if steps.run("configure fuzz", ["tools/build.sh", "fuzz", "help"], limit_s=120):
        there = targets()
        unknown = [word for word in words[1:] if word not in there]
        if unknown:
            raise Usage(f"no fuzz target {' '.join(unknown)}; there are: {', '.join(there) or 'none'}")
        if not there:
            steps.skip("fuzz targets", "tests/fuzz holds none")
        elif build(steps, "fuzz", *[f"fuzz_{name}" for name in words[1:] or there]):
            for name in words[1:] or there:
                run_target(steps, name, duration_s)
    return steps.finish()


if __name__ == "__main__":
    run_main(main)
