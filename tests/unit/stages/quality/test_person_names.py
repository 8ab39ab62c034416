from __future__ import annotations

import pytest

from rightful.stages.quality.person_names import clean_person_name, split_person_name


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        ("ANN", "MCDONALD", ("Ann", "McDonald")),
        ("mary", "o'brien", ("Mary", "O'Brien")),
        ("LUDWIG", "VAN DER ROHE", ("Ludwig", "van der Rohe")),
        ("D'ANGELO", "DE LA CRUZ", ("D'Angelo", "de la Cruz")),
        ("jean-luc", "PICARD", ("Jean-Luc", "Picard")),
        ("J.R.R.", "TOLKIEN", ("J.R.R.", "Tolkien")),
        ("ÉLODIE", "LEFÈVRE", ("Élodie", "Lefèvre")),
        ("IVAN", "ИВАНОВ", ("Ivan", "Иванов")),
        ("Kim", "NA", ("Kim", "Na")),
        ("太郎", "山田", ("太郎", "山田")),
        ("Ann", "MacDonald", ("Ann", "MacDonald")),
        ("ann", "MACHADO", ("Ann", "Machado")),
        (" Anne  Marie", " de la  Cruz ", ("Anne Marie", "de la Cruz")),
        ("Major", "Tom", ("Major", "Tom")),
        ("123", "456", (None, None)),
        (None, None, (None, None)),
    ],
)
def test_both_names(first: str | None, last: str | None, expected: tuple[str | None, str | None]) -> None:
    assert clean_person_name(first, last)[:2] == expected


@pytest.mark.parametrize(
    ("first", "last", "parts"),
    [
        ("dr. ann", "MCDONALD, PHD", ("Ann", "McDonald", "Dr.", "PhD", None)),
        ("Prof. Dr. Hans", "Müller", ("Hans", "Müller", "Prof. Dr.", None, None)),
        ("Bob", "Smith Jr.", ("Bob", "Smith", None, "Jr.", None)),
        ("JOHN", "SMITH III", ("John", "Smith", None, "III", None)),
        ("Robert (Bob)", "Smith", ("Robert", "Smith", None, None, "Bob")),
        ("Mr. & Mrs.", "Smith", (None, "Smith", "Mr. & Mrs.", None, None)),
        ("Mr", "Bean", (None, "Bean", "Mr", None, None)),
        (None, "SMITH, MD", (None, "Smith", None, "MD", None)),
    ],
)
def test_titles_suffixes_and_nicknames_are_kept_beside(
    first: str | None, last: str, parts: tuple[str | None, ...]
) -> None:
    found = clean_person_name(first, last)
    assert found[:5] == parts
    assert found.reason == "title_split"


@pytest.mark.parametrize(
    ("whole", "first", "last"),
    [
        ("ann lee", "Ann", "Lee"),
        ("Smith, John", "John", "Smith"),
        ("O'Brien, Mary Ann", "Mary Ann", "O'Brien"),
        ("Dr. Ludwig van der Rohe Jr.", "Ludwig", "van der Rohe"),
        ("MARIA DE LA CRUZ", "Maria", "de la Cruz"),
        ("jean-claude van damme", "Jean-Claude", "van Damme"),
        ('Robert "Bob" Smith', "Robert", "Smith"),
        ("Ms Ann Lee, MBA", "Ann", "Lee"),
        ("Mr. Smith", None, "Smith"),
        ("van der Berg", None, "van der Berg"),
        ("Cher", None, "Cher"),
        ("山田 太郎", "太郎", "山田"),
        ("山田太郎", None, "山田太郎"),
        ("김철수", None, "김철수"),
        (None, None, None),
    ],
)
def test_a_whole_name_is_split(whole: str | None, first: str | None, last: str | None) -> None:
    assert split_person_name(whole)[:2] == (first, last)
