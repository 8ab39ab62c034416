"""Generate a book of accounts and leads of which it is known where they belong, in the layout that matching.py reads.

    python benchmarks/generated_leads.py FOLDER [--accounts N] [--leads N] [--seed N]

Names are composed from the word lists of the sample, so no name of a real data set goes in. A part of the companies are chains:
one brand and often one web address in many places. Three leads in ten belong to nobody, most of these to a company whose name
begins like one of the book's. What goes wrong when people type is drawn with the shares below.
"""

from __future__ import annotations

import argparse
import random
from collections import defaultdict
from dataclasses import dataclass, replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from anyascii import anyascii

from rightful.sample.words import rows, words
from rightful.stages.matching.words import SPELLINGS

LANGUAGES = {"en": 12, "de": 2, "fr": 1, "es": 1, "it": 1, "nl": 1, "sv": 1, "pt": 1}
COUNTRIES = {"en": "US US US US US GB CA AU IN", "de": "DE DE AT CH", "fr": "FR", "es": "ES MX", "it": "IT", "nl": "NL"}
COUNTRIES |= {"sv": "SE", "pt": "BR PT"}
DIAL = {
    "US": "1",
    "CA": "1",
    "GB": "44",
    "AU": "61",
    "IN": "91",
    "DE": "49",
    "AT": "43",
    "CH": "41",
    "FR": "33",
    "ES": "34",
}
DIAL |= {"MX": "52", "IT": "39", "NL": "31", "SE": "46", "BR": "55", "PT": "351"}
TLD = {"US": "com", "GB": "co.uk", "AU": "com.au", "IN": "in", "BR": "com.br", "MX": "com.mx"}
LEGAL = {"en": "Inc|Inc.|LLC|Corp|Corporation|Ltd|Limited|Co", "de": "GmbH|AG|GmbH & Co. KG|KG", "fr": "SA|SAS|SARL"}
LEGAL |= {"es": "S.A.|S.L.", "it": "SpA|Srl", "nl": "BV|NV", "sv": "AB", "pt": "Ltda|SA"}
COMMON = [
    "National",
    "United",
    "First",
    "American",
    "Global",
    "Pacific",
    "Central",
    "Premier",
    "Advanced",
    "General",
    "Golden",
    "Royal",
    "Sunrise",
    "Heritage",
    "Allied",
]
CARE = [
    "Care Center",
    "Senior Living",
    "Hospital",
    "Clinic",
    "Medical Center",
    "Nursing & Rehabilitation",
    "Bank",
    "Hotel",
    "School District",
    "Motors",
]
FREE = [
    "gmail.com",
    "gmail.com",
    "gmail.com",
    "yahoo.com",
    "hotmail.com",
    "outlook.com",
    "icloud.com",
    "gmx.de",
    "web.de",
    "orange.fr",
    "qq.com",
    "aol.com",
]
JUNK = ["", "", "n/a", "-", "none", "self", "test", "Company", "private"]
PARTS = [
    "Marketing",
    "HQ",
    "Sales Office",
    "North America",
    "Europe",
    "(EMEA)",
    "(Head Office)",
    "IT Department",
    "Branch",
]
SHORT = defaultdict(list)
for _spelling, _common in SPELLINGS.items():
    if _spelling != _common:
        SHORT[_common].append(_spelling)

EXCHANGES = 100
"""Telephone exchanges of a city."""


@dataclass(frozen=True, slots=True)
class Company:
    """A company as it is; accounts and leads tell of it with mistakes."""

    number: int
    name: str
    language: str
    domain: str
    phone: str
    street: str
    city: str
    state: str
    postal_code: str
    country: str


