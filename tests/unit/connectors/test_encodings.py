from __future__ import annotations

import codecs
from collections.abc import Callable
from typing import Any

import pytest

from rightful.errors import BookError

Read = Callable[..., Any]

TEXTS = {
    "utf-8": "Müller,München\nŁódź SA,東京\n",
    "cp1252": "Müller & Söhne GmbH,München\nCafé Crème,Orléans\nPeña e Hijos,Málaga\nL’Oréal – Paris,Clichy\n",
    "latin-1": "Müller & Söhne GmbH,München\nCafé Crème,Orléans\n",
    "cp1250": "Żywiec SA,Żywiec\nŻabka Polska,Poznań\nZakłady Łącznikowe,Łódź\n",
    "cp1254": "Türkiye İş Bankası,İstanbul\nKoç Holding,Şişli\nŞekerbank,Ankara\n",
    "mac_roman": "Müller & Söhne GmbH,München\nCafé Crème,Orléans\n",
    "cp1251": "Газпром нефть,Москва\nРога и Копыта,Санкт-Петербург\nЯндекс,Москва\n",
    "koi8_r": "Газпром нефть,Москва\nРога и Копыта,Санкт-Петербург\n",
    "shift_jis": "株式会社トヨタ自動車,豊田市\nソニー株式会社,東京\n任天堂,京都\n",
    "gb18030": "华为技术有限公司,深圳\n阿里巴巴,杭州\n",
    "big5": "台積電,新竹\n鴻海精密,台北\n",
    "euc_kr": "삼성전자,수원\n현대자동차,서울\n",
    "cp1253": "Εθνική Τράπεζα,Αθήνα\nΕλληνικά Πετρέλαια,Θεσσαλονίκη\n",
}
WIDE = ("utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be")
MARKS = {
    "utf-16-le": codecs.BOM_UTF16_LE,
    "utf-16-be": codecs.BOM_UTF16_BE,
    "utf-32-le": codecs.BOM_UTF32_LE,
    "utf-32-be": codecs.BOM_UTF32_BE,
}


def table(rows: str) -> str:
    return "name,city,account_id\n" + "".join(f"{row},{number}\n" for number, row in enumerate(rows.splitlines()))


def expected(rows: str) -> dict[str, str]:
    return {str(number): row.split(",")[0] for number, row in enumerate(rows.splitlines())}


@pytest.mark.parametrize("encoding", TEXTS)
def test_encodings_are_found_out(read_accounts: Read, encoding: str) -> None:
    read = read_accounts(table(TEXTS[encoding]).encode(encoding))
    assert read.names == expected(TEXTS[encoding])
    assert read.aside == []
    assert bool(read.warnings) == (encoding != "utf-8"), "a guess is said"


@pytest.mark.parametrize("encoding", TEXTS)
def test_encodings_can_be_stated(read_accounts: Read, encoding: str) -> None:
    sources = f"accounts: {{file: book/accounts.csv, encoding: {encoding}}}"
    read = read_accounts(table(TEXTS[encoding]).encode(encoding), sources)
    assert read.names == expected(TEXTS[encoding])
    assert read.warnings == []


def test_the_byte_order_mark_of_utf_8_is_no_part_of_the_header(read_accounts: Read) -> None:
    read = read_accounts(codecs.BOM_UTF8 + table(TEXTS["utf-8"]).encode())
    assert read.names == expected(TEXTS["utf-8"])


@pytest.mark.parametrize("encoding", WIDE)
def test_wide_encodings_with_a_mark(read_accounts: Read, encoding: str) -> None:
    read = read_accounts(MARKS[encoding] + table(TEXTS["utf-8"]).encode(encoding))
    assert read.names == expected(TEXTS["utf-8"])
    assert read.warnings == []


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_without_a_mark(read_accounts: Read, encoding: str) -> None:
    assert read_accounts(table(TEXTS["cp1252"]).encode(encoding)).names == expected(TEXTS["cp1252"])


def test_a_bad_byte_in_utf_8_costs_its_row(read_accounts: Read) -> None:
    good = "account_id,name\n1,Müller\n2,Łódź\n3,Café\n"
    read = read_accounts(good.encode() + b"4,Caf\xe9\n5,Beta\n")
    assert read.names == {"1": "Müller", "2": "Łódź", "3": "Café", "5": "Beta"}
    assert read.aside == [(5, "invalid_bytes")]
    assert read.book.quarantine["row_text"][0].as_py() == "4,Caf\ufffd"


@pytest.mark.parametrize(
    ("encoding", "row"), [("utf-8", b"1,\xff\xfeX\n"), ("shift_jis", b"1,\x83\n"), ("cp1252", b"1,\x81\n")]
)
def test_bad_bytes_in_a_stated_encoding(read_accounts: Read, encoding: str, row: bytes) -> None:
    sources = f"accounts: {{file: book/accounts.csv, encoding: {encoding}}}"
    read = read_accounts(b"account_id,name\n" + row + b"2,Beta\n", sources)
    assert read.names == {"2": "Beta"}
    assert read.aside == [(2, "invalid_bytes")]


def test_half_a_character_at_the_end_of_utf_16(read_accounts: Read) -> None:
    read = read_accounts(codecs.BOM_UTF16_LE + "account_id,name\n1,Acme\n2,Beta".encode("utf-16-le") + b"\x00")
    assert read.names == {"1": "Acme"}
    assert read.aside == [(3, "invalid_bytes")]


def test_bytes_that_cp1252_does_not_know_make_it_latin_1(read_accounts: Read) -> None:
    read = read_accounts(b"account_id,name\n1,M\xfcller\n2,Caf\xe9 \x81\n3,Pe\xf1a\n4,Cr\xe8me\n5,Ni\xf1o\n")
    assert read.names["1"] == "Müller"
    assert read.warnings[0].startswith("book/accounts.csv: the encoding is guessed: latin-1.")


def test_an_unknown_encoding_is_an_error(read_accounts: Read) -> None:
    allowed = r"unknown encoding 'utf8x'\. Allowed: utf-8, utf-16, cp1252, .*Did you mean 'utf-8'\?"
    with pytest.raises(BookError, match=allowed):
        read_accounts("account_id\n", "accounts: {file: book/accounts.csv, encoding: utf8x}")


def test_a_codec_that_is_no_encoding_is_an_error(read_accounts: Read) -> None:
    with pytest.raises(BookError, match="unknown encoding 'rot13'"):
        read_accounts("account_id\n", "accounts: {file: book/accounts.csv, encoding: rot13}")


def test_bytes_that_are_no_text_are_an_error(read_accounts: Read) -> None:
    with pytest.raises(BookError, match="the encoding cannot be found out"):
        read_accounts(bytes(range(128, 160)) * 50 + b"\n" + bytes(range(255, 127, -1)) * 7)
