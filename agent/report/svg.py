"""Only drawing is let through of an SVG: an allow-list of elements and attributes, nothing that fetches or runs."""

import xml.etree.ElementTree as ET

DRAWING = frozenset({"svg", "g", "path", "line", "rect", "circle", "text", "tspan"})
PLACE = frozenset({"viewBox", "width", "height", "x", "y", "x1", "x2", "y1", "y2", "cx", "cy", "r", "d", "transform"})
STROKE = frozenset(
    {"stroke", *(f"stroke-{it}" for it in ("width", "opacity", "dasharray", "linecap", "linejoin", "miterlimit"))}
)
ATTRIBUTES = PLACE | STROKE | {"fill", "fill-opacity", "opacity", "text-anchor", "font-size", "font-weight"}


def clean(svg: str, colours: dict[str, str]) -> str:
    """The drawing alone, without namespaces, links, styles or scripts; `colours` are replaced in fills and strokes.

    Raises:
        xml.etree.ElementTree.ParseError: it is not XML.
    """
    # Our own renderer made it from numbers; the standard library's parser resolves no outside entity.
    root = _kept(ET.fromstring(svg), colours)  # noqa: S314
    root.attrib.pop("width", None)
    root.attrib.pop("height", None)
    return ET.tostring(root, encoding="unicode")


def _kept(element: ET.Element, colours: dict[str, str]) -> ET.Element:
    attributes = {
        name: colours.get(value.lower(), value)
        for name, value in element.attrib.items()
        if name in ATTRIBUTES and "url(" not in value
    }
    new = ET.Element(_local(element.tag), attributes)
    new.text = element.text if new.tag in ("text", "tspan") else None
    new.extend(_kept(child, colours) for child in element if _local(child.tag) in DRAWING)
    return new


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]
