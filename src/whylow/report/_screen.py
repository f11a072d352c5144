"""Blocks of text that share one screen: wrapped, shortened, and never more than fits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from rich.cells import cell_len, set_cell_size

from whylow.report._format import clean

MORE = "+ {count} more, see --report FILE.html"


@dataclass(frozen=True)
class Item:
    """Something to say, at full length and in brief (the same where it is short anyway).

    Args:
        full: Its lines.
        brief: Fewer lines for a full screen.
        place: Where it stands among the items that are shown, whatever its importance.
    """

    full: tuple[str, ...]
    brief: tuple[str, ...]
    place: int = 0


@dataclass(frozen=True)
class Block:
    """Items under a heading, which give way when the screen is full.

    Args:
        head: Lines that are always shown.
        items: What follows, the most important first.
        comfort: Lines it would like before others get more than that.
        rank: Whose wish is heard first; the smallest number.
        indent: What the line about left out items starts with.
    """

    head: tuple[str, ...] = ()
    items: tuple[Item, ...] = field(default=())
    comfort: int = 8
    rank: int = 0
    indent: str = "  "

    @property
    def least(self) -> int:
        """The fewest lines it can take."""
        first = len(self.items[0].brief) if self.items else 0
        return len(self.head) + first + (len(self.items) > 1)

    @property
    def most(self) -> int:
        """The lines it would take with all the room in the world."""
        return len(self.head) + sum(len(item.full) for item in self.items)

    def render(self, budget: int) -> list[str]:
        """Return at most `budget` lines; `budget` is no less than `least`."""
        shown = self._shown(budget - len(self.head))
        hidden = len(self.items) - len(shown)
        spare = budget - len(self.head) - bool(hidden) - sum(len(i.brief) for i in shown)
        lines = list(self.head)
        for item in sorted(shown, key=lambda item: item.place):
            grown = len(item.full) - len(item.brief)
            lines += item.full if grown <= spare else item.brief
            spare -= grown if grown <= spare else 0
        if hidden:
            lines.append(self.indent + MORE.format(count=hidden))
        return lines

    def _shown(self, left: int) -> tuple[Item, ...]:
        """Return the items there is room for.

        The first is the gravest: the last may give way so that the first is told in
        full, but no more than one, and not so that it stands alone.
        """
        if not self.items:
            return ()
        in_brief = self._count(left, len(self.items[0].brief))
        in_full = self._count(left, len(self.items[0].full))
        return self.items[: in_full if in_full == max(2, in_brief - 1) else in_brief]

    def _count(self, left: int, first: int) -> int:
        """Return how many items fit in brief after `first` lines for the first of them."""
        for count in range(len(self.items), 1, -1):
            room = left - (count < len(self.items))
            if first + sum(len(item.brief) for item in self.items[1:count]) <= room:
                return count
        return 1


def fit_screen(blocks: Sequence[Block], lines: int) -> str:
    """Return the blocks with a blank line between them, at most `lines` lines in all.

    Every block first gets the least it needs; then, by rank, what it is comfortable
    with; then what it would take at most.
    """
    budgets = [block.least for block in blocks]
    spare = lines - sum(budgets) - (len(blocks) - 1)
    for wish in ("comfort", "most"):
        for number in sorted(range(len(blocks)), key=lambda number: blocks[number].rank):
            block = blocks[number]
            wanted = min(block.most, getattr(block, wish)) - budgets[number]
            granted = max(0, min(wanted, spare))
            budgets[number] += granted
            spare -= granted
    rendered = [block.render(budget) for block, budget in zip(blocks, budgets, strict=True)]
    return "\n\n".join("\n".join(part) for part in rendered if part) + "\n"


def pad(text: str, width: int, *, right: bool = False) -> str:
    """Return `text` in exactly `width` terminal cells, shortened where it is longer."""
    text = shorten(text, width)
    spaces = " " * (width - cell_len(text))
    return spaces + text if right else text + spaces


def shorten(text: str, width: int) -> str:
    """Return `text` in at most `width` cells, with "…" where something was cut."""
    if cell_len(text) <= width:
        return text
    cut = set_cell_size(text, max(0, width - 1)).rstrip()
    space = cut.rfind(" ")
    # Cut at a word where that costs little; in the middle of one otherwise.
    if space > 0.7 * len(cut):
        cut = cut[:space]
    return cut.rstrip(" ,;:") + "…"


def wrap(text: str, width: int, *, first: str = "", rest: str = "") -> tuple[str, ...]:
    """Return `text` as lines of at most `width` cells, cut between words where it can be.

    Args:
        text: Any text; line ends and other white space count as spaces.
        width: Cells of a line.
        first: What the first line starts with.
        rest: What each further line starts with.
    """
    lines, line = [], first
    empty = True
    for word in clean(text).split(" "):
        while True:
            gap = "" if empty else " "
            if cell_len(line) + len(gap) + cell_len(word) <= width:
                line, empty = line + gap + word, False
                break
            if empty:  # a word longer than a line
                line, word = _chop(line, word, width)
            lines.append(line)
            line, empty = rest, True
    return (*lines, line)


def brief(lines: Sequence[str], count: int, width: int) -> tuple[str, ...]:
    """Return the first `count` lines, with "…" at the end where there were more."""
    if len(lines) <= count:
        return tuple(lines)
    return (
        *lines[: count - 1],
        shorten(f"{lines[count - 1]} {lines[count].strip()}", width),
    )


def _chop(line: str, word: str, width: int) -> tuple[str, str]:
    room = max(2, width - cell_len(line))
    taken = 0
    while taken < len(word) and cell_len(word[: taken + 1]) <= room:
        taken += 1
    return line + word[:taken], word[taken:]
