"""What a generated picture says of itself: a label that any metadata reader understands.

The lightness of a colorized picture is a photograph's and its colour is a network's. IPTC made the
term ``compositeWithTrainedAlgorithmicMedia`` for a picture of captured and generated elements, and
that is what this is: a generated colour layer over a real lightness layer. The SHA-256 of the
source stands in ``xmpMM:DerivedFrom``, XMP's property for the file that a file was made from, so
that no namespace of our own is needed.
"""

import re
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any, NamedTuple
from xml.sax.saxutils import quoteattr

from sicgan_lite import __version__
from sicgan_lite.pictures import xmp

_TERMS = "http://cv.iptc.org/newscodes/digitalsourcetype/"
COMPOSITE = f"{_TERMS}compositeWithTrainedAlgorithmicMedia"
GENERATED = f"{_TERMS}trainedAlgorithmicMedia"

_IPTC = "http://iptc.org/std/Iptc4xmpExt/2008-02-29/"
_XMP = "http://ns.adobe.com/xap/1.0/"
_MM = "http://ns.adobe.com/xap/1.0/mm/"
_EVENT = "http://ns.adobe.com/xap/1.0/sType/ResourceEvent#"
_REF = "http://ns.adobe.com/xap/1.0/sType/ResourceRef#"
_TIFF = "http://ns.adobe.com/tiff/1.0/"
_EXIF = "http://ns.adobe.com/exif/1.0/"

_PREFIXES = {
    "rdf": xmp.RDF,
    "xmp": _XMP,
    "xmpMM": _MM,
    "stEvt": _EVENT,
    "stRef": _REF,
    "Iptc4xmpExt": _IPTC,
}

_HISTORY: xmp.Key = (_MM, "History")
# Not carried over from a source's packet: what we state ourselves, and what was true of the
# source's pixels or file only (an orientation, already applied, would turn the picture twice).
_REPLACED: set[xmp.Key] = {
    *((_IPTC, name) for name in ("DigitalSourceType", "AISystemUsed", "AISystemVersionUsed")),
    *((_XMP, name) for name in ("CreatorTool", "MetadataDate", "Thumbnails")),
    *((_MM, name) for name in ("DerivedFrom", "InstanceID")),
    *((_TIFF, name) for name in ("Orientation", "ImageWidth", "ImageLength", "BitsPerSample")),
    *((_EXIF, name) for name in ("PixelXDimension", "PixelYDimension", "ColorSpace")),
    ("http://ns.adobe.com/photoshop/1.0/", "ICCProfile"),
    ("http://ns.adobe.com/xmp/note/", "HasExtendedXMP"),
}


