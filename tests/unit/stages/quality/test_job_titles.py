from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rightful.stages.quality.job_titles import FUNCTIONS, LEVELS, REASONS, read_job_title
from rightful.stages.quality.word_table import WordTable, fold, words_of


@pytest.mark.parametrize(
    ("title", "function", "level"),
    [
        ("VP Sales", "Sales", "VP"),
        ("SVP, Global Marketing", "Marketing", "VP"),
        ("Chief Financial Officer", "Finance", "C-Level"),
        ("CTO", "IT", "C-Level"),
        ("CEO & Founder", "Executive", "C-Level"),
        ("Owner", "Executive", "Owner"),
        ("Partner", "Executive", "Owner"),
        ("Head of Growth", "Marketing", "Head"),
        ("Sales Manager", "Sales", "Manager"),
        ("Key Account Manager", "Sales", "Manager"),
        ("Partner Manager", "Sales", "Manager"),
        ("Senior Software Engineer", "Engineering", "Senior"),
        ("Product Owner", "Product", None),
        ("Executive Assistant to the CEO", "Administration", "Staff"),
        ("Assistant Sales Manager", "Sales", "Manager"),
        ("Assistant to the Sales Director", "Sales", "Staff"),
        ("Secretary to the Managing Director", "Administration", "Staff"),
        ("Junior Sales Manager", "Sales", "Junior"),
        ("Account Executive", "Sales", "Specialist"),
        ("Leiter Vertrieb", "Sales", "Head"),
        ("Vertriebsleiterin", "Sales", "Head"),
        ("Geschäftsführer", "Executive", "C-Level"),
        ("Geschaeftsfuehrer", "Executive", "C-Level"),
        ("Assistentin der Geschäftsführung", "Administration", "Staff"),
        ("Einkäufer", "Purchasing", "Specialist"),
        ("Werkstudent Marketing", "Marketing", "Junior"),
        ("Directeur commercial", "Sales", "Director"),
        ("Responsable Marketing", "Marketing", "Manager"),
        ("PDG", "Executive", "C-Level"),
        ("Jefe de Ventas", "Sales", "Head"),
        ("Director de Recursos Humanos", "Human Resources", "Director"),
        ("Responsabile Acquisti", "Purchasing", "Head"),
        ("Gerente de Compras", "Purchasing", "Manager"),
        ("Hoofd Verkoop", "Sales", "Head"),
        ("Kierownik Sprzedaży", "Sales", "Head"),
        ("Prezes Zarządu", "Executive", "C-Level"),
        ("営業部長", "Sales", "Head"),
        ("代表取締役", "Executive", "C-Level"),
        ("财务总监", "Finance", "Director"),
        ("Registered Nurse", "Healthcare", "Specialist"),
        ("General Counsel", "Legal", "Specialist"),
    ],
)
def test_titles_are_read(title: str, function: str | None, level: str | None) -> None:
    assert read_job_title(title)[:2] == (function, level)


def test_blanks_junk_and_unknown_words() -> None:
    assert read_job_title(None) == (None, None, "")
    assert read_job_title("n/a") == (None, None, "junk")
    assert read_job_title("Flimflam") == (None, None, "unreadable")
    assert read_job_title("Vertrieb") == ("Sales", None, "function_only")
    assert read_job_title("Manager") == (None, "Manager", "level_only")


@given(st.text(max_size=60))
def test_any_text_gives_a_reading(title: str) -> None:
    function, level, reason = read_job_title(title)
    assert function is None or function in FUNCTIONS
    assert level is None or level in LEVELS
    assert reason == "" or reason in REASONS


@given(st.text("abcdefghijklmnopqrstuvwxyz ÄÖÜäöüéèßSalesMg", max_size=40))
def test_case_does_not_matter(title: str) -> None:
    assert read_job_title(title.upper())[:2] == read_job_title(title.upper().lower())[:2]


def test_word_parts_are_found_last_part_first() -> None:
    table = WordTable.of(
        [("verkauf*", "beginning"), ("*leiter", "end"), ("*inner*", "part"), ("vice_president", "phrase")]
    )
    assert table.find(words_of("Verkaufsleiter")) == [(0, "end")]
    assert table.find(words_of("Verkäufer")) == [(0, "beginning")]
    assert table.find(words_of("Einkauf")) == []
    assert table.find(words_of("Senior Vice-President")) == [(1, "phrase")]
    assert table.find(words_of("xxxinnerxxx")) == [(0, "part")]
    assert fold("Élan") == "elan"
