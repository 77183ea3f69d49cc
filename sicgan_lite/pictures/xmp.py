"""Reading and merging XMP packets: RDF in XML, as Adobe's XMP specification (ISO 16684-1) has it.

A property is known by its key, (namespace, local name). Foreign packets come from strangers: what
is not XMP reads as None, and nothing in a packet can make it grow or nest without bound.
"""

from collections.abc import Iterator
from typing import Any
from xml.dom import minidom
from xml.parsers.expat import ExpatError

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
MAX_BYTES, _MAX_DEPTH = 1 << 20, 50

Key = tuple[str | None, str | None]


def parse(packet: bytes | None) -> Any:
    """The rdf:RDF element of an XMP packet in UTF-8.

    None for no packet, for what is not XMP, and for a packet above 1 MiB, nested deeper than 50
    elements or with a document type: damage or an attack, and no loss to anyone.
    """
    if not packet or len(packet) > MAX_BYTES:
        return None
    try:
        text = packet.strip(b"\0\t\n\r ").decode("utf-8-sig")
        if "<!DOCTYPE" in text:  # entities make a small document large, and XMP has none
            return None
        document = minidom.parseString(text)  # noqa: S318  no document type, bounded size
    except (UnicodeDecodeError, ExpatError):
        return None
    if _depth(document) > _MAX_DEPTH:
        return None
    return next(iter(document.getElementsByTagNameNS(RDF, "RDF")), None)


def serialize(rdf: Any) -> bytes:
    """The packet that an rdf:RDF element stands in, with the wrapper that scanners look for."""
    head = '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>'
    body = rdf.ownerDocument.documentElement.toxml()
    return f'{head}\n{body}\n<?xpacket end="w"?>'.encode()


def properties(element: Any) -> dict[Key, Any]:
    """The properties of an rdf:RDF element or of a structure, by key.

    RDF spells a property as an attribute or as an element, in one rdf:Description or in several.
    Of a property given twice the last counts.
    """
    return {_key(node): node for node in _walk(element)}


def text_of(node: Any) -> str:
    """The text of a property, or "" for None and for a structure."""
    if node is None:
        return ""
    if node.nodeType == node.ATTRIBUTE_NODE:
        return node.value
    return "".join(child.data for child in node.childNodes if isinstance(child, minidom.Text))


def items(array: Any) -> list[Any]:
    """The rdf:li elements of an ordered array (rdf:Seq); none for None."""
    sequences = [node for node in _children(array) if _key(node) == (RDF, "Seq")]
    return [node for seq in sequences for node in seq.childNodes if _key(node) == (RDF, "li")]


def remove(rdf: Any, keys: set[Key]) -> None:
    """Take the properties with these keys out of an rdf:RDF element."""
    for node in [node for node in _walk(rdf) if _key(node) in keys]:
        if node.nodeType == node.ATTRIBUTE_NODE:
            node.ownerElement.removeAttributeNode(node)
        else:
            node.parentNode.removeChild(node)


def append(parent: Any, node: Any) -> None:
    """Copy a node of another packet to the end of ``parent``."""
    parent.appendChild(parent.ownerDocument.importNode(node, deep=True))


def _walk(element: Any) -> Iterator[Any]:
    attributes = getattr(element, "attributes", None)
    for node in [*(attributes.values() if attributes else ()), *_children(element)]:
        if _key(node) == (RDF, "Description"):
            yield from _walk(node)
        else:
            yield node


def _children(node: Any) -> list[Any]:
    return list(node.childNodes) if node is not None else []


def _key(node: Any) -> Key:
    return node.namespaceURI, getattr(node, "localName", None)


def _depth(document: Any) -> int:
    level, depth = [document], 0
    while level := [child for node in level for child in node.childNodes]:
        depth += 1
    return depth
