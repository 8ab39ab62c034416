"""A plan and a book of a few rows, in which every kind of record occurs once or twice: a run of it takes seconds."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

__all__ = ["FILES", "LONG_NAME", "MESS", "write_tiny"]

Content = str | bytes | None

FILES: Mapping[str, str] = {
    "plan.yaml": "name: Tiny\nas_of: 2026-06-30\n",
    "assignment.yaml": """\
roles: [account_executive]
territories: territories.csv
layers:
  - layer: geography
    rules: geography.csv
coverage: coverage.csv
""",
    "territories.csv": "territory,name\nNA,North America\nEU,Europe\n",
    "geography.csv": 'territory,country\nNA,"US, CA"\nEU,"DE, FR"\n',
    "coverage.csv": "territory,role,rep_id\nNA,account_executive,R1\nEU,account_executive,R2\n",
    "routing.yaml": """\
pools:
  - pool: triage
    members: [{rep_id: R3}]
    is_always_open: true
fallback_pool: triage
""",
    "book/accounts.csv": """\
account_id,name,website,country,employees,industry,parent_account_id,owner_id
A1,Acme Inc,acme.com,US,1200,Software,,R1
A2,Acme GmbH,acme.de,DE,80,Software,A1,R2
A3,Globex Corp,globex.com,US,300,Banking,,R1
A4,Initech SARL,initech.fr,FR,25,Software,,R2
A5,Wayne Kabushiki,wayne.co.jp,JP,900,Banking,,
""",
    "book/contacts.csv": """\
contact_id,first_name,last_name,title,email,account_id,owner_id
C1,Ann,Smith,VP Finance,ann@acme.com,A1,R1
C2,Bob,Jones,Engineer,bob@globex.com,A3,R1
""",
    "book/leads.csv": """\
lead_id,first_name,last_name,company,title,email,country,created_at
L1,Carl,Meier,Acme GmbH,CFO,carl@acme.de,DE,2026-06-29 10:00
L2,Dora,Stone,Unheard Of Ltd,CEO,dora@unheard.co.uk,GB,2026-06-29 11:00
L3,Emil,Zander,Globex,Analyst,emil@globex.com,US,2026-06-29 12:00
""",
    "book/opportunities.csv": """\
opportunity_id,name,account_id,amount,stage,created_on,close_on,owner_id
O1,Acme licences,A1,50000,Negotiation,2026-05-01,2026-09-01,R1
O2,Globex pilot,A3,8000,Closed Won,2026-01-10,2026-03-01,R1
""",
    "book/orders.csv": "order_id,account_id,amount,ordered_on,owner_id\nD1,A3,8000,2026-03-02,R1\n",
    "book/tasks.csv": "task_id,subject,account_id,lead_id,status,due_on,owner_id\nT1,Call Acme,A1,,Open,2026-07-02,R1\nT2,Call Carl,,L1,Open,,\n",
    "book/activities.csv": "activity_id,lead_id,activity_type,occurred_at\nV1,L1,webinar,2026-06-28 09:00\n",
    "book/reps.csv": "rep_id,name,email,role,country,time_zone\nR1,Rita Roe,rita@x.com,ae,US,America/New_York\n"
    "R2,Rolf Ritter,rolf@x.com,ae,DE,Europe/Berlin\nR3,Tom Triage,tom@x.com,sdr,US,America/New_York\n",
    "book/absences.csv": "absence_id,rep_id,starts_at,ends_at,absence_type\nB1,R2,2026-08-01,2026-08-14,vacation\n",
}

LONG_NAME = "Very Long Holding " * 556
SCRIPT = "<script>alert('mine')</script>"
MESS: Mapping[str, str] = {
    "assignment.yaml": """\
roles: [account_executive]
territories: territories.csv
layers:
  - layer: geography
    rules: geography.csv
  - layer: overlay
    rules: overlay.csv
    is_required: false
coverage: coverage.csv
opportunities: {type_priority: [sales]}
""",
    "territories.csv": "territory,name,type\nNA,North America,sales\nEU,Europe,sales\nOVERLAY,Large ones,sales\nEMPTY,Nobody,sales\n",
    "geography.csv": 'territory,country\nNA,"US, CA"\nEU,"DE, FR"\nEMPTY,GB\n',
    "overlay.csv": "territory,employees\nOVERLAY,>=1000\n",
    "coverage.csv": "territory,role,rep_id\nNA,account_executive,R1\nEU,account_executive,R99\nOVERLAY,account_executive,R1\n",
    "book/accounts.csv": f"""\
account_id,name,website,country,employees,industry,parent_account_id,owner_id
A1,Acme Inc,acme.com,US,1200,Software,,R1
A2,Acme GmbH,acme.de,DE,80,Software,A77,R2
A3,"=HYPERLINK(""http://evil.example"",""Globex"")",globex.com,US,300,Banking,A4,R98
A4,@SUM(A1:A9) SARL,initech.fr,US,minus five,Software,A6,R1
A5,{SCRIPT},wayne.co.jp,JP,900,Banking,,
A6,{LONG_NAME.strip()},long.example,US,10,Banking,A3,
A1,Acme Again Inc,acme.com,US,1300,Software,,R1
A8,Ragged,ragged.com
A9,Umbrella Ltd,umbrella.co.uk,GB,50,Banking,,
17,Hooli Inc,hooli.com,US,5000,Software,,R1
A10,Nul\0 Inc,nul.com,US,5,Software,,
A11,"Unclosed Inc,unclosed.com,US,5,Software,,
A12,Behind It Inc,behind.com,US,70,Software,,R1
""",
    "book/contacts.csv": f"""\
contact_id,first_name,last_name,title,email,account_id,owner_id
17,{SCRIPT},Smith,VP Finance,ann@acme.com,A1,R1
C2,Bob,Jones,Engineer,bob@globex.com,A404,R1
""",
    "book/leads.csv": f"""\
lead_id,first_name,last_name,company,title,email,country,created_at
L1,Carl,Meier,Acme GmbH,CFO,carl@acme.de,DE,2026-06-29 10:00
L2,{SCRIPT},Stone,"=cmd|' /C calc'!A0",+CEO,dora@unheard.co.uk,GB,2026-06-29 11:00
L1,Carl,Meier,Acme GmbH,CFO,carl@acme.de,DE,2026-06-29 10:00
,No,Key,Nowhere Inc,CEO,no@key.com,US,2026-06-29 12:00
""",
    "book/tasks.csv": "task_id,subject,account_id,lead_id,status,due_on,owner_id\nT1,Call nobody,A404,,Open,2026-07-02,R97\n",
}
"""Files with every kind of bad content at once: a run takes them, and loses nothing."""


def write_tiny(folder: Path, changes: Mapping[str, Content] | None = None) -> Path:
    """Write the tiny plan and book into a folder, with files changed, added, or left out where the change is None."""
    files: dict[str, Content] = {**FILES, **(changes or {})}
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, bytes):
            path.write_bytes(content)
        elif content is not None:
            path.write_text(content, encoding="utf-8", newline="")
    return folder
