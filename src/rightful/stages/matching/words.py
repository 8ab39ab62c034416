"""Words that say little about which company it is, and words that are written in several ways.

General knowledge of how company names are written, not taken from any data set. A plan adds its own under
``matching.synonyms``.
"""

from __future__ import annotations

__all__ = ["FORM_WORDS", "SPELLINGS", "STOP_WORDS"]

# Left out before names are compared: people write them or not.
_STOP_WORDS = """
    the of and or for at in on by a an & y e et und de del della di da do dos das des du la le les los las el
    der die den dem von van het zu im am
"""
STOP_WORDS = frozenset(_STOP_WORDS.split())

# A name of nothing but these is none: somebody typed the legal form alone. Forms that are names too (SAS, Se, AG) are not here.
_FORM_WORDS = """
    gmbh mbh ug kg kgaa ohg gbr ltd limited ltda llc llp inc incorporated corp corporation co company plc pty bv nv bvba oy oyj
    aps sarl sasu eurl srl sl slu cv rl de y and doo ooo oao zao pao kk
"""
FORM_WORDS = frozenset(_FORM_WORDS.split())

_GROUPS = (
    "international intl internat internacional internationale internazionale",
    "technology technologies tech techs technologie technologias tecnologia",
    "manufacturing mfg manuf manufacturers manufacturer",
    "university univ uni universitat universite universidad universita universidade",
    "hospital hosp hospitals",
    "medical med medicine medic",
    "center centre ctr centers centres cntr",
    "saint st sankt sainte ste",
    "association assoc assn assocs",
    "associates associate",
    "service services svcs svc serv servicios",
    "system systems sys syst",
    "solution solutions sol soln solns",
    "management mgmt mgt",
    "industry industries ind inds industrial industriel industrie",
    "communication communications comm comms",
    "finance financial fin finanz",
    "national natl nat nacional nationale",
    "america american amer americas",
    "engineering eng engr engrg engineers",
    "development dev devel developments",
    "pharmaceutical pharmaceuticals pharma pharm pharmaceutica",
    "enterprise enterprises ent enterp",
    "corporation corp corporate",
    "company co companies cos",
    "department dept dpt",
    "institute inst institut instituto institution",
    "laboratory laboratories labs lab laboratorio",
    "health hlth",
    "healthcare hlthcare",
    "resource resources res",
    "electronic electronics elec elect",
    "electric electrical elecl",
    "holding holdings hldgs hldg",
    "group grp groupe gruppe grupo gruppo",
    "rehabilitation rehab",
    "assisted asstd",
    "college coll",
    "insurance ins insur",
    "bank bk banks banque banco banca",
    "capital cap",
    "energy enrgy energie energia energies",
    "product products prod prods",
    "property properties props prop",
    "distribution dist distributors distributor distrib",
    "partner partners ptrs ptnrs",
    "transportation transp transport trans transports",
    "government govt gov",
    "brothers bros",
    "chemical chemicals chem",
    "construction constr const",
    "consulting consultants consultancy",
    "equipment equip",
    "foundation fdn found",
    "general gen",
    "information info",
    "investment investments inv invest",
    "logistics logistic log",
    "marketing mktg",
    "mountain mt mtn mount",
    "north no",
    "community comm",
    "regional reg regl",
    "research rsch",
    "school sch schools",
    "security sec",
    "software sw",
    "supply supplies",
    "trading trade traders",
    "therapeutics therapeutic",
    "bioscience biosciences",
    "science sciences sci",
    "metal metals",
    "mining mines",
    "food foods",
    "network networks net",
    "petroleum petrol",
    "brand brands",
    "design designs",
    "care",
)

# Every spelling with the one it is compared as; the first group wins where a spelling stands in two.
SPELLINGS: dict[str, str] = {spelling: group.split()[0] for group in reversed(_GROUPS) for spelling in group.split()}
