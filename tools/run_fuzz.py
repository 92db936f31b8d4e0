"""./dev fuzz [SECONDS [TARGET]]: replays each target's corpus, then looks for new inputs.

A target is build/fuzz/tests/fuzz/fuzz_NAME, its corpus is tests/fuzz/corpus/NAME. What is found in
passing is kept in build/fuzz-corpus/NAME; an input that crashes lands in build/fuzz-crashes/ with the
command that shows it again.
"""

import os
import re
import sys

from steps import BUILD, TOP, Steps, build

FOLDER = BUILD / "fuzz" / "tests" / "fuzz"
CORPUS = TOP / "tests" / "fuzz" / "corpus"
CRASHES = BUILD / "fuzz-crashes"
ENV = {"ASAN_OPTIONS": "detect_leaks=1:allocator_may_return_null=1", "UBSAN_OPTIONS": "print_stacktrace=1"}


def targets():
    return sorted(path for path in FOLDER.glob("fuzz_*") if path.is_file() and os.access(path, os.X_OK))


def run_target(steps, target, duration_s):
    name = target.name.removeprefix("fuzz_")
    seeds = [folder for folder in (CORPUS / name, CORPUS / target.name) if folder.is_dir()]
    found = BUILD / "fuzz-corpus" / name
    found.mkdir(parents=True, exist_ok=True)
    CRASHES.mkdir(parents=True, exist_ok=True)
    dictionary = next(iter((TOP / "tests" / "fuzz").glob(f"{name}.dict")), None)
    common = ["-rss_limit_mb=2048", "-timeout=10", f"-artifact_prefix={CRASHES}/{name}-"]
    if seeds and not steps.run(f"{name}: corpus", [target, *common, "-runs=0", *seeds], env=ENV, limit_s=300,
                               closing=r"INITED|DONE"):
        return
    if duration_s:
        words = [target, *common, f"-max_total_time={duration_s}", "-print_final_stats=1", found, *seeds]
        if dictionary:
            words.insert(1, f"-dict={dictionary}")
        ok = steps.run(f"{name}: {duration_s} s", words, env=ENV, limit_s=duration_s + 120,
                       closing=r"Done \d+ runs|SUMMARY|Test unit written")
        if not ok:
            print(f"   Again: {target.relative_to(TOP)} build/fuzz-crashes/{name}-...")


def main(words):
    verbose = "-v" in words
    words = [word for word in words if word != "-v"]
    if words and not re.fullmatch(r"\d+", words[0]):
        print("Error: ./dev fuzz [SECONDS [TARGET]]; SECONDS is a whole number, 0 replays the corpora only",
              file=sys.stderr)
        return 2
    duration_s = int(words[0]) if words else 10
    steps = Steps(" ".join(["./dev fuzz", *words]), verbose)
    if build(steps, "fuzz"):
        chosen = [path for path in targets() if not words[1:] or path.name.removeprefix("fuzz_") in words[1:]]
        if not chosen:
            there = ", ".join(path.name.removeprefix("fuzz_") for path in targets()) or "none yet"
            if words[1:]:
                print(f"Error: no fuzz target {' '.join(words[1:])}; there are: {there}", file=sys.stderr)
                return 2
            steps.skip("fuzz targets", "tests/fuzz holds none")
        for target in chosen:
            run_target(steps, target, duration_s)
    return steps.finish()


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
