"""./dev lint: the checks of the house style, cheapest first. Each prints where and what to do."""

import subprocess
import sys

from csource import TOP, files
from steps import JOBS, Failed, Steps, Usage, build, run_main


def tool(steps, name, script, *arguments, limit_s=300):
    return steps.run(name, [sys.executable, f"tools/{script}", *arguments], limit_s=limit_s, closing=r"\S")


def check_format(steps):
    def body():
        sources = [*files(TOP, "src"), *files(TOP, "tests"), *files(TOP, "include")]
        wrong = []
        for begin in range(0, len(sources), 100):
            reply = subprocess.run(["clang-format", "--dry-run", "-Werror", "--ferror-limit=1",
                                    *map(str, sources[begin:begin + 100])], cwd=TOP, capture_output=True, text=True,
                                   check=False)
            wrong += [line for line in reply.stderr.splitlines() if "error:" in line]
        if wrong:
            raise Failed("\n".join([f"{len(wrong)} files are not laid out; ./dev fmt does it", *wrong[:20]]))
        return f"{len(sources)} files"
    return steps.call("format", body)


def check_shell(steps):
    def body():
        scripts = ["dev", ".ci/run", *map(str, files(TOP, "tools", (".sh",)))]
        for script in scripts:
            reply = subprocess.run(["bash", "-n", script], cwd=TOP, capture_output=True, text=True, check=False)
            if reply.returncode != 0:
                raise Failed(reply.stderr.strip())
        sources = [str(path) for path in files(TOP, suffixes=(".py",))]
        for source in sources:
            try:
                compile((TOP / source).read_text(), source, "exec")
            except SyntaxError as error:
                raise Failed(f"{source}:{error.lineno}: {error.msg}") from None
        return f"{len(scripts) + len(sources)} scripts parse"
    return steps.call("scripts", body)


def compilers(steps):
    ok = build(steps, "debug")
    return build(steps, "clang") and ok


def check_needed(steps):
    if build(steps, "release"):
        tool(steps, "needed libraries", "check_needed.py")


def check_tidy(steps):
    if steps.run("configure clang", ["tools/build.sh", "clang", "help"], limit_s=120):
        tool(steps, f"clang-tidy ({JOBS} at a time)", "tidy.py", limit_s=1500)


CHECKS = {
    "format": check_format,
    "scripts": check_shell,
    "layers": lambda steps: tool(steps, "include arrows", "check_layers.py"),
    "banned": lambda steps: tool(steps, "banned calls", "check_banned.py"),
    "secrets": lambda steps: tool(steps, "credentials in files", "check_secrets.py"),
    "metrics": lambda steps: tool(steps, "sizes", "metrics.py"),
    "headers": lambda steps: tool(steps, "headers alone", "check_headers.py"),
    "compilers": compilers,
    "needed": check_needed,
    "tidy": check_tidy,
}


def main(words, verbose):
    if words == ["--list"]:
        print("\n".join(CHECKS))
        return 0
    unknown = [word for word in words if word not in CHECKS]
    if unknown:
        raise Usage(f"there is no check {', '.join(unknown)}; there are: {', '.join(CHECKS)}")
    steps = Steps(" ".join(["./dev lint", *words]), verbose)
    for name in words or CHECKS:
        CHECKS[name](steps)
    return steps.finish()


if __name__ == "__main__":
    run_main(main)
