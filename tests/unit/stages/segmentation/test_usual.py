from __future__ import annotations

from babel import Locale

from rightful.plan.segmentation import SegmentationSection
from rightful.stages.segmentation import Segmenter
from rightful.stages.segmentation.usual import _COUNTRIES

# Antarctica, and codes of CLDR that are no countries: unions, outlying islands, pseudo-locales, unknown.
NO_COUNTRIES = {"AC", "AQ", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "ZZ"}


def test_every_country_is_in_exactly_one_region() -> None:
    listed = [code for codes in _COUNTRIES.values() for code in codes.split(", ")]
    assert len(listed) == len(set(listed))
    territories = {code for code in Locale("en").territories if len(code) == 2 and code.isalpha()}
    assert set(listed) == territories - NO_COUNTRIES


def test_an_empty_plan_segments_as_people_expect() -> None:
    accounts = Segmenter.of("accounts", SegmentationSection(), {})
    found = accounts.decide({"country": "CH", "industry": "Banking", "employees": 99.0})
    assert (found.region, found.industry_group, found.segment, found.persona) == ("EMEA", "Banking", "SMB", None)
    assert found.reason == (
        "region=EMEA(rule usual countries); industry_group=Banking(industry); segment=SMB(employees 99 in >=0 <100)"
    )


def test_an_empty_record_is_unknown_and_says_why() -> None:
    leads = Segmenter.of("leads", SegmentationSection(), {})
    found = leads.decide({})
    assert (found.region, found.industry_group, found.segment, found.persona) == ("unknown",) * 4
    assert found.reason == (
        "region=unknown(no rule holds); industry_group=unknown(industry blank); segment=unknown(employees blank);"
        " persona=unknown(job_level blank, job_function blank)"
    )
