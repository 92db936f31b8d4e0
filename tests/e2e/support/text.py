"""Reading what the program prints: heavy-edge tables, documents, and comparison by level.

The drawing code here is written from the description of the tables alone, so that it can
disagree with the product's.
"""

import re
import unicodedata

SPINNER = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏"
ACTIVE_STACK = "Running with active stack: "
AWS4 = ["🔶 aws-generic", "📦 s3-bucket", "🌀 kubernetes-cluster", "🐳 docker-registry"]
AWS_METHODS = [
    "implicit",
    "secret-key",
    "sts-token",
    "iam-role",
    "session-token",
    "federation-token",
]

PATTERNS = {
    "uuid": r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
    "ts": r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d{1,6})?",
    "dur": r"(?:\d+d)?(?:\d+h)?(?:\d+m)?(?:\d+s)?(?<=[dhms])",
    "acct": r"\d{12}",
}


def width(text):
    total = 0
    for char in text:
        point = ord(char)
        if (
            unicodedata.category(char) in ("Mn", "Me")
            or point in (0xFE0E, 0xFE0F)
            or 0x200B <= point <= 0x200D
        ):
            continue
        if unicodedata.east_asian_width(char) in "WF" or 0x1F1E6 <= point <= 0x1F1FF:
            total += 2
        else:
            total += 1
    return total


def lines_of(text, keep_notice=False):
    """Lines without trailing blanks, spinner frames and (unless kept) the notice of the stack."""
    kept = []
    for line in text.replace("\r\n", "\n").split("\n"):
        line = line.split("\r")[-1].rstrip()
        if line.startswith(tuple(SPINNER)):
            continue
        if line.startswith(ACTIVE_STACK) and not keep_notice:
            continue
        kept.append(line)
    while kept and not kept[-1]:
        kept.pop()
    return kept


# -- tables ----------------------------------------------------------------------------------


class Table:
    def __init__(self, header, rows, drawn):
        self.header = header
        self.rows = rows  # each a dict: column -> list of lines
        self.drawn = drawn  # the lines as printed

    @property
    def width(self):
        return width(self.drawn[0])

    def column(self, name):
        return [row[name] for row in self.rows]

    def row(self, **wanted):
        """The only row whose cells are as wanted; blanks in column names are written as _."""
        found = [r for r in self.rows if all(r[c.replace("_", " ")] == [v] for c, v in wanted.items())]
        assert len(found) == 1, "%d rows with %s in\n%s" % (
            len(found),
            wanted,
            "\n".join(self.drawn),
        )
        return found[0]

    def properties(self):
        """A key/value table as a dict; cells of several lines are joined."""
        first, second = self.header
        return {"\n".join(r[first]): "\n".join(r[second]) for r in self.rows}


def _cells(line):
    return line.strip("┃").split("│")


def _row_of(group, count):
    cells = [[] for _ in range(count)]
    for line in group:
        parts = _cells(line)
        assert len(parts) == count, "a row with %d cells: %s" % (len(parts), line)
        for cell, part in zip(cells, parts):
            assert part.startswith(" ") and part.endswith(" "), "a cell without padding: %s" % line
            cell.append(part.strip())
    for cell in cells:
        while cell and not cell[-1]:
            cell.pop()
    return cells


def tables(text):
    """All heavy-edge tables of a text; malformed ones fail."""
    found, drawn = [], None
    for line in lines_of(text):
        if line.startswith("┏"):
            drawn = []
        if drawn is not None:
            drawn.append(line)
        if line.startswith("┗"):
            assert drawn is not None, "a bottom edge without a top"
            found.append(_table(drawn))
            drawn = None
    assert drawn is None, "a table without an end in\n" + text
    return found


def _table(drawn):
    first = width(drawn[0])
    for line in drawn:
        assert width(line) == first, "a line %d wide in a table %d wide:\n%s" % (
            width(line),
            first,
            "\n".join(drawn),
        )
    groups, group = [], []
    for line in drawn[1:-1]:
        if line.startswith("┠"):
            groups.append(group)
            group = []
        else:
            assert line.startswith("┃") and line.endswith("┃"), "no row: " + line
            group.append(line)
    groups.append(group)
    count = len(_cells(drawn[1]))
    header = [" ".join(cell).strip() for cell in _row_of(groups[0], count)]
    rows = [dict(zip(header, _row_of(g, count))) for g in groups[1:]]
    return Table(header, rows, drawn)


