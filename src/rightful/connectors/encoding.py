"""Find out how a text file is encoded, and decode it to UTF-8 without losing a row to a bad byte.

Latin alphabets differ in a few bytes only, and no statistic of short company names tells them apart; so a small table of each
region's usual letters decides among them, and charset-normalizer decides among the other scripts.
"""

from __future__ import annotations

import codecs
from dataclasses import dataclass

from charset_normalizer import from_bytes

from rightful.errors import BookError, Mistake, Place, near_miss

__all__ = ["BAD_BYTE", "Decoded", "decode", "known_encoding"]

BAD_BYTE = "\udcff"
"""Stands for bytes that the encoding does not know; no decoder gives it, so a row that holds it is unreadable."""

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16: its mark starts with the other's
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_SAMPLE_BYTES = 64 * 1024
_MOST_LATIN_COST = 0.2
_USUAL_MARKS = "’‘“”„–—…€£©®™°·•«»º\xa0"
_WESTERN = "äöüßéèêëàâáãåæçñóòôõøíìîïúùûœÿ"
_POLISH = "ąćęłńóśźż"
_CZECH_AND_SLOVAK = "áäčďéěíĺľňóôŕřšťúůýž"
_CROATIAN = "čćđšž"
_HUNGARIAN = "áéíóöőúüű"
_ROMANIAN = "ăâîşţ"
_TURKISH = "çğıİöşüâîû"
_LATIN = (
    ("cp1252", _WESTERN),
    ("cp1250", _POLISH),
    ("cp1250", _CZECH_AND_SLOVAK),
    ("cp1250", _CROATIAN),
    ("cp1250", _HUNGARIAN),
    ("cp1254", _TURKISH),
    ("cp1250", _ROMANIAN),
    ("mac_roman", _WESTERN),
)
"""Latin encodings with the usual letters of a region; ties go to the first."""
_OTHER_SCRIPTS = [
    "cp1251", "koi8_r", "cp866", "cp932", "euc_jp", "gb18030", "big5", "cp949", "cp1253", "cp1255", "cp1256", "cp874",
]  # fmt: skip
_KNOWN = (
    "utf-8",
    "utf-16",
    "cp1252",
    "latin-1",
    "cp1250",
    "cp1251",
    "cp1254",
    "shift_jis",
    "gb18030",
    "big5",
    "euc-kr",
)


_ALLOWED = ", ".join(_KNOWN) + " and the others that Python knows"


@dataclass(frozen=True, slots=True)
class Decoded:
    """A text file's content as UTF-8.

    Attributes:
        data: UTF-8 bytes without a byte order mark; None when some bytes could not be decoded.
        text: The text, with ``BAD_BYTE`` for those bytes; None when ``data`` is given.
        encoding: How the file was read.
        is_guessed: True when neither the plan nor the file itself says so.
    """

    data: bytes | memoryview | None
    text: str | None
    encoding: str
    is_guessed: bool = False


def _mark(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return BAD_BYTE, error.end


codecs.register_error("rightful.mark", _mark)


def decode(data: memoryview, encoding: str | None, place: Place) -> Decoded:
    """Decode a file's bytes.

    Args:
        data: The whole file.
        encoding: As the plan says; None to find out.
        place: For the error message.

    Raises:
        BookError: There is no such encoding, or none fits.
    """
    for mark, name in _BOMS:
        if data[: len(mark)] == mark:
            return _decoded(data[len(mark) :], name)
    if encoding is not None:
        return _decoded(data, known_encoding(encoding, place))
    wide = _wide_without_mark(bytes(data[:4096]))
    if wide:
        return _decoded(data, wide, is_guessed=True)
    if _is_utf8(data):
        return Decoded(data, None, "utf-8")
    high = [line for line in bytes(data).split(b"\n") if not line.isascii()]
    if sum(map(_is_utf8, high)) > len(high) / 2:
        return _decoded(data, "utf-8")
    return _decoded(data, _guess(high, place), is_guessed=True)


def _decoded(data: memoryview, encoding: str, *, is_guessed: bool = False) -> Decoded:
    if encoding == "utf-8" and _is_utf8(data):
        return Decoded(data, None, encoding, is_guessed)
    try:
        return Decoded(codecs.decode(data, encoding).encode(), None, encoding, is_guessed)
    except UnicodeError:
        return Decoded(None, codecs.decode(data, encoding, "rightful.mark"), encoding, is_guessed)


def known_encoding(encoding: str, place: Place) -> str:
    """Give the usual name of an encoding.

    Raises:
        BookError: There is no such encoding.
    """
    name = encoding.strip()
    try:
        info = codecs.lookup(name)
        "".encode(name)  # codecs such as rot13 are no text encodings
    except (LookupError, ValueError) as error:
        problem = f"unknown encoding {encoding!r}"
        raise BookError(Mistake(place, problem, _ALLOWED, near_miss(encoding, _KNOWN))) from error
    return info.name


def _is_utf8(data: bytes | memoryview) -> bool:
    try:
        codecs.decode(data, "utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _wide_without_mark(start: bytes) -> str | None:
    """Recognise UTF-16 without its mark: in Latin text every other byte is zero."""
    even, odd = start[0::2], start[1::2]
    if len(odd) < 4:
        return None
    if odd.count(0) > 0.7 * len(odd) and even.count(0) < 0.1 * len(even):
        return "utf-16-le"
    if even.count(0) > 0.7 * len(even) and odd.count(0) < 0.1 * len(odd):
        return "utf-16-be"
    return None


def _guess(lines: list[bytes], place: Place) -> str:
    """Guess the encoding from the lines that are not plain ASCII."""
    sample = b"\n".join(lines)[:_SAMPLE_BYTES]
    costs = [_latin_cost(sample, name, letters) for name, letters in _LATIN]
    best = _LATIN[costs.index(min(costs))][0]
    if min(costs) > _MOST_LATIN_COST:
        found = from_bytes(sample, cp_isolation=_OTHER_SCRIPTS, enable_fallback=False).best()
        if found:
            return found.encoding
        problem = "the encoding cannot be found out"
        remedy = "write `encoding: ...` into sources.yaml, or save the file as UTF-8 (`CSV UTF-8` in Excel)"
        raise BookError(Mistake(place, problem, _ALLOWED, remedy))
    if best == "cp1252" and _undefined_in_cp1252(lines):
        return "latin-1"
    return best


def _undefined_in_cp1252(lines: list[bytes]) -> bool:
    return any(byte in line for line in lines for byte in (b"\x81", b"\x8d", b"\x8f", b"\x90", b"\x9d"))


def _latin_cost(sample: bytes, encoding: str, letters: str) -> float:
    """Give the share of characters beyond ASCII that would be odd in Latin text.

    Odd are unusual ones, three of them in a row, a capital after a small letter, and a mark between letters.
    """
    text = sample.decode(encoding, "replace")
    usual = frozenset(letters + letters.upper())
    odd = high = 0
    run = 0
    for before, character, after in zip(" " + text, text, text[1:] + " ", strict=False):
        if character.isascii():
            run = 0
            continue
        high += 1
        run += 1
        if character in usual:
            odd += run > 2 or (character.isupper() and before.islower())
        else:
            between_letters = before.isalpha() and after.isalpha() and character not in "’‘"
            odd += character not in _USUAL_MARKS or between_letters
    return odd / max(high, 1)
