"""Checks that include arrows point the way tools/layers.txt allows."""

import re
import sys

from csource import TOP, code_with_strings, files, is_test, line_of, report

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]+"([^"\n]+)"', re.MULTILINE)


def read_rules(path):
    """{folder: set of folders}; "clouds/X" holds for each folder below clouds."""
    rules = {}
    for number, line in enumerate(path.read_text().splitlines(), 1):
        line = line.partition("#")[0].strip()
        if not line:
            continue
        folder, colon, allowed = line.partition(":")
        if not colon:
            raise SystemExit(f"{path.name}:{number}: a rule reads 'folder: folders it may include'")
        rules[folder.strip()] = set(allowed.split())
    return rules


def rule_for(folder, rules):
    """The rule of a folder of src/, as (name, allowed); the longest path that has one."""
    parts = folder.split("/")
    while parts:
        name = "/".join(parts)
        for rule in (name, "/".join([*parts[:-1], "X"])):
            if rule in rules:
                return name, rules[rule]
        parts.pop()
    return None, None


def covers(name, target):
    return target == name or target.startswith(name + "/")


def check_file(path, text, rules):
    """Complaints about one file, whose path is relative to src/."""
    folder = path.parent.as_posix()
    name, allowed = rule_for(folder, rules)
    if name is None:
        yield f"src/{path}:1: tools/layers.txt has no line for src/{folder}; add one that says what it may include"
        return
    for match in INCLUDE.finditer(code_with_strings(text)):
        included = match.group(1)
        where = f"src/{path}:{line_of(text, match.start(1))}"
        if "/" not in included:
            yield f'{where}: write #include "folder/{included}", so that the arrow can be seen'
            continue
        target = included.rpartition("/")[0]
        target_name, _ = rule_for(target, rules)
        if covers(name, target):
            # A folder with a rule of its own below another's is not part of it.
            if target_name == name or target_name is None:
                continue
        if any(covers(folder_allowed, target) for folder_allowed in allowed):
            continue
        may = " ".join(sorted(allowed)) or "nothing"
        yield f'{where}: src/{name} may not include "{included}" (it may include: {may})'


def check(top=TOP, rules_file=None):
    rules = read_rules(rules_file or top / "tools" / "layers.txt")
    complaints, count = [], 0
    for path in files(top, "src"):
        if not is_test(path):
            count += 1
            complaints += check_file(path.relative_to("src"), (top / path).read_text(), rules)
    return complaints, count


def main():
    complaints, count = check()
    return report(complaints, f"{count} files, all arrows point down",
                  "Move the code down, or hand the value in from above.")


if __name__ == "__main__":
    sys.exit(main())
