"""Checks calls that the house style bans (tools/banned.txt), where secrets are exposed
(tools/expose_sites.txt), CL_IGNORE without a reason, and notes to do without an issue."""

import re
import sys

from csource import TOP, code_of, comment_lines, files, functions, is_test, line_of, report, statement_around

SECRET_WORD = re.compile(r"secret|password|passphrase|token|signature|hmac|expose", re.IGNORECASE)
REPORTS = re.compile(r"\b(cl_log|cl_err_set|cl_err_wrap|cl_err_hint|printf|fprintf|fputs)\b")
NOTE = re.compile(r"\b(TO" r"DO|FIX" r"ME)\b")
ISSUE = re.compile(r"#\d+")


class Ban:
    def __init__(self, scope, calls, allowed, advice):
        self.scope, self.allowed, self.advice = scope, allowed, advice
        # Not a member (world->time), not part of a longer name.
        self.pattern = re.compile(r"(?<![\w.>])(" + "|".join(map(re.escape, calls)) + r")\s*\(")

    def allows(self, path):
        return any(path == allowed or allowed.endswith("/") and path.startswith(allowed) for allowed in self.allowed)


def read_bans(path):
    bans = []
    for number, line in enumerate(path.read_text().splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        match = re.fullmatch(r"(everywhere|product) ([\w ]+):([^;]*);(.*)", line)
        if not match:
            raise SystemExit(f"{path.name}:{number}: a rule reads 'everywhere|product calls: files; advice'")
        scope, calls, allowed, advice = match.groups()
        bans.append(Ban(scope, calls.split(), allowed.split(), advice.strip()))
    return bans


def read_sites(path):
    """The listed (file, function) pairs; each line must say why."""
    sites = set()
    for number, line in enumerate(path.read_text().splitlines(), 1):
        if line.strip() and not line.startswith("#"):
            words = line.split(None, 2)
            if len(words) < 3:
                raise SystemExit(f"{path.name}:{number}: a line reads 'file function why'")
            sites.add((words[0], words[1]))
    return sites


def banned_calls(path, code, bans):
    for ban in bans:
        if ban.scope == "product" and is_test(path) or ban.allows(path.as_posix()):
            continue
        for match in ban.pattern.finditer(code):
            yield f"{path}:{line_of(code, match.start())}: {match.group(1)} is banned: {ban.advice}"


def raw_compares(path, code):
    for match in re.finditer(r"\b(memcmp|bcmp)\s*\(", code):
        statement = statement_around(code, match.start())
        if SECRET_WORD.search(re.sub(r"\bCL_E_\w+", "", statement)):
            yield (f"{path}:{line_of(code, match.start())}: {match.group(1)} near a secret leaks its length of agreement;"
                   " compare with cl_secret_eq or CRYPTO_memcmp")


def unexplained_ignores(path, text, code):
    """A comment counts within the statement, and up to two lines above it (above its `if`, say)."""
    commented = comment_lines(text)
    for match in re.finditer(r"^[ \t]*(?!#)[^\n]*?\bCL_IGNORE\s*\(", code, re.MULTILINE):
        first = line_of(code, match.end())
        last = line_of(code, code.find(";", match.end()))
        if commented.isdisjoint(range(first - 2, last + 1)):
            yield f"{path}:{first}: CL_IGNORE needs a comment beside or above it that says why the result does not matter"


def loose_notes(path, text):
    for number, line in enumerate(text.splitlines(), 1):
        if NOTE.search(line) and not ISSUE.search(line):
            yield f"{path}:{number}: a note to do needs its issue, like (#12); or do it now"


def expose_calls(path, code):
    """(offset, statement) of each place that takes the bytes out."""
    for match in re.finditer(r"\bcl_secret_expose\s*\(", code):
        yield match.start(), statement_around(code, match.start())


def exposed(sources, listed):
    """Complaints on the list of expose sites, and the sites found."""
    found = {}
    complaints = []
    holding = [path for path, _, code in sources if "cl_secret_expose" in code]
    spans = functions(holding)
    for path, _, code in sources:
        for offset, statement in expose_calls(path, code):
            line = line_of(code, offset)
            if REPORTS.search(statement):
                complaints.append(f"{path}:{line}: a secret is exposed in a statement that reports; it could be printed")
            inside = [span.name for span in spans if span.path == path and span.first <= line <= span.last]
            if inside and inside[0] != "cl_secret_expose":
                found.setdefault((path.as_posix(), inside[0]), line)
    for (file, function), line in sorted(found.items()):
        if (file, function) not in listed:
            complaints.append(f"{file}:{line}: {function} exposes a secret but is not in tools/expose_sites.txt;"
                              " add it with the reason, or keep the secret closed")
    for file, function in sorted(set(listed) - set(found)):
        complaints.append(f"tools/expose_sites.txt: {file} {function} exposes nothing any more; remove the line")
    return complaints, found


def check(top=TOP):
    tools = top / "tools"
    bans = read_bans(tools / "banned.txt")
    complaints = []
    product = []
    for path in [*files(top, "src"), *files(top, "tests"), *files(top, "include")]:
        text = (top / path).read_text()
        code = code_of(text)
        complaints += banned_calls(path, code, bans)
        complaints += unexplained_ignores(path, text, code)
        if not is_test(path):
            complaints += raw_compares(path, code)
            product.append((path, text, code))
    for path in files(top, suffixes=(".c", ".h", ".py", ".sh", ".cmake", ".txt")):
        if path.parts[0] in ("src", "tests", "tools", "cmake", "include"):
            complaints += loose_notes(path, (top / path).read_text(errors="replace"))
    more, found = exposed([source for source in product if source[0].suffix == ".c"],
                          read_sites(tools / "expose_sites.txt"))
    return complaints + more, len(found)


def main():
    complaints, sites = check()
    return report(complaints, f"no banned call; {sites} functions expose a secret, all listed")


if __name__ == "__main__":
    sys.exit(main())
