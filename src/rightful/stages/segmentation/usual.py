"""How outputs are decided where the plan is silent, written as a plan would write it.

Regions follow the United Nations' geographic regions with the cuts that sales teams make: the Middle East, the Caucasus and
Central Asia go with Europe and Africa, Mexico with Latin America, and the territories of the United States in the Caribbean
with North America. Antarctica is in none.

Source: UN Statistics Division, Standard country or area codes for statistical use (M49).
"""

from __future__ import annotations

from rightful.errors import Place
from rightful.plan.section import Written
from rightful.plan.segmentation import Band, Output, OutputName, SegmentRule

__all__ = ["USUAL"]

_PLACE = Place("usual segmentation")

_COUNTRIES = {
    "NA": "US, CA, BM, GL, PM, PR, UM, VI",
    "LATAM": "AG, AI, AR, AW, BB, BL, BO, BQ, BR, BS, BV, BZ, CL, CO, CR, CU, CW, DM, DO, EC, FK, GD, GF, GP, GS, GT, GY, HN,"
    " HT, JM, KN, KY, LC, MF, MQ, MS, MX, NI, PA, PE, PY, SR, SV, SX, TC, TT, UY, VC, VE, VG",
    "EMEA": "AD, AE, AL, AM, AO, AT, AX, AZ, BA, BE, BF, BG, BH, BI, BJ, BW, BY, CD, CF, CG, CH, CI, CM, CV, CY, CZ, DE, DJ,"
    " DK, DZ, EE, EG, EH, ER, ES, ET, FI, FO, FR, GA, GB, GE, GG, GH, GI, GM, GN, GQ, GR, GW, HR, HU, IE, IL, IM, IQ, IR, IS,"
    " IT, JE, JO, KE, KG, KM, KW, KZ, LB, LI, LR, LS, LT, LU, LV, LY, MA, MC, MD, ME, MG, MK, ML, MR, MT, MU, MW, MZ, NA, NE,"
    " NG, NL, NO, OM, PL, PS, PT, QA, RE, RO, RS, RU, RW, SA, SC, SD, SE, SH, SI, SJ, SK, SL, SM, SN, SO, SS, ST, SY, SZ, TD,"
    " TF, TG, TJ, TM, TN, TR, TZ, UA, UG, UZ, VA, XK, YE, YT, ZA, ZM, ZW",
    "APAC": "AF, AS, AU, BD, BN, BT, CC, CK, CN, CX, FJ, FM, GU, HK, HM, ID, IN, IO, JP, KH, KI, KP, KR, LA, LK, MH, MM, MN,"
    " MO, MP, MV, MY, NC, NF, NP, NR, NU, NZ, PF, PG, PH, PK, PN, PW, SB, SG, TH, TK, TL, TO, TV, TW, VN, VU, WF, WS",
}

USUAL: dict[OutputName, Output] = {
    "region": Output(
        rules=tuple(
            SegmentRule(name=region, rule="usual countries", cells={"country": Written(countries, _PLACE)})
            for region, countries in _COUNTRIES.items()
        )
    ),
    "industry_group": Output(copy_of=("industry",)),
    "segment": Output(bands=(Band(field="employees", edges={"SMB": 0, "Mid-Market": 100, "Enterprise": 1000}),)),
    "persona": Output(copy_of=("job_level", "job_function")),
}
