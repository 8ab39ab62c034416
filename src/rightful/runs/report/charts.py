"""Charts as SVG, made here: bars for table cells, a histogram, dots, a flow, tiles.

Colour never stands alone: every value is written beside or within its mark, charts have a title and a description. Bars
for cells carry no text, for the table has it; their widths are in percent, so they fit any screen.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from markupsafe import Markup

from rightful.runs.report.flows import Link
from rightful.runs.summary.figures import count, short

__all__ = ["Column", "Part", "Tile", "bar", "dots", "flow", "heat", "histogram", "stack", "tiles"]

_HEAT_LEVELS = 5


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a stacked bar: its name, its value, and the class of its colour and hatching."""

    name: str
    value: float
    tone: str


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a histogram: what it is, its parts from the bottom up, and what stands at its left edge, if anything."""

    label: str
    parts: tuple[Part, ...]
    edge: str = ""

    @property
    def total(self) -> float:
        """Height of the column."""
        return sum(part.value for part in self.parts)


@dataclass(frozen=True, slots=True)
class Tile:
    """A tile of a map: where it lies, its code, its value, and what hovering says."""

    row: int
    column: int
    code: str
    value: int
    title: str


def bar(value: float, most: float, tone: str = "a") -> Markup:
    """Draw a value as a bar; ``most`` fills the cell."""
    return stack((Part("", value, tone),), most)


def stack(parts: Iterable[Part], whole: float) -> Markup:
    """Draw parts one after another; ``whole`` fills the cell."""
    drawn, start = [], 0.0
    for part in parts:
        width = 100 * part.value / whole if whole > 0 else 0.0
        if width > 0:
            title = Markup("<title>{}: {}</title>").format(part.name, count(part.value)) if part.name else ""
            drawn.append(
                Markup('<rect class="{}" x="{:.2f}%" width="{:.2f}%" height="100%">{}</rect>').format(
                    part.tone, start, width, title
                )
            )
        start += width
    return Markup('<svg class="bar" aria-hidden="true" focusable="false">{}</svg>').format(Markup("").join(drawn))


def heat(value: float, most: float) -> str:
    """Give the class of a cell's shade, ``heat0`` to ``heat5``; the square root lets small values differ."""
    level = 0 if value <= 0 or most <= 0 else max(1, round(_HEAT_LEVELS * (value / most) ** 0.5))
    return f"heat{level}"


def _figure(name: str, title: str, description: str, size: tuple[int, int], marks: Iterable[Markup]) -> Markup:
    """Put marks into an SVG that says what it shows."""
    return Markup(
        '<svg class="chart {}" viewBox="0 0 {} {}" style="--w:{}px" role="img"><title>{}</title><desc>{}</desc>{}</svg>'
    ).format(name, *size, size[0], title, description, Markup("").join(marks))


def _text(x: float, y: float, words: str, kind: str) -> Markup:
    return Markup('<text x="{:.1f}" y="{:.1f}" class="{}">{}</text>').format(x, y, kind, words)


def _rect(box: tuple[float, float, float, float], tone: str, title: str) -> Markup:
    return Markup(
        '<rect x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}" class="{}"><title>{}</title></rect>'
    ).format(*box, tone, title)


def _brief(value: float) -> str:
    """Write a count in few letters: 9,999, 10k, 1.2M."""
    if value >= 999_500:
        return f"{value / 1e6:.1f}M"
    return f"{value / 1e3:.0f}k" if value >= 10_000 else count(value)


def histogram(title: str, description: str, columns: Sequence[Column], end: str) -> Markup:
    """Draw columns with their totals above and the values at their edges below; ``end`` is the value at the right end."""
    width, height, top, bottom = 640, 200, 16, 20
    step, most = width / max(len(columns), 1), max((column.total for column in columns), default=0)
    marks = [Markup('<line class="axis" x1="0" y1="{0}" x2="{1}" y2="{0}"/>').format(height - bottom, width)]
    for index, column in enumerate(columns):
        left, base = index * step, float(height - bottom)
        for part in column.parts:
            tall = (height - top - bottom) * part.value / most if most else 0.0
            if tall > 0:
                # One record among a million still shows.
                tall = max(tall, 1.0)
                box = (left + 2, base - tall, step - 4, tall)
                marks.append(_rect(box, part.tone, f"{column.label} {part.name}: {count(part.value)}"))
                base -= tall
        if column.total:
            marks.append(_text(left + step / 2, base - 4, _brief(column.total), "value"))
        marks.append(_text(left, height - 5, column.edge, "label"))
    marks.append(_text(width, height - 5, end, "end"))
    return _figure("histogram", title, description, (width, height), marks)


def dots(values: Sequence[float], most: float, middle: float) -> Markup:
    """Draw each value as a dot on a line from 0 to ``most``, and a stroke at the middle; equal dots lie on one another."""
    places = sorted({round(100 * value / most, 1) if most > 0 else 0.0 for value in values})
    drawn = [Markup('<circle cx="{:.1f}%" cy="50%" r="3.5"/>').format(2 + 0.96 * place) for place in places]
    at = 2 + 0.96 * (100 * middle / most if most > 0 else 0.0)
    stroke = Markup('<line class="middle" x1="{0:.1f}%" x2="{0:.1f}%" y1="0" y2="100%"/>').format(at)
    line = Markup('<line class="axis" x1="2%" x2="98%" y1="50%" y2="50%"/>')
    return Markup('<svg class="bar dots" aria-hidden="true" focusable="false">{}{}{}</svg>').format(
        line, stroke, Markup("").join(drawn)
    )


