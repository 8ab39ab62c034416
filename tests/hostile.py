"""Bodies and paths that are sent to do harm, each with the answers that are right."""

from __future__ import annotations

import json

__all__ = ["BODIES", "HEADERS", "PATHS", "TEXTS"]

OPEN, CLOSE = b"[", b"]"
BODIES: dict[str, bytes] = {
    "nothing": b"",
    "a blank": b" ",
    "no JSON": b"{lead_id: L1}",
    "a text": b'"L1"',
    "a number": b"1",
    "null": b"null",
    "a list": b"[]",
    "an unclosed object": b'{"lead_id": "L1"',
    "two objects": b'{"lead_id": "L1"} {"lead_id": "L2"}',
    "deep lists": OPEN * 100_000 + CLOSE * 100_000,
    "deep lists, unclosed": OPEN * 100_000,
    "deep objects": b'{"a":' * 50_000 + b"1" + b"}" * 50_000,
    "deeper than is taken": b'{"lead_id":"L1","x":[[[[[[[[1]]]]]]]]}',
    "duplicate keys": b'{"lead_id": "L1", "lead_id": "L2"}',
    "duplicate keys inside": b'{"lead_id": "L1", "x": {"y": 1, "y": 2}}',
    "UTF-16": '{"lead_id": "L1"}'.encode("utf-16"),
    "Latin-1": '{"lead_id": "Käse"}'.encode("latin-1"),
    "half a character": b'{"lead_id": "\xe2\x82"}',
    "an overlong slash": b'{"lead_id": "\xc0\xaf"}',
    "a surrogate as bytes": b'{"lead_id": "\xed\xa0\x80"}',
    "a lone surrogate": b'{"lead_id": "L\\ud800"}',
    "surrogates the wrong way": b'{"lead_id": "L\\udc00\\ud800"}',
    "NUL": b'{"lead_id": "L\\u00001"}',
    "NUL as a byte": b'{"lead_id": "L\x001"}',
    "NUL in a key": b'{"lead_id": "L1", "x\\u0000": 1}',
    "a byte order mark": b'\xef\xbb\xbf{"lead_id": "L1"}',
    "NaN": b'{"lead_id": NaN}',
    "infinity": b'{"lead_id": "L1", "employees": Infinity}',
    "a number out of range": b'{"lead_id": "L1", "employees": 1e999}',
    "a number of many digits": b'{"lead_id": "L1", "employees": ' + b"9" * 10_000 + b"}",
    "a fraction of many digits": b'{"lead_id": "L1", "employees": 0.' + b"9" * 10_000 + b"}",
    "a list as a value": b'{"lead_id": ["L1"]}',
    "an object as a value": b'{"lead_id": {"$gt": ""}}',
    "no key": b'{"company": "Acme"}',
    "an empty key": b'{"lead_id": ""}',
    "an empty field": b'{"lead_id": "L1", "": 1}',
    "a text too long": json.dumps({"lead_id": "L1", "company": "x" * 100_001}).encode(),
    "a field too long": json.dumps({"lead_id": "L1", "x" * 201: 1}).encode(),
    "many fields": json.dumps({"lead_id": "L1", **{f"f{number}": 1 for number in range(300)}}).encode(),
    "a body too large": b'{"lead_id": "' + b"x" * 2_000_001 + b'"}',
}
"""Refused with a status of 4xx each."""

TEXTS: dict[str, str] = {
    "emoji": "👩‍🚀🇩🇪",
    "HTML": "<script>alert('mine')</script>",
    "a formula": '=HYPERLINK("http://evil.example")',
    "SQL": "'; DROP TABLE entries; --",
    "a path": "../../../../etc/passwd",
    "a template": "{{7*7}}${7*7}%s%n",
    "right to left": "\u202eabc\u202c",
    "letters upon letters": "a" + "\u0301" * 500,
    "long": "x" * 100_000,
    "escape codes": "\x1b[31mred",
    "line ends": "a\r\nX-Evil: 1\r\n\r\nb",
    "no breaks": "\u00a0\u2028\u2029\ufeff",
    "beyond the plane": "\U0010ffff\uffff",
    "looks like JSON": '{"lead_id": "L2"}',
    "looks like a number": "1e999",
    "blanks": " " * 10_000,
}
"""Values of fields that are data like any other."""

PATHS: dict[str, str] = {
    "a file": "/v1/leads/..%2f..%2f..%2fetc%2fpasswd",
    "dots": "/v1/leads/../../healthz",
    "dots, encoded": "/v1/leads/%2e%2e/%2e%2e/healthz",
    "NUL": "/v1/leads/L1%00",
    "a line end": "/v1/leads/L1%0d%0aX-Evil:%201",
    "wrong UTF-8": "/v1/leads/%ff%fe",
    "too long": "/v1/leads/" + "x" * 256,
    "an escape code": "/v1/leads/%1b%5b31m",
    "two slashes": "//v1/leads/L1",
    "a slash at the end": "/v1/pools/",
    "another scheme": "/http://evil.example/",
    "a backslash": "/v1/leads/..%5c..%5cwindows",
    "a wrong limit": "/v1/exceptions?limit=-1",
    "a huge limit": "/v1/exceptions?limit=99999999999999999999",
    "an odd limit": "/v1/exceptions?limit=1e3",
    "NUL in a query": "/v1/exceptions?after=%00",
    "wrong UTF-8 in a query": "/v1/exceptions?cause=%ff",
}
"""Answered with a status of 200 or 4xx, and nothing of another place."""

HEADERS: dict[str, dict[bytes, bytes]] = {
    "a huge key": {b"Authorization": b"Bearer " + b"x" * 60_000},
    "a key of odd bytes": {b"Authorization": b"Bearer \xff\xfe\x80"},
    "an odd length": {b"Content-Length": b"-5"},
    "a huge length": {b"Content-Length": b"9" * 30},
    "another content": {b"Content-Type": b"text/xml"},
    "a compressed body": {b"Content-Encoding": b"gzip"},
    "an odd charset": {b"Content-Type": b"application/json; charset=\xff"},
}
"""Answered with a status of 4xx, or 200 where it does not matter."""
