"""XML that is always well formed: whatever people typed, only signs that XML 1.0 allows leave the house."""

import re
from xml.etree.ElementTree import Element, SubElement, indent, tostring

_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def add(parent: Element, name: str, text: str | None = None, **attributes: str) -> Element:
    """Adds a child with a text."""
    child = SubElement(parent, name, {key.rstrip("_"): clean(value) for key, value in attributes.items()})
    if text is not None:
        child.text = clean(text)
    return child


def clean(text: str) -> str:
    """Leaves out what no XML document may hold."""
    return _FORBIDDEN.sub("", text)


def written(root: Element) -> bytes:
    """Writes a document."""
    indent(root)
    document: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return document