@dataclass(slots=True)
class _Node:
    """A node of a flow: how much goes through, where it stands, and how much of it is taken on either side."""

    name: str
    step: int
    into: float = 0.0
    out: float = 0.0
    y: float = 0.0
    taken: dict[str, float] = field(default_factory=lambda: {"in": 0.0, "out": 0.0})

    @property
    def size(self) -> float:
        return max(self.into, self.out)


_FLOW_WIDTH, _FLOW_HEIGHT, _FLOW_GAP, _NODE = 760, 300, 20, 10
_LONGEST_NODE = 22


def flow(title: str, description: str, links: Sequence[Link]) -> Markup:
    """Draw where records went: nodes step by step from left to right, bands as wide as the records in them."""
    nodes = _nodes(links)
    steps = max((node.step for node in nodes.values()), default=0) + 1
    scale = _place(list(nodes.values()), steps)
    stride = (_FLOW_WIDTH - 170) / max(steps - 1, 1)
    bands = [_band(link, nodes, scale, stride) for link in links]
    marks = [mark for node in nodes.values() for mark in _node_marks(node, scale, stride)]
    return _figure("flow", title, description, (_FLOW_WIDTH, _FLOW_HEIGHT), [*bands, *marks])


def _nodes(links: Sequence[Link]) -> dict[tuple[int, str], _Node]:
    nodes: dict[tuple[int, str], _Node] = {}
    for link in links:
        source = nodes.setdefault((link.step, link.source), _Node(link.source, link.step))
        target = nodes.setdefault((link.step + 1, link.target), _Node(link.target, link.step + 1))
        source.out += link.records
        target.into += link.records
    return nodes


def _place(nodes: Sequence[_Node], steps: int) -> float:
    """Stack the nodes of each step, largest first but dead ends last; give pixels per record."""
    columns = [
        sorted((node for node in nodes if node.step == step), key=lambda node: (not node.out, -node.size, node.name))
        for step in range(steps)
    ]
    free = [_FLOW_HEIGHT - 10 - _FLOW_GAP * len(column) for column in columns]
    sizes = [sum(node.size for node in column) for column in columns]
    scale = min((room / size for room, size in zip(free, sizes, strict=True) if size), default=0.0)
    for column in columns:
        y = 10.0
        for node in column:
            node.y = y
            y += node.size * scale + _FLOW_GAP
    return scale


def _band(link: Link, nodes: dict[tuple[int, str], _Node], scale: float, stride: float) -> Markup:
    source, target = nodes[link.step, link.source], nodes[link.step + 1, link.target]
    wide = max(link.records * scale, 0.6)
    x1, x2 = link.step * stride + _NODE, (link.step + 1) * stride
    y1, y2 = source.y + source.taken["out"] + wide / 2, target.y + target.taken["in"] + wide / 2
    source.taken["out"] += link.records * scale
    target.taken["in"] += link.records * scale
    bend = (x1 + x2) / 2
    words = f"{short(link.source)} to {short(link.target)}: {count(link.records)}"
    return Markup(
        '<path class="band" d="M{0:.1f} {1:.1f}C{2:.1f} {1:.1f} {2:.1f} {3:.1f} {4:.1f} {3:.1f}"'
        ' stroke-width="{5:.1f}"><title>{6}</title></path>'
    ).format(x1, y1, bend, y2, x2, wide, words)


def _node_marks(node: _Node, scale: float, stride: float) -> tuple[Markup, Markup]:
    tall = max(node.size * scale, 1.0)
    tone = "bad" if node.name in ("exception", "quarantined", "no territory") else "a"
    words = f"{short(node.name.replace('_', ' '), _LONGEST_NODE)} {count(node.size)}"
    left = node.step * stride
    return (
        _rect((left, node.y, _NODE, tall), tone, words),
        _text(left + _NODE + 5, node.y + min(tall / 2, _FLOW_HEIGHT) + 4, words, "node"),
    )


def tiles(title: str, description: str, cells: Sequence[Tile]) -> Markup:
    """Draw a map of equal tiles, each with its code and its value."""
    size = 48
    most = max((cell.value for cell in cells), default=0)
    wide = (max((cell.column for cell in cells), default=0) + 1) * size
    tall = (max((cell.row for cell in cells), default=0) + 1) * size
    marks = []
    for cell in cells:
        left, top = cell.column * size, cell.row * size
        shade = heat(cell.value, most)
        marks.append(
            Markup('<g class="{}">{}{}{}</g>').format(
                shade,
                _rect((left + 1, top + 1, size - 2, size - 2), "tile", cell.title),
                _text(left + size / 2, top + 20, cell.code, "code"),
                _text(left + size / 2, top + 36, _brief(cell.value), "value"),
            )
        )
    return _figure("tiles", title, description, (wide, tall), marks)