def table(text):
    """The only table of a text."""
    found = tables(text)
    assert len(found) == 1, "%d tables instead of one in\n%s" % (len(found), text)
    return found[0]


def _pad(text, to, centred):
    free = to - width(text)
    left = free // 2 if centred else 0
    return " " * left + text + " " * (free - left)


def draw(header, rows, centre_first=True, title=None):
    """The table at its natural width, as lines. Cells are strings; line breaks stack."""
    grid = [[h] for h in header], [[str(c).split("\n") for c in row] for row in rows]
    stacked = [[c for c in grid[0]]] + grid[1]
    widths = [max(width(line) for row in stacked for line in row[i]) for i in range(len(header))]
    centred = centre_first and len(header) > 1
    rule = (
        lambda left, mid, right, dash: left + mid.join(dash * (w + 2) for w in widths) + right
    )  # noqa: E731
    out = [rule("┏", "┯", "┓", "━")]
    for number, row in enumerate(stacked):
        if number:
            out.append(rule("┠", "┼", "┨", "─"))
        for line in range(max(len(cell) for cell in row)):
            parts = [
                " " + _pad(cell[line] if line < len(cell) else "", widths[i], centred and i == 0) + " "
                for i, cell in enumerate(row)
            ]
            out.append("┃" + "│".join(parts) + "┃")
    out.append(rule("┗", "┷", "┛", "━"))
    if title:
        total = sum(widths) + 3 * len(widths) + 1
        out[:0] = [_pad(line, total, True).rstrip() for line in wrap(title, total)]
    return out


def wrap(text, to):
    out = [""]
    for word in text.split(" "):
        if out[-1] and width(out[-1]) + 1 + width(word) > to:
            out.append(word)
        else:
            out[-1] = (out[-1] + " " + word) if out[-1] else word
    return out


# -- comparison ------------------------------------------------------------------------------


def _masked(line, names):
    in_table = line.startswith("┃")
    for name in names:
        mask = "{%s}" % name
        line = re.sub(PATTERNS[name], lambda m: mask.ljust(len(m.group(0))) if in_table else mask, line)
    return line


def assert_exact(actual, expected, keep_notice=False):
    """Level E: line by line. Placeholders stand in `expected` as {uuid}, {ts}, {dur}, {acct}.

    In a table the placeholder is followed by as many blanks as the value is longer.
    """
    wanted = lines_of(expected if isinstance(expected, str) else "\n".join(expected), keep_notice)
    while wanted and not wanted[0]:
        wanted.pop(0)
    names = [n for n in PATTERNS if any("{%s}" % n in line for line in wanted)]
    got = [_masked(line, names) for line in lines_of(actual, keep_notice)]
    assert got == wanted, "expected\n%s\n\ngot\n%s" % ("\n".join(wanted), "\n".join(got))


def assert_lines_in_order(actual, wanted):
    """Level D: each wanted line is there, in this order; anything may stand between."""
    lines = lines_of(actual)
    at = 0
    for line in wanted:
        try:
            at = lines.index(line, at) + 1
        except ValueError:
            raise AssertionError("no line %r (in this order) in\n%s" % (line, "\n".join(lines))) from None


def assert_facts(actual, *facts):
    """Each fact is a regular expression that the text, its line breaks taken out, must match."""
    prose = re.sub(r"\s+", " ", actual)
    for fact in facts:
        assert re.search(fact, prose, re.IGNORECASE), "nothing says %r in\n%s" % (fact, actual)


def heading(text):
    """The double box around a document's title."""
    free = 78 - width(text)
    return [
        "╔" + "═" * 78 + "╗",
        "║" + " " * (free // 2) + text + " " * (free - free // 2) + "║",
        "╚" + "═" * 78 + "╝",
    ]


RULE = "─" * 80


def seconds(duration):
    """11h59m55s as a number."""
    match = re.fullmatch(r"(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?", duration)
    assert match and duration, "no duration: %r" % duration
    days, hours, minutes, secs = (int(part or 0) for part in match.groups())
    return ((days * 24 + hours) * 60 + minutes) * 60 + secs
