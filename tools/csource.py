"""Reads C sources as far as the checks need it: which files, what is code, what is comment."""

import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent

TOKEN = re.compile(
    r"""/\*.*?\*/ | //[^\n]* | "(?:\\.|[^"\\\n])*" | '(?:\\.|[^'\\\n])*'""", re.DOTALL | re.VERBOSE)


def files(top=TOP, under="", suffixes=(".c", ".h")):
    """Files that are in the repository or about to be, relative to `top`, sorted."""
    reply = subprocess.run(["git", "ls-files", "-co", "--exclude-standard", "-z", "--", under or "."], cwd=top,
                           capture_output=True, check=True)
    names = {Path(name) for name in reply.stdout.decode().split("\0") if name}
    return sorted(name for name in names if (not suffixes or name.suffix in suffixes) and (top / name).is_file())


def is_test(path):
    return path.name.endswith("_test.c") or path.parts[0] == "tests"


def blank(match, keep_quotes=True):
    """Replaces a comment or the inside of a literal by blanks; lines and columns stay."""
    text = match.group()
    if text[0] in "\"'" and keep_quotes:
        return text[0] + re.sub(r"[^\n]", " ", text[1:-1]) + text[-1]
    return re.sub(r"[^\n]", " ", text)


def code_of(text):
    """The source with comments and the contents of literals blanked."""
    return TOKEN.sub(blank, text)


def code_with_strings(text):
    """The source with comments blanked, literals kept (for #include lines)."""
    return TOKEN.sub(lambda match: match.group() if match.group()[0] in "\"'" else blank(match), text)


def comment_lines(text):
    """Numbers of the lines (from 1) that hold a part of a comment."""
    lines = set()
    for match in TOKEN.finditer(text):
        if match.group()[0] == "/":
            first = text.count("\n", 0, match.start()) + 1
            lines.update(range(first, first + match.group().count("\n") + 1))
    return lines


def line_of(text, offset):
    return text.count("\n", 0, offset) + 1


def statement_around(code, offset):
    """The statement that an offset lies in: from the last ; { } before it to the next."""
    begin = max(code.rfind(mark, 0, offset) for mark in ";{}") + 1
    ends = [end for end in (code.find(mark, offset) for mark in ";{}") if end >= 0]
    return code[begin:min(ends) if ends else len(code)]


def report(complaints, summary, advice=""):
    """Prints what a check found and its closing line; the exit code of the check."""
    for complaint in complaints:
        print(complaint)
    print(f"{len(complaints)} findings. {advice}".rstrip() if complaints else summary)
    return 1 if complaints else 0


@dataclass
class Function:
    path: Path
    name: str
    first: int
    last: int

    @property
    def lines(self):
        return self.last - self.first + 1


def functions(paths, top=TOP):
    """Every function definition in the files, from universal-ctags."""
    if not paths:
        return []
    reply = subprocess.run(
        ["ctags", "-L", "-", "--languages=C", "--langmap=C:+.h", "--kinds-C=f", "--fields=+ne", "--sort=no", "-o", "-",
         "-I", "CL_MUST_USE,CL_PRINTF+"],
        cwd=top, input="\n".join(map(str, paths)), capture_output=True, text=True, check=True)
    found = []
    for line in reply.stdout.splitlines():
        name, path, *rest = line.split("\t")
        numbers = dict(field.split(":", 1) for field in rest if re.match(r"(line|end):\d+$", field))
        if "end" in numbers:
            found.append(Function(Path(path), name, int(numbers["line"]), int(numbers["end"])))
    return found
