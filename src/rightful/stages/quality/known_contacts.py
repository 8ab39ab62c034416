"""Leads that are contacts already: the two stand for one person, and both stay."""

from __future__ import annotations

import pyarrow as pa

from rightful.crm import OBJECT_OF_TABLE
from rightful.plan.quality import QualitySection
from rightful.stages.columns import schema_of
from rightful.stages.linkage import PERSON_FIELDS, alike_people
from rightful.stages.quality.links import by_evidence, by_keys, strongest
from rightful.stages.quality.merge_tables import DUPLICATE_LINKS, link_row
from rightful.stages.stage import Engine, Frame

__all__ = ["known_contacts"]

_CONTACT, _LEAD = OBJECT_OF_TABLE["contacts"], OBJECT_OF_TABLE["leads"]


def known_contacts(leads: Frame, contacts: Frame, section: QualitySection, engine: Engine) -> pa.Table:
    """List the leads that are, or may be, contacts.

    Args:
        leads: Cleaned leads without their duplicates.
        contacts: Cleaned contacts without theirs.
        section: Keys, evidence and thresholds are those of leads; a key with a field that contacts lack finds nothing.
        engine: Where the tables live.

    Returns:
        Rows of ``duplicate_links`` with the outcome ``known_contact``, from ``certain`` on, or ``possible``.
    """
    rules = section.rules_for("leads")
    if not section.leads_known_as_contacts:
        return DUPLICATE_LINKS.empty_table()
    shared = set(schema_of(_CONTACT, "quality").names)
    keys = [key for key in section.keys_for("leads") if shared.issuperset(key)]
    evidence = [field.name for field in PERSON_FIELDS] if rules.evidence != "off" else []
    columns = list(dict.fromkeys([*(name for key in keys for name in key), *evidence]))
    if not columns:
        return DUPLICATE_LINKS.empty_table()
    theirs = engine.collect(contacts.select(_CONTACT.key, *columns).sort(_CONTACT.key))
    ours = engine.collect(leads.select(_LEAD.key, *columns).sort(_LEAD.key))
    ids = theirs[_CONTACT.key].to_pylist() + ours[_LEAD.key].to_pylist()
    people = pa.concat_tables([theirs.select(columns), ours.select(columns)])
    keyed, _ = by_keys(people, keys, rules.largest_cluster, len(theirs))
    alike = by_evidence(alike_people(people, since=len(theirs))) if evidence else ()
    rows = [
        link_row(
            (_LEAD.name, ids[lead]),
            (_CONTACT.name, ids[contact]),
            link,
            "known_contact" if link.probability >= rules.certain else "possible",
        )
        for (contact, lead), link in strongest(keyed.items(), alike).items()
        if link.probability >= rules.possible
    ]
    return pa.Table.from_pylist(rows, schema=DUPLICATE_LINKS)
