from __future__ import annotations

import pytest

from sicgan_lite.pictures import xmp

DC = "http://purl.org/dc/elements/1.1/"
ST = "http://ns.example.org/struct/"


def packet(inner: str, wrapper: str = "{}") -> bytes:
    rdf = f'<rdf:RDF xmlns:rdf="{xmp.RDF}" xmlns:dc="{DC}" xmlns:st="{ST}">{inner}</rdf:RDF>'
    return wrapper.format(f'<x:xmpmeta xmlns:x="adobe:ns:meta/">{rdf}</x:xmpmeta>').encode()


AS_ATTRIBUTE = packet('<rdf:Description rdf:about="" dc:title="A &amp; B"/>')
AS_ELEMENT = packet('<rdf:Description rdf:about=""><dc:title>A &amp; B</dc:title></rdf:Description>')
IN_SECOND = packet(
    '<rdf:Description dc:other="x"/><rdf:Description><dc:title><![CDATA[A & B]]></dc:title></rdf:Description>'
)


@pytest.mark.parametrize(
    "data", [AS_ATTRIBUTE, AS_ELEMENT, IN_SECOND], ids=["attribute", "element", "second"]
)
def test_a_property_reads_the_same_in_every_spelling_of_rdf(data):
    assert xmp.text_of(xmp.properties(xmp.parse(data))[DC, "title"]) == "A & B"


@pytest.mark.parametrize(
    "spelling",
    [
        '<dc:source st:id="7"/>',
        '<dc:source rdf:parseType="Resource"><st:id>7</st:id></dc:source>',
        "<dc:source><rdf:Description><st:id>7</st:id></rdf:Description></dc:source>",
        '<dc:source><rdf:Description st:id="7"/></dc:source>',
    ],
)
def test_a_structure_reads_the_same_in_every_spelling_of_rdf(spelling):
    rdf = xmp.parse(packet(f"<rdf:Description>{spelling}</rdf:Description>"))
    structure = xmp.properties(rdf)[DC, "source"]
    assert xmp.text_of(xmp.properties(structure)[ST, "id"]) == "7"


def test_a_property_inside_a_structure_is_not_one_of_the_picture():
    rdf = xmp.parse(packet('<rdf:Description><dc:source st:title="inner"/></rdf:Description>'))
    assert (ST, "title") not in xmp.properties(rdf)


def test_an_array_is_read_in_order_and_what_is_none_has_no_items():
    seq = "<dc:list><rdf:Seq><rdf:li>1</rdf:li> <rdf:li>2</rdf:li></rdf:Seq></dc:list>"
    rdf = xmp.parse(packet(f"<rdf:Description>{seq}</rdf:Description>"))
    assert [xmp.text_of(item) for item in xmp.items(xmp.properties(rdf)[DC, "list"])] == ["1", "2"]
    assert xmp.items(None) == []
    flat = xmp.properties(xmp.parse(packet('<rdf:Description dc:list="1, 2"/>')))[DC, "list"]
    assert xmp.items(flat) == []


@pytest.mark.parametrize(
    "wrapper",
    [
        "{}",
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>{}<?xpacket end="w"?>',
        "\ufeff{}",
        "\n\n{}   \n",
        "{}\0\0",
    ],
)
def test_wrappers_and_padding_do_not_matter(wrapper):
    assert xmp.parse(packet('<rdf:Description dc:title="A"/>', wrapper)) is not None


DEEP = "<a>" * 60_000 + "</a>" * 60_000
LAUGHS = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>' + packet("&b;").decode()


@pytest.mark.parametrize(
    "data",
    [
        None,
        b"",
        b"   \0",
        b"not xml",
        b"<x>",
        b"<x/>",
        b"\xff\xfe<\0x\0/\0>\0",
        packet("&unknown;"),
        packet("<undeclared:prefix/>"),
        packet("\x01"),
        packet(DEEP),
        packet("x" * 1_100_000),
        LAUGHS.encode(),
        LAUGHS.encode("utf-16"),
    ],
    ids=lambda data: repr(data)[:24],
)
def test_what_is_not_a_packet_reads_as_none(data):
    assert xmp.parse(data) is None


def test_remove_takes_both_spellings_and_nothing_else():
    rdf = xmp.parse(
        packet(
            '<rdf:Description dc:title="a" dc:kept="1"><dc:title>b</dc:title><dc:also>2</dc:also>'
            '<dc:inner dc:title="3"/></rdf:Description>'
        )
    )
    xmp.remove(rdf, {(DC, "title")})
    again = xmp.parse(xmp.serialize(rdf))
    found = xmp.properties(again)
    assert (DC, "title") not in found
    assert xmp.text_of(found[DC, "kept"]) == "1"
    assert xmp.text_of(found[DC, "also"]) == "2"
    assert xmp.text_of(xmp.properties(found[DC, "inner"])[DC, "title"]) == "3"


def test_serialize_keeps_foreign_prefixes_text_and_wrapper():
    data = packet('<rdf:Description xmlns:odd="http://odd.example/" odd:name="Zoë &lt;1&gt;"/>')
    written = xmp.serialize(xmp.parse(data))
    assert 'odd:name="Zoë &lt;1&gt;"' in written.decode()
    assert written.startswith(b'<?xpacket begin="\xef\xbb\xbf" id="W5M0MpCehiHzreSzNTczkc9d"?>')
    assert written.endswith(b'<?xpacket end="w"?>')
    assert xmp.serialize(xmp.parse(written)) == written
