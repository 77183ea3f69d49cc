from __future__ import annotations

import json
import subprocess
from dataclasses import replace

import numpy as np
import pytest
from support.exiftool import exiftool_or_skip

from sicgan_lite.pictures import xmp
from sicgan_lite.pictures.images import read_image, read_provenance, write_image
from sicgan_lite.pictures.provenance import COMPOSITE, GENERATED, Event, Provenance, read_packet, write_packet

# Written out: whoever looks for the label looks for this address.
TERM = "http://cv.iptc.org/newscodes/digitalsourcetype/compositeWithTrainedAlgorithmicMedia"
OURS = Provenance("sicgan-lite", "0.1.0", "0123456789abcdef" * 4, "2025-03-04T05:06:07+00:00")
PIXELS = np.arange(20 * 30 * 3, dtype=np.uint8).reshape(20, 30, 3)


def foreign(attributes: str = "", inner: str = "") -> bytes:
    """A packet as another program writes it, with its own prefixes."""
    return f"""<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/" x:xmptk="Other 1.0"><r:RDF
 xmlns:r="{xmp.RDF}" xmlns:a="http://ns.adobe.com/xap/1.0/" xmlns:mm="http://ns.adobe.com/xap/1.0/mm/"
 xmlns:e="http://ns.adobe.com/xap/1.0/sType/ResourceEvent#" xmlns:t="http://ns.adobe.com/tiff/1.0/"
 xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:i="http://iptc.org/std/Iptc4xmpExt/2008-02-29/">
<r:Description r:about="uuid:1" {attributes}>{inner}</r:Description></r:RDF></x:xmpmeta>
<?xpacket end="w"?>""".encode()


def test_a_label_reads_back_as_it_was_written():
    read = read_packet(write_packet(OURS))
    assert read is not None
    assert replace(read, history=()) == replace(OURS, source_type=TERM)
    source = f"source sha256:{OURS.source_sha256}"
    assert read.history == (Event("colorized", "sicgan-lite 0.1.0", OURS.when, source),)


def test_what_is_left_out_reads_as_empty():
    read = read_packet(write_packet(Provenance("system", "1")))
    assert read is not None
    assert (read.source_sha256, read.when) == ("", "")
    assert read.history == (Event("colorized", "system 1", "", ""),)


def test_the_same_label_is_the_same_bytes():
    assert write_packet(OURS, foreign()) == write_packet(OURS, foreign())


@pytest.mark.parametrize("text", ["<&>\"'", "Zoë 着色 🎨", "]]>", "a  b"])
def test_any_printable_text_survives(text):
    read = read_packet(write_packet(Provenance(text, text)))
    assert read is not None
    assert (read.system, read.version) == (text, text)


@pytest.mark.parametrize(
    ("bad", "says"),
    [
        (replace(OURS, system=""), "system must be a line of printable text; it is ''"),
        (replace(OURS, version=" "), "version must be"),
        (replace(OURS, system="two\nlines"), r"system .* it is 'two\\nlines'"),
        (replace(OURS, version="\x00"), "version must be"),
        (replace(OURS, when="now\t"), "when must be"),
        (replace(OURS, source_sha256="abc"), "source_sha256 must be 64 hexadecimal digits; it is 'abc'"),
        (replace(OURS, source_sha256="A" * 64), "64 hexadecimal digits"),
        (replace(OURS, source_sha256="a" * 65), "64 hexadecimal digits"),
    ],
)
def test_a_label_that_no_reader_could_use_is_refused(bad, says):
    with pytest.raises(ValueError, match=says):
        write_packet(bad)


def test_coloring_again_appends_to_the_history():
    packet = None
    for version in ("1", "2", "3"):
        packet = write_packet(replace(OURS, version=version), packet)
    read = read_packet(packet)
    assert read is not None
    assert read.version == "3"
    assert [event.agent for event in read.history] == [f"sicgan-lite {n}" for n in (1, 2, 3)]
    assert packet is not None
    assert packet.count(b"AISystemVersionUsed=") == 1
    assert packet.count(b"<xmpMM:History>") == 1


def test_a_foreign_history_is_kept_whole_and_ours_comes_last():
    history = """<mm:History><r:Seq><r:li e:action="created" e:softwareAgent="Camera" e:instanceID="id:1"/>
<r:li r:parseType="Resource"><e:action>saved</e:action><e:when>2020-01-01</e:when></r:li>
</r:Seq></mm:History>"""
    packet = write_packet(OURS, foreign(inner=history))
    read = read_packet(packet)
    assert read is not None
    assert [event.action for event in read.history] == ["created", "saved", "colorized"]
    assert read.history[0].agent == "Camera"
    assert read.history[1].when == "2020-01-01"
    assert b'e:instanceID="id:1"' in packet


def test_a_history_that_is_no_sequence_is_replaced_not_doubled():
    packet = write_packet(OURS, foreign('mm:History="broken"'))
    assert b"broken" not in packet
    assert packet.count(b"History>") == 2