class Event(NamedTuple):
    """One entry of a file's history in the file's own words, empty where it says nothing."""

    action: str
    agent: str
    when: str
    parameters: str


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where a picture's colour comes from.

    ``system`` and ``version`` name what made the colour, ``source_sha256`` the file it was made
    for (64 hexadecimal digits), ``when`` the time (ISO 8601, from the caller's clock: the same call
    writes the same file). ``source_type`` and ``history`` (oldest first) are for reading: a new
    label sets them itself. Empty: the file does not say.
    """

    system: str
    version: str
    source_sha256: str = ""
    when: str = ""
    source_type: str = ""
    history: tuple[Event, ...] = ()


def own_provenance(source_sha256: str = "") -> Provenance:
    """What this version of the library says of a picture that it colours now."""
    now = datetime.now(timezone.utc).isoformat(timespec="seconds")
    return Provenance("sicgan-lite", __version__, source_sha256=source_sha256, when=now)


def write_packet(provenance: Provenance, source_xmp: bytes | None = None) -> bytes:
    """The XMP packet (UTF-8) that labels a picture, added to what the source's packet says.

    The source's history is kept and goes on, and a wholly generated source stays so called. What
    ``xmp.parse`` does not accept is left behind. Errors: ValueError for a system or version that
    is empty, for unprintable text, and for a hash that is no SHA-256.
    """
    _check(provenance)
    earlier = read_packet(source_xmp)
    wholly_generated = earlier is not None and earlier.source_type == GENERATED
    label = _parse_label(provenance, GENERATED if wholly_generated else COMPOSITE)
    packet = xmp.parse(source_xmp) or xmp.parse(_packet(""))
    xmp.remove(packet, _REPLACED)
    past = xmp.items(xmp.properties(packet).get(_HISTORY))
    if past:
        event = xmp.items(xmp.properties(label)[_HISTORY])[0]
        xmp.append(past[-1].parentNode, event)
    xmp.remove(label if past else packet, {_HISTORY})
    xmp.append(packet, label.firstChild)
    return xmp.serialize(packet)


def read_packet(packet: bytes | None) -> Provenance | None:
    """What a packet says of a picture's making; None if it names neither source type nor system."""
    rdf = xmp.parse(packet)
    if rdf is None:
        return None
    found = xmp.properties(rdf)
    system = xmp.text_of(found.get((_IPTC, "AISystemUsed")))
    source_type = xmp.text_of(found.get((_IPTC, "DigitalSourceType")))
    if not system and not source_type:
        return None
    source = xmp.properties(found.get((_MM, "DerivedFrom"))).get((_REF, "documentID"))
    digest = re.fullmatch("sha256:([0-9a-f]{64})", xmp.text_of(source))
    return Provenance(
        system=system,
        version=xmp.text_of(found.get((_IPTC, "AISystemVersionUsed"))),
        source_sha256=digest[1] if digest else "",
        when=xmp.text_of(found.get((_XMP, "MetadataDate"))),
        source_type=source_type,
        history=tuple(_read_event(item) for item in xmp.items(found.get(_HISTORY))),
    )


def _read_event(item: Any) -> Event:
    found = xmp.properties(item)
    names = ("action", "softwareAgent", "when", "parameters")
    return Event(*(xmp.text_of(found.get((_EVENT, name))) for name in names))


def _check(provenance: Provenance) -> None:
    for name in ("system", "version", "when", "source_sha256"):
        text = getattr(provenance, name)
        required = name in ("system", "version")
        if not text.isprintable() or (required and not text.strip()):
            raise ValueError(f"{name} must be a line of printable text; it is {text!r}")
    if not re.fullmatch("([0-9a-f]{64})?", provenance.source_sha256):
        raise ValueError(f"source_sha256 must be 64 hexadecimal digits; it is {provenance.source_sha256!r}")


def _parse_label(provenance: Provenance, source_type: str) -> Any:
    tool = f"{provenance.system} {provenance.version}"
    source = provenance.source_sha256 and f"sha256:{provenance.source_sha256}"
    stated = {
        "Iptc4xmpExt:DigitalSourceType": source_type,
        "Iptc4xmpExt:AISystemUsed": provenance.system,
        "Iptc4xmpExt:AISystemVersionUsed": provenance.version,
        "xmp:CreatorTool": tool,
        "xmp:MetadataDate": provenance.when,
    }
    event = {
        "stEvt:action": "colorized",
        "stEvt:softwareAgent": tool,
        "stEvt:when": provenance.when,
        "stEvt:parameters": source and f"source {source}",
    }
    derived_from = f"<xmpMM:DerivedFrom {_attributes({'stRef:documentID': source})}/>"
    # Namespaces are declared on the elements that a merge moves into another packet.
    return xmp.parse(
        _packet(
            f"""<rdf:Description {_declare(*_PREFIXES)} rdf:about="" {_attributes(stated)}>
{derived_from if source else ""}<xmpMM:History><rdf:Seq>
<rdf:li {_declare("rdf", "stEvt")} {_attributes(event)}/>
</rdf:Seq></xmpMM:History></rdf:Description>"""
        )
    )


def _declare(*prefixes: str) -> str:
    return _attributes({f"xmlns:{prefix}": _PREFIXES[prefix] for prefix in prefixes})


def _attributes(values: dict[str, str]) -> str:
    return " ".join(f"{name}={quoteattr(value)}" for name, value in values.items() if value)


def _packet(descriptions: str) -> bytes:
    return (
        f'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="{xmp.RDF}">'
        f"{descriptions}</rdf:RDF></x:xmpmeta>"
    ).encode()
