"""Measures the sources against the house style: sizes of functions and files, share of comments, lines
of test per line of product, a README per folder."""

import math
import statistics
import sys

from csource import TOP, code_of, comment_lines, files, functions, is_test

FUNCTION_LIMIT = 80
FILE_LIMIT = 800
MEDIAN_LIMIT = 16
P95_LIMIT = 55
TEST_RATIO = 1.2
README_LIMIT = 30


def filled(text):
    """Lines that are not blank."""
    return sum(1 for line in text.splitlines() if line.strip())


def percentile(values, share):
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)] if values else 0


def check_functions(found, complaints):
    for function in found:
        if function.lines > FUNCTION_LIMIT:
            complaints.append(f"{function.path}:{function.first}: {function.name} has {function.lines} lines, the limit is"
                              f" {FUNCTION_LIMIT}; name its steps")
    sizes = [function.lines for function in found if not is_test(function.path)]
    median = statistics.median(sizes) if sizes else 0
    p95 = percentile(sizes, 0.95)
    if median > MEDIAN_LIMIT:
        complaints.append(f"src: the median function has {median:g} lines, the limit is {MEDIAN_LIMIT}")
    if p95 > P95_LIMIT:
        longest = sorted((f for f in found if not is_test(f.path)), key=lambda f: -f.lines)[:5]
        complaints.append(f"src: 5 % of the functions have {p95} lines or more, the limit is {P95_LIMIT}; the longest: "
                          + ", ".join(f"{f.name} ({f.path}, {f.lines})" for f in longest))
    return len(sizes), median, p95


def check_files(texts, with_functions, complaints):
    for path, text in texts.items():
        lines = text.count("\n")
        # A file without a function is a table.
        if lines > FILE_LIMIT and path in with_functions:
            complaints.append(f"{path}:1: {lines} lines, the limit is {FILE_LIMIT}; find the second unit in it")
        for number, line in enumerate(code_of(text).splitlines(), 1):
            if "goto" in line.split():
                complaints.append(f"{path}:{number}: goto; let CL_AUTO clean up")


def check_readmes(complaints):
    folders = {path.parent for path in files(TOP, "src")}
    for folder in sorted(folders):
        readme = TOP / folder / "README.md"
        if not readme.exists():
            complaints.append(f"{folder}: has no README.md (purpose, entry points, invariants; at most {README_LIMIT} lines)")
        elif (lines := readme.read_text().count("\n")) > README_LIMIT:
            complaints.append(f"{folder}/README.md:1: {lines} lines, the limit is {README_LIMIT}")


def main():
    complaints = []
    texts = {path: (TOP / path).read_text() for path in [*files(TOP, "src"), *files(TOP, "tests")]}
    found = functions([path for path in texts if path.suffix == ".c"])
    count, median, p95 = check_functions(found, complaints)
    check_files(texts, {function.path for function in found}, complaints)
    check_readmes(complaints)

    product = {path: text for path, text in texts.items() if not is_test(path)}
    product_lines = sum(map(filled, product.values()))
    test_lines = sum(filled(text) for path, text in texts.items() if is_test(path))
    test_lines += sum(filled((TOP / path).read_text()) for path in files(TOP, "tests", (".py", ".sh")))
    ratio = test_lines / product_lines if product_lines else 0
    if ratio < TEST_RATIO:
        complaints.append(f"tests: {ratio:.2f} lines of test per line of product, the least is {TEST_RATIO}"
                          f" ({math.ceil(product_lines * TEST_RATIO - test_lines)} lines are missing)")
    sources = [(path, text) for path, text in product.items() if path.suffix == ".c"]
    commented = sum(len(comment_lines(text)) for _, text in sources)
    share = commented / max(1, sum(filled(text) for _, text in sources))

    for complaint in complaints:
        print(complaint)
    print(f"{count} functions: median {median:g}, p95 {p95} lines; {product_lines} product and {test_lines} test lines"
          f" (1 : {ratio:.2f}); comments {share:.0%} of .c")
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