def test_foreign_properties_stay_and_stale_ones_go():
    attributes = 'dc:format="image/tiff" a:CreatorTool="Camera 1" t:Orientation="6" mm:InstanceID="iid:1"'
    inner = "<dc:creator><r:Seq><r:li>Ann</r:li></r:Seq></dc:creator><a:Rating>4</a:Rating>"
    packet = write_packet(OURS, foreign(attributes, inner)).decode()
    for kept in (
        'dc:format="image/tiff"',
        "<r:li>Ann</r:li>",
        "<a:Rating>4</a:Rating>",
        'x:xmptk="Other 1.0"',
    ):
        assert kept in packet
    for stale in ("Camera 1", "Orientation", "iid:1"):
        assert stale not in packet


@pytest.mark.parametrize("source_type", ["digitalCapture", "trainedAlgorithmicMedia"])
def test_a_label_never_gets_weaker(source_type):
    term = f"http://cv.iptc.org/newscodes/digitalsourcetype/{source_type}"
    read = read_packet(write_packet(OURS, foreign(f'i:DigitalSourceType="{term}"')))
    assert read is not None
    assert read.source_type == (GENERATED if source_type == "trainedAlgorithmicMedia" else COMPOSITE)


@pytest.mark.parametrize("damaged", [b"junk", b"<x/>", foreign()[:-200], b"\xff\xfe"])
def test_a_damaged_packet_is_left_behind_and_the_label_is_whole(damaged):
    assert write_packet(OURS, damaged) == write_packet(OURS)


def test_a_packet_that_says_nothing_of_its_making_is_no_label():
    assert read_packet(foreign('a:CreatorTool="Camera 1"')) is None
    assert read_packet(None) is None


def test_the_label_of_another_program_is_read():
    read = read_packet(foreign("", f"<i:DigitalSourceType>{GENERATED}</i:DigitalSourceType>"))
    assert read == Provenance("", "", source_type=GENERATED)
    read = read_packet(foreign('i:AISystemUsed="Other"'))
    assert read == Provenance("Other", "")


@pytest.fixture
def exiftool():
    """Reads a file with exiftool: a reader of metadata that we did not write."""
    program = exiftool_or_skip()

    def read(path):
        command = [program, "-json", "-G1", "-s", "-struct", "-XMP:all", "-validate", "-warning", path]
        return json.loads(subprocess.run(command, check=True, capture_output=True).stdout)[0]

    return read


@pytest.mark.parametrize("suffix", ["png", "jpg", "JPEG"])
def test_exiftool_reads_the_label(tmp_path, exiftool, suffix):
    path = tmp_path / f"picture.{suffix}"
    write_image(path, PIXELS, provenance=OURS)
    tags = exiftool(path)
    assert tags["XMP-iptcExt:DigitalSourceType"] == TERM
    assert tags["XMP-iptcExt:AISystemUsed"] == "sicgan-lite"
    assert tags["XMP-iptcExt:AISystemVersionUsed"] == "0.1.0"
    assert tags["XMP-xmp:CreatorTool"] == "sicgan-lite 0.1.0"
    assert tags["XMP-xmp:MetadataDate"] == "2025:03:04 05:06:07+00:00"
    assert tags["XMP-xmpMM:DerivedFrom"] == {"DocumentID": f"sha256:{OURS.source_sha256}"}
    assert tags["XMP-xmpMM:History"] == [
        {
            "Action": "colorized",
            "SoftwareAgent": "sicgan-lite 0.1.0",
            "When": "2025:03:04 05:06:07+00:00",
            "Parameters": f"source sha256:{OURS.source_sha256}",
        }
    ]
    assert tags["ExifTool:Validate"] == "OK"


@pytest.mark.parametrize("suffix", ["png", "jpg"])
def test_what_exiftool_wrote_is_kept_through_two_colorings(tmp_path, exiftool, suffix):
    path = tmp_path / f"picture.{suffix}"
    write_image(path, PIXELS, provenance=None)
    subprocess.run(
        ["exiftool", "-q", "-overwrite_original", "-XMP-dc:Creator=Ann", "-XMP-xmp:Rating=4", path],
        check=True,
    )
    for version in ("1", "2"):
        photo = read_image(path)
        write_image(path, photo.rgb, provenance=Provenance("system", version), photo=photo)
    tags = exiftool(path)
    assert tags["XMP-dc:Creator"] == ["Ann"]
    assert tags["XMP-xmp:Rating"] == 4
    assert [event["SoftwareAgent"] for event in tags["XMP-xmpMM:History"]] == ["system 1", "system 2"]
    assert tags["XMP-xmpMM:DerivedFrom"] == {"DocumentID": f"sha256:{photo.source_sha256}"}
    assert tags["ExifTool:Validate"] == "OK"
    assert read_provenance(path) is not None
