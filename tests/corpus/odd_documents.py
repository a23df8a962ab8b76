"""JSON in every form that people export and print in manuals."""

import codecs
import gzip
import json

from tests.corpus.case import odd

EN = ["email", "name"]
ADA, GRACE = {"email": "ada@example.com", "name": "Ada"}, {"email": "g@example.com", "name": "G"}
SES = """
{
     "emailAddress": "john.deo@example.com",
     "unsubscribeAll": false,
     "attributesData": "{\\"Name\\":\\"John\\"}"
}
{
     "emailAddress": "jane.smith@example.com",
     "unsubscribeAll": true,
}
"""


def doc(name, content, columns, rows, **more):
    text = content if isinstance(content, str | bytes) else json.dumps(content)
    return odd(f"json: {name}", text, columns, rows, kind="json", **more)


DOCUMENTS = [
    doc("array", [ADA, GRACE], EN, [1, 2]),
    doc("array, indented", json.dumps([ADA, GRACE], indent=2), EN, [1, 2]),
    doc("lines", f"{json.dumps(ADA)}\n{json.dumps(GRACE)}\n", EN, [1, 2]),
    doc("lines with blank ones, crlf", f"{json.dumps(ADA)}\r\n\r\n{json.dumps(GRACE)}", EN, [1, 2]),
    doc("lines with commas", f"{json.dumps(ADA)},\n{json.dumps(GRACE)},\n", EN, [1, 2]),
    doc("one object after the other", json.dumps(ADA) + json.dumps(GRACE), EN, [1, 2]),
    doc("SES, verbatim with its trailing comma", SES, ["emailAddress", "unsubscribeAll", "attributesData"], [1, 2], cells={(1, 2): '{"Name":"John"}', (2, 1): True, (2, 2): None}),
    doc("trailing commas in an array", '[{"email":"a@x.com","tags":["a","b",],},\n{"email":"b@x.com",},]', ["email", "tags"], [1, 2], cells={(1, 1): ["a", "b"]}),
    doc("commas inside strings stay", '{"email":"a@x.com","note":"a,}",}', ["email", "note"], [1], cells={(1, 1): "a,}"}),
    doc("one object", ADA, EN, [1]),
    doc("wrapped in contacts", {"contacts": [ADA, GRACE]}, EN, [1, 2]),
    doc("wrapped behind other keys", {"total": 2, "page": "a", "data": [ADA, GRACE], "next": None}, EN, [1, 2]),
    doc("wrapped in a word of their own", {"abonnenten": [ADA, GRACE]}, EN, [1, 2]),
    doc("no wrapper: a contact that has lists", {"email": "a@x.com", "orders": [{"id": 1}]}, ["email", "orders"], [1], cells={(1, 1): [{"id": 1}]}),
    doc("keys that come later", [{"email": "a@x.com"}, {"email": "b@x.com", "city": "L"}], ["email", "city"], [1, 2], cells={(1, 1): None, (2, 1): "L"}),
    doc("keys in another order", '[{"email":"a@x.com","name":"A"},{"name":"B","email":"b@x.com"}]', EN, [1, 2], cells={(2, 0): "b@x.com"}),
    doc("types stay", [{"a": 1, "b": 1.5, "c": True, "d": None, "e": ["x"], "f": {"g": 1}}], ["a", "b", "c", "d", "e", "f"], [1], cells={(1, 0): 1, (1, 1): 1.5, (1, 2): True, (1, 5): {"g": 1}}),
    doc("duplicate keys: the last", '{"email":"a@x.com","name":"A","name":"B"}', EN, [1], cells={(1, 1): "B"}),
    doc("large numbers stay exact", '{"email":"a@x.com","n":123456789012345678901234567890,"m":1e400}', ["email", "n", "m"], [1], cells={(1, 1): "123456789012345678901234567890", (1, 2): "1e400"}),
    doc("NaN and Infinity are text", '{"email":"a@x.com","n":NaN,"m":-Infinity}', ["email", "n", "m"], [1], cells={(1, 1): "NaN", (1, 2): "-Infinity"}),
    doc("lone surrogate", '{"email":"a@x.com","name":"A\\ud800B"}', EN, [1], cells={(1, 1): "A�B"}),
    doc("pair of surrogates", '{"email":"a@x.com","name":"\\ud83d\\ude00"}', EN, [1], cells={(1, 1): "😀"}),
    doc("nul in a string", '{"email":"a@x.com","name":"A\\u0000B"}', EN, [1], cells={(1, 1): "A\x00B"}),
    doc("raw newline in a string", '{"email":"a@x.com","name":"A\nB"}', EN, [1]),
    doc("bom", codecs.BOM_UTF8 + json.dumps([ADA]).encode(), EN, [1]),
    doc("utf-16", codecs.BOM_UTF16_LE + json.dumps([ADA]).encode("utf-16-le"), EN, [1]),
    doc("windows-1252", '[{"email":"a@x.com","name":"José"}]'.encode("cp1252"), EN, [1], cells={(1, 1): "José"}),
    doc("gzip", gzip.compress(json.dumps([ADA, GRACE]).encode()), EN, [1, 2]),
    doc("empty objects between", [ADA, {}, {"email": None}, GRACE], EN, [1, 4]),
    doc("5,000 objects on one line", [{"email": f"p{n}@x.com", "name": str(n)} for n in range(5_000)], EN, 5_000),
    doc("objects across the pieces that are read", [{"email": f"p{n}@x.com", "name": "é" * 3_000} for n in range(700)], EN, 700, cells={(700, 1): "é" * 3_000}),
    doc("depth 32", '{"email":"a@x.com","deep":' + "[" * 31 + "]" * 31 + "}", ["email", "deep"], [1]),
]  # fmt: skip