class Generator:
    """Draws companies, and what people write of them."""

    def __init__(self, seed: int) -> None:
        """Begin with a seed; the same seed gives the same book."""
        self.dice = random.Random(seed)
        self.number = 0
        self.cities = defaultdict(list)
        for row in rows("cities"):
            self.cities[row["country"]].append((row["city"], row["state"], row["postal"].split("|")))

    def word(self, language: str, role: str) -> str:
        """Draw a word of a role."""
        return self.dice.choice(words("company_words", language, role).native.to_list())

    def brand(self, language: str) -> str:
        """Draw what makes a name its own."""
        kind = self.dice.random()
        if kind < 0.2:
            return self.word(language, "stem") + self.word(language, "ending").lower()
        if kind < 0.5:
            middle = "".join(self.word("en", "middle") for _ in range(self.dice.randrange(3)))
            return self.word("en", "onset") + middle + self.word("en", "close")
        if kind < 0.6:
            return f"{self.word(language, 'surname')} & {self.word(language, 'surname')}"
        if kind < 0.72:
            return self.word(language, "surname")
        if kind < 0.77:
            return "".join(self.dice.choice("ABCDEFGHKLMNPRSTW") for _ in range(3))
        if kind < 0.9:
            return f"{self.dice.choice(COMMON)} {self.word(language, 'stem')}"
        return self.word(language, "stem")

    def named(self, brand: str, language: str) -> str:
        """Put what a company does beside its brand."""
        name = self.word(language, "activity").replace("{brand}", brand)
        if self.dice.random() < 0.2:
            name += " " + self.word(language, "activity").replace("{brand}", "").strip()
        return (
            f"{name} {self.dice.choice(['Group', 'Holdings', 'International'])}" if self.dice.random() < 0.15 else name
        )

    def label(self, name: str) -> str:
        """Make a domain label of a name, as companies do."""
        kept = [word for word in anyascii(name).lower().replace("&", " ").split() if word.isalnum()] or ["company"]
        kind = self.dice.random()
        if kind < 0.08 and len(kept) > 2:
            return "".join(word[0] for word in kept)
        label = "".join(kept[: self.dice.choice([1, 2, 2, 3, 4])])[:24]
        return label + self.dice.choice(["", "", "", "", "group", "inc", "online", "hq"])

    def place(self, country: str) -> tuple[str, str, str]:
        """Draw city, state and postal code."""
        city, state, codes = self.dice.choice(self.cities.get(country) or self.cities["US"])
        code = self.dice.choice(codes)
        code = "".join(
            str(self.dice.randrange(10)) if c == "#" else self.dice.choice("ABDEFG") if c == "@" else c for c in code
        )
        # Cities have more codes than the list: other last digits of the same area.
        if code[-2:].isdigit() and self.dice.random() < 0.7:
            code = code[:-2] + f"{self.dice.randrange(100):02d}"
        return city, state, code

    def phone(self, country: str, city: str) -> str:
        """Draw a number: companies of one city share its exchanges, so that a number block alone tells little."""
        exchange = random.Random(f"{country} {city} {self.dice.randrange(EXCHANGES)}").randrange(200_200, 989_999)
        return f"+{DIAL[country]}{exchange}{self.dice.randrange(10_000):04d}"

    def street(self) -> str:
        """Draw a street and number."""
        return f"{self.dice.randrange(1, 9_999)} {self.dice.choice(['Main', 'Oak', 'Park', 'Maple', 'Lake', 'Hill', 'Market', 'Church', 'Mill'])} St"

    def company(self, language: str, name: str, domain: str | None = None) -> Company:
        """Draw the rest of a company."""
        self.number += 1
        country = self.dice.choice(COUNTRIES[language].split())
        if domain is None:
            tld = TLD.get(country, country.lower()) if self.dice.random() < 0.5 else "com"
            domain = f"{self.label(name)}.{tld}" if self.dice.random() < 0.88 else ""
        city, state, code = self.place(country)
        return Company(
            self.number, name, language, domain, self.phone(country, city), self.street(), city, state, code, country
        )

    def companies(self, count: int) -> list[Company]:
        """Draw companies, about one in four of them in chains."""
        made: list[Company] = []
        while len(made) < count:
            language = self.dice.choices(list(LANGUAGES), list(LANGUAGES.values()))[0]
            if self.dice.random() < 0.04:
                made.extend(self.chain("en", self.brand("en")))
            else:
                made.append(self.company(language, self.named(self.brand(language), language)))
        return made[:count]

    def chain(self, language: str, brand: str) -> list[Company]:
        """Draw places of one brand: one address on the web, one each, or none."""
        kind, domain = self.dice.choice(CARE), f"{self.label(brand)}.com"
        made = []
        for _ in range(self.dice.choice([2, 3, 4, 6, 10, 16])):
            city = self.place("US")[0]
            name = self.dice.choice([f"{brand} {kind} of {city}", f"{brand} {city}", f"{brand} {kind} - {city}"])
            made.append(self.company(language, name, self.dice.choice([domain, domain, None])))
        return made

    def typo(self, text: str) -> str:
        """Slip on the keyboard once."""
        if len(text) < 4:
            return text
        at, kind = self.dice.randrange(1, len(text) - 1), self.dice.random()
        if kind < 0.35:
            return text[:at] + text[at + 1 :]
        if kind < 0.6:
            return text[:at] + text[at + 1] + text[at] + text[at + 2 :]
        if kind < 0.8:
            return text[:at] + text[at] + text[at:]
        return text[:at] + self.dice.choice("aeinorstl") + text[at + 1 :]

    def meant(self, company: Company) -> str:
        """Name a company by its initials, its domain, a part of its name, with more behind it, or by another name."""
        dice, name, kind = self.dice, company.name, self.dice.random()
        kept = name.replace("&", "and").split()
        if kind < 0.03 and len(kept) > 2:
            return "".join(word[0] for word in kept if word != "and").upper()
        if kind < 0.07 and company.domain:
            return company.domain.partition(".")[0].title()
        if kind < 0.12 and len(kept) > 1:
            return " ".join(kept[: max(1, len(kept) // 2)])
        if kind < 0.17:
            return f"{name} {dice.choice([*PARTS, company.city])}"
        if kind < 0.19:
            return f"{self.brand('en')} {dice.choice(['Ventures', 'Trading', 'Services'])} dba {name}"
        if kind < 0.21:
            return self.named(self.brand(company.language), company.language)
        return name

    def written(self, company: Company) -> str:
        """Write a company's name as people do."""
        dice, name = self.dice, self.meant(company)
        if dice.random() < 0.45:
            name += " " + dice.choice(LEGAL[company.language].split("|"))
        if dice.random() < 0.25:
            name = " ".join(dice.choice(SHORT.get(word.lower()) or [word]) for word in name.split())
        for share in (0.17, 0.05):
            if dice.random() < share:
                parts = name.split()
                at = dice.randrange(len(parts))
                parts[at] = self.typo(parts[at])
                name = " ".join(parts)
        if dice.random() < 0.03:
            first, *rest = name.split()
            name = " ".join([*rest, first])
        if dice.random() < 0.04:
            name = name.replace(" ", "", 1)
        if dice.random() < 0.5:
            name = anyascii(name)
        return dice.choice([name, name, name, name.lower(), name.upper()])

    def account(self, company: Company, *, is_copy: bool) -> dict[str, object]:
        """Write a company as an account of the book."""
        dice, name = self.dice, company.name
        if dice.random() < 0.4:
            name += " " + dice.choice(LEGAL[company.language].split("|"))
        if is_copy and dice.random() < 0.4:
            name = self.typo(name)

        def told(value: str, share: float) -> str:
            return value if dice.random() < share else ""

        return {
            "name": name,
            "website": told(company.domain, 0.4 if is_copy else 0.8),
            "phone": told(company.phone, 0.6),
            "street": told(company.street, 0.7),
            "city": told(company.city, 0.85),
            "state": told(company.state, 0.8),
            "zip": told(company.postal_code, 0.7),
            "country": told(company.country, 0.93),
            "is_customer": dice.random() < 0.12,
            "open_opps": int(dice.random() < 0.1),
            "owner_active": dice.random() < 0.9,
            "last_activity_days": dice.randrange(900),
        }

    def email(self, company: Company, other: str) -> str:
        """Write an address: at the company's domain, one like it, free mail, or somebody else's."""
        kind, label, _, rest = self.dice.random(), *company.domain.partition(".")
        if company.domain and kind < 0.55:
            domain = company.domain
        elif company.domain and kind < 0.59:
            domain = self.dice.choice(["mail.", "us.", "eu."]) + company.domain
        elif company.domain and kind < 0.63:
            domain = f"{label}.{self.dice.choice(['com', 'net', 'org', 'io', 'eu', 'de'])}"
        elif company.domain and kind < 0.645:
            domain = f"{self.typo(label)}.{rest}"
        elif kind < 0.92:
            domain = self.dice.choice(FREE)
        elif kind < 0.945 and other:
            domain = other
        else:
            return ""
        return f"info{self.dice.randrange(99)}@{domain}"

    def lead(self, company: Company, other: str, *, is_junk: bool) -> dict[str, object]:
        """Write a lead of a company."""
        dice = self.dice
        there = company
        if dice.random() < 0.14:
            city, state, code = self.place(company.country)
            there = replace(company, city=city, state=state, postal_code=code, street=self.street())
        kind = dice.random()
        number = company.phone
        if kind > 0.8:
            number = self.phone(company.country, there.city)
        elif kind > 0.6:
            number = f"{number[:-4]}{dice.randrange(10_000):04d}"

        def told(value: str, share: float) -> str:
            return value if dice.random() < share else ""

        return {
            "first_name": "Ann",
            "last_name": "Lee",
            "company": dice.choice(JUNK) if is_junk else self.written(company),
            "email": self.email(company, other),
            "website": told(company.domain, 0.2),
            "phone": told(number, 0.5),
            "street": told(there.street, 0.3),
            "city": told(self.typo(there.city) if dice.random() < 0.04 else there.city, 0.5),
            "state": told(there.state, 0.45),
            "zip": told(there.postal_code, 0.35),
            "country": told(dice.choice(["US", "GB", "DE", "IN"]) if dice.random() < 0.03 else there.country, 0.8),
        }

    def stranger(self, book: list[Company]) -> tuple[str, Company]:
        """Draw a company that the book does not have; two in three have a name that begins like one of the book's."""
        kind, like = self.dice.random(), self.dice.choice(book)
        if kind < 0.65:
            name = self.named(like.name.split()[0], like.language)
            made = self.company(like.language, name)
            if self.dice.random() < 0.4:
                made = replace(
                    made, city=like.city, state=like.state, country=like.country, postal_code=like.postal_code
                )
            return "neg_near", made
        if kind < 0.75:
            person = self.dice.choice(["Freelancer", "Student", f"{self.word('en', 'surname')} Consulting", "Retired"])
            return "neg_person", replace(self.company("en", person), domain="")
        return "neg_other", self.company(like.language, self.named(self.brand(like.language), like.language))


def generate(folder: Path, accounts: int, leads: int, seed: int) -> None:
    """Write accounts, leads, truth and the entities of accounts."""
    maker = Generator(seed)
    book = maker.companies(accounts * 97 // 100)
    told = [(company, maker.account(company, is_copy=False)) for company in book]
    while len(told) < accounts:
        company = maker.dice.choice(book)
        told.append((company, maker.account(company, is_copy=True)))
    maker.dice.shuffle(told)
    of_company: dict[int, list[str]] = defaultdict(list)
    for number, (company, _) in enumerate(told):
        of_company[company.number].append(f"A{number:07d}")
    lead_rows, truth = [], []
    names = {company.name.lower() for company in book}
    for number in range(leads):
        is_known = maker.dice.random() < 0.7
        kind, company = ("pos", maker.dice.choice(book)) if is_known else maker.stranger(book)
        while not is_known and company.name.lower() in names:
            kind, company = maker.stranger(book)
        row = maker.lead(company, maker.dice.choice(book).domain, is_junk=is_known and maker.dice.random() < 0.02)
        lead_rows.append({"lead_id": f"L{number:07d}", **row})
        ids = "|".join(of_company[company.number]) if is_known else ""
        entity = f"E{company.number}" if is_known else ""
        truth.append({"lead_id": f"L{number:07d}", "entity_id": entity, "kind": kind, "account_ids": ids})
    folder.mkdir(parents=True, exist_ok=True)
    account_rows = [{"account_id": f"A{number:07d}", **row} for number, (_, row) in enumerate(told)]
    entities = [
        {"account_id": row["account_id"], "entity_id": f"E{company.number}"}
        for row, (company, _) in zip(account_rows, told, strict=True)
    ]
    for name, table in (
        ("accounts", account_rows),
        ("leads", lead_rows),
        ("truth", truth),
        ("account_entities", entities),
    ):
        pq.write_table(pa.Table.from_pylist(table), folder / f"{name}.parquet")


def main() -> None:
    """Generate a folder."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--accounts", type=int, default=60_000)
    parser.add_argument("--leads", type=int, default=60_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    generate(options.folder, options.accounts, options.leads, options.seed)


if __name__ == "__main__":
    main()
