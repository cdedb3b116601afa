from __future__ import annotations

import base64
import random
import string

import pytest

from api.wechat.envelope import BadEnvelope, Envelope, signature
from api.wechat.notes import BadNote, read, write

KEY = base64.b64encode(bytes(range(32))).decode().rstrip("=")
APPID = "wx0123456789abcdef"
ALPHABET = string.printable + "社会组织登记“”，。𠮷👩‍👩‍👧\u2028\x00é"


def a_text(rng: random.Random) -> str:
    return "".join(rng.choice(ALPHABET) for _ in range(rng.choice([0, 1, 11, 12, 15, 16, 17, 31, 32, 33, rng.randrange(0, 3000)])))


def test_agrees_with_wechatpy_on_a_thousand_messages():
    crypto = pytest.importorskip("wechatpy.crypto", reason="没有装 wechatpy，不能对拍加解密；pip install -e '.[dev]'")
    rng = random.Random(8)
    theirs = crypto.WeChatCrypto("a-token", KEY, APPID)
    ours = Envelope("a-token", KEY, APPID)
    for number in range(1000):
        text, nonce, timestamp = a_text(rng).replace("\x00", ""), str(rng.random()), str(1_700_000_000 + number)
        sealed, signed = ours.seal(text, timestamp, nonce)
        body = f"<xml><Encrypt><![CDATA[{sealed}]]></Encrypt></xml>"
        assert theirs.decrypt_message(body, signed, timestamp, nonce) == text
        # What they seal, we open: their reply is an XML note.
        reply = read(theirs.encrypt_message(text or "x", nonce, timestamp).encode())
        ours.check(reply["MsgSignature"], timestamp, nonce, reply["Encrypt"])
        assert ours.open(reply["Encrypt"]) == (text or "x")


def test_round_trip_keeps_nul_and_every_length():
    envelope = Envelope("t", KEY, "")
    rng = random.Random(1)
    for length in range(200):
        text = "".join(rng.choice(ALPHABET) for _ in range(length))
        sealed, signed = envelope.seal(text, "1", "n")
        assert signed == signature("t", "1", "n", sealed)
        assert envelope.open(sealed) == text


def test_another_receiver_key_or_signature_is_refused():
    sealed, signed = Envelope("t", KEY, "wx-other").seal("hello", "1", "n")
    ours = Envelope("t", KEY, APPID)
    with pytest.raises(BadEnvelope, match="另一个 appid"):
        ours.open(sealed)
    with pytest.raises(BadEnvelope, match="签名"):
        ours.check(signed[:-1] + ("0" if signed[-1] != "0" else "1"), "1", "n", sealed)
    with pytest.raises(BadEnvelope, match="签名"):
        ours.check("签名", "1", "n", sealed)
    other = base64.b64encode(bytes(range(1, 33))).decode().rstrip("=")
    with pytest.raises(BadEnvelope):
        Envelope("t", other, APPID).open(sealed)


def test_any_damage_is_refused_and_never_anything_else():
    ours = Envelope("t", KEY, APPID)
    sealed = bytearray(base64.b64decode(ours.seal("社会团体" * 20, "1", "n")[0]))
    rng = random.Random(2)
    for _ in range(3000):
        damaged = bytearray(sealed[: rng.randrange(0, len(sealed) + 1)] if rng.random() < 0.3 else sealed)
        for _ in range(rng.randrange(1, 4)):
            if damaged:
                damaged[rng.randrange(len(damaged))] ^= 1 << rng.randrange(8)
        try:
            ours.open(base64.b64encode(bytes(damaged)).decode())
        except BadEnvelope:
            continue
    for nonsense in ("", "=", "AAAA", "不是 base64", "A" * 44, base64.b64encode(b"\x00" * 32).decode()):
        with pytest.raises(BadEnvelope):
            ours.open(nonsense)


def test_notes_round_trip():
    fields = {"ToUserName": "a", "Content": "<b>&amp;]]>社会\n组织", "Empty": ""}
    assert read(write(fields).encode()) == fields
    assert read(write({"CreateTime": 12}).encode()) == {"CreateTime": "12"}


@pytest.mark.parametrize(
    "body",
    [
        b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]><xml><Encrypt>&b;</Encrypt></xml>',
        b'<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]><xml><Encrypt>&f;</Encrypt></xml>',
        b'<!DOCTYPE x SYSTEM "http://127.0.0.1/x.dtd"><xml/>',
        b"<xml><Encrypt>&undefined;</Encrypt></xml>",
        b"<xml><Encrypt>",
        b"not xml",
        b"",
        b"\xff\xfe<xml/>",
        b"<a><b><c><d><e/></d></c></b></a>",
        b"<xml>" + b"".join(b"<f%d/>" % n for n in range(200)) + b"</xml>",
        b"<xml><Encrypt>" + b"a" * 70_000 + b"</Encrypt></xml>",
    ],
    ids=["entity bomb", "external entity", "external dtd", "undefined entity", "cut", "text", "empty", "wrong encoding", "deep", "many fields", "large"],
)
def test_malformed_xml_is_refused(body: bytes):
    with pytest.raises(BadNote):
        read(body)
