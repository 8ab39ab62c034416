from __future__ import annotations

import pytest

from rightful.stages.quality.company_names import clean_company_name, core_of


@pytest.mark.parametrize(
    ("written", "core", "form"),
    [
        ("Acme Inc.", "acme", "Inc."),
        ("ACME, INC.", "acme", "Inc."),
        ("Acme GmbH & Co. KG", "acme", "GmbH & Co. KG"),
        ("MÜLLER MASCHINENBAU GMBH & CO. KG", "muller maschinenbau", "GmbH & Co. KG"),
        ("Acme UG (haftungsbeschränkt)", "acme", "UG (haftungsbeschränkt)"),
        ("Volksbank eG", "volksbank", "eG"),
        ("Acme e.V.", "acme", "e.V."),
        ("Compagnie X S.à r.l.", "compagnie x", "SARL"),
        ("Société Générale SA", "societe generale", "SA"),
        ("株式会社リコー", "リコー", "株式会社"),
        ("トヨタ自動車株式会社", "トヨタ自動車", "株式会社"),
        ("华为技术有限公司", "华为技术", "有限公司"),
        ("삼성전자 주식회사", "삼성전자", "주식회사"),
        ("(주)카카오", "카카오", "주식회사"),
        ("ООО «Ромашка»", "romashka", "ООО"),
        ("ТОВ Ромашка", "romashka", "ТОВ"),
        ("Acme Pty Ltd", "acme", "Pty Ltd"),
        ("Acme Pvt. Ltd.", "acme", "Pvt Ltd"),
        ("Acme Co., Ltd.", "acme", "Co. Ltd"),
        ("Acme S.A. de C.V.", "acme", "S.A. de C.V."),
        ("Acme Ltda.", "acme", "Ltda."),
        ("Acme E.I.R.L.", "acme", "E.I.R.L."),
        ("Acme B.V.", "acme", "B.V."),
        ("Acme A/S", "acme", "A/S"),
        ("Volvo AB", "volvo", "AB"),
        ("Acme Oy", "acme", "Oy"),
        ("Acme S.p.A.", "acme", "S.p.A."),
        ("Acme Sp. z o.o.", "acme", "Sp. z o.o."),
        ("Acme s.r.o.", "acme", "s.r.o."),
        ("Acme Kft.", "acme", "Kft."),
        ("Acme d.o.o.", "acme", "d.o.o."),
        ("Acme A.Ş.", "acme", "A.Ş."),
        ("Acme Sdn Bhd", "acme", "Sdn Bhd"),
        ("PT Astra International Tbk", "astra international", "Tbk"),
        ("SAP SE", "sap", "SE"),
        ("The Acme Company", "acme", "Co."),
        ("Procter & Gamble Co", "procter and gamble", "Co."),
        ("Bank of America Corp", "bank of america", "Corp."),
    ],
)
def test_the_legal_form_is_split_off_and_kept(written: str, core: str, form: str) -> None:
    found = clean_company_name(written)
    assert (found.core, found.legal_form) == (core, form)
    assert found.name is not None
    assert found.name.casefold() == written.casefold()  # the name to show keeps all of it


@pytest.mark.parametrize(
    "name",
    [
        *(
            "Inc. Magazine",
            "Limited Too",
            "Day Spa",
            "SA Recycling",
            "AG Barr",
            "Johnson & Johnson",
            "IBM",
            "eBay",
            "Hewlett-Packard",
        ),
        *("GmbH", "Ltd.", "LLC", "Co", "The", "Company", "Corporation of America"),
    ],
)
def test_what_is_no_legal_form_or_nothing_else_stays(name: str) -> None:
    found = clean_company_name(name)
    assert found.legal_form is None
    assert found.name == name
    assert found.core


def test_the_country_decides_about_letters_in_front() -> None:
    assert clean_company_name("AB Volvo")[1:3] == ("ab volvo", None)
    assert clean_company_name("AB Volvo", "SE")[1:3] == ("volvo", "AB")


@pytest.mark.parametrize(
    ("written", "core", "aliases", "owner"),
    [
        ("Zeta Inc. d/b/a Roadrunner", "zeta", ("Roadrunner",), None),
        ("Beta LLC (formerly Gamma Corp)", "beta", ("Gamma Corp",), None),
        ("Acme Ltd t/a Shop", "acme", ("Shop",), None),
        ("Acme, a division of Zeta Corp", "acme", (), "Zeta Corp"),
        ("Oculus, a Meta company", "oculus", (), "Meta"),
        ("International Business Machines (IBM)", "international business machines", ("IBM",), None),
        ("Acme Germany", "acme germany", ("Acme",), None),
        ("Apple Inc. (NASDAQ: AAPL)", "apple", (), None),
    ],
)
def test_other_names_stand_beside(written: str, core: str, aliases: tuple[str, ...], owner: str | None) -> None:
    found = clean_company_name(written)
    assert (found.name, found.core, found.aliases, found.part_of) == (written, core, aliases, owner)


@pytest.mark.parametrize(
    ("body", "core"),
    [
        ("The I.B.M. & Söhne", "ibm and sohne"),
        ("AT&T", "at and t"),
        ("Kühne + Nagel", "kuhne nagel"),
        ("Yahoo!", "yahoo"),
        ("---", ""),
    ],
)
def test_names_are_folded_for_comparing(body: str, core: str) -> None:
    assert core_of(body) == core


@pytest.mark.parametrize("text", [None, "", "   ", "---", "..."])
def test_no_name_at_all(text: str | None) -> None:
    assert clean_company_name(text)[:3] == (None, None, None)


def test_names_of_the_same_company_have_one_core() -> None:
    written = (
        "Müller GmbH",
        "MÜLLER GMBH",
        "Mueller".replace("ue", "ü"),
        "The Müller G.m.b.H.",
        " müller  gmbh ",
        "MÃ¼ller GmbH",
    )
    assert {clean_company_name(name).core for name in written} == {"muller"}


def test_the_second_of_several_sites_keeps_its_number() -> None:
    assert clean_company_name("Luther Towers II", "US").core == "luther towers ii"
    assert clean_company_name("Popescu Ion I.I.", "RO").core == "popescu ion"
