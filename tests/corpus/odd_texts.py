"""Encodings, line ends and what lies around the rows."""

import codecs

from tests.corpus.case import bad, odd

EN = ["email", "name"]
TWO = "email,name\nada@example.com,Ada\ngrace@example.com,Grace\n"
WEST = "email,name\nj@example.com,José Müller\nh@example.com,Hélène Brontë\n"
MIXED = WEST.encode() + "z@example.com,Zoë\n".encode("cp1252")
LONG = "".join(f"p{n}@example.com,Renée {n}\n" for n in range(200)).encode()

ENCODINGS = [
    odd("utf-8", WEST, EN, [2, 3], encoding="utf-8", cells={(2, 1): "José Müller"}),
    odd("utf-8 bom", codecs.BOM_UTF8 + TWO.encode(), EN, [2, 3], encoding="utf-8-sig"),
    odd("utf-8 bom before a quote", codecs.BOM_UTF8 + b'"email","name"\na@x.com,A\n', EN, [2]),
    odd("utf-8 two boms", codecs.BOM_UTF8 * 2 + TWO.encode(), EN, [2, 3]),
    odd("utf-16 le bom", codecs.BOM_UTF16_LE + WEST.encode("utf-16-le"), EN, [2, 3], encoding="utf-16", cells={(3, 1): "Hélène Brontë"}),
    odd("utf-16 be bom", codecs.BOM_UTF16_BE + WEST.encode("utf-16-be"), EN, [2, 3], encoding="utf-16"),
    odd("utf-16 le without bom", WEST.encode("utf-16-le"), EN, [2, 3], encoding="utf-16-le", cells={(2, 1): "José Müller"}),
    odd("utf-16 be without bom", WEST.encode("utf-16-be"), EN, [2, 3], encoding="utf-16-be"),
    odd("utf-16 tabs, as Excel's Unicode text", codecs.BOM_UTF16_LE + TWO.replace(",", "\t").encode("utf-16-le"), EN, [2, 3], delimiter="\t"),
    odd("utf-16 with half a character at its end", codecs.BOM_UTF16_LE + TWO.encode("utf-16-le") + b"x", EN, [2, 3, 4], ragged=[4]),
    odd("utf-32 le bom", codecs.BOM_UTF32_LE + WEST.encode("utf-32-le"), EN, [2, 3], encoding="utf-32"),
    odd("utf-32 be bom", codecs.BOM_UTF32_BE + WEST.encode("utf-32-be"), EN, [2, 3], encoding="utf-32"),
    odd("utf-32 le without bom", WEST.encode("utf-32-le"), EN, [2, 3], encoding="utf-32-le"),
    odd("windows-1252", WEST.encode("cp1252"), EN, [2, 3], encoding="windows-1252", cells={(2, 1): "José Müller"}, note="Windows-1252"),
    odd("windows-1252 with marks", "email,note\na@x.com,5 € – “yes”\n".encode("cp1252"), ["email", "note"], [2], cells={(2, 1): "5 € – “yes”"}),
    odd("latin-1", WEST.encode("latin-1"), EN, [2, 3], cells={(3, 1): "Hélène Brontë"}),
    odd("mac roman", WEST.encode("mac-roman"), EN, [2, 3], encoding="mac-roman", cells={(3, 1): "Hélène Brontë"}),
    odd("dos 850", WEST.encode("cp850"), EN, [2, 3], encoding="cp850", cells={(2, 1): "José Müller"}),
    odd("central european", "email,name\nl@x.com,Łukasz Wójcik\nz@x.com,Žofie Dvořáková\n".encode("cp1250"), EN, [2, 3], encoding="windows-1250", cells={(3, 1): "Žofie Dvořáková"}),
    odd("turkish", "email,name\ns@x.com,Şükrü Yıldız\n".encode("cp1254"), EN, [2], encoding="windows-1254", cells={(2, 1): "Şükrü Yıldız"}),
    odd("cyrillic", "email,имя\ni@x.com,Иван Петров\n".encode("cp1251"), ["email", "имя"], [2], encoding="windows-1251"),
    odd("koi8-r", "email,имя\ni@x.com,Иван Петров\no@x.com,Ольга Смирнова\n".encode("koi8-r"), ["email", "имя"], [2, 3], encoding="koi8_r"),
    odd("greek", "email,όνομα\ng@x.com,Γιώργος Παπαδόπουλος\n".encode("cp1253"), ["email", "όνομα"], [2], encoding="windows-1253"),
    odd("shift-jis", "メール,名前\ny@x.com,山田太郎\ns@x.com,鈴木一郎\n".encode("cp932"), ["メール", "名前"], [2, 3], encoding="cp932", cells={(2, 1): "山田太郎"}),
    odd("shift-jis with a backslash as second byte", "email,表示\nso@x.com,ソニー表\n".encode("cp932"), ["email", "表示"], [2], cells={(2, 1): "ソニー表"}),
    odd("gbk", "邮箱,姓名\nz@x.com,张伟\nw@x.com,王芳\n".encode("gbk"), ["邮箱", "姓名"], [2, 3], encoding="gb18030", cells={(3, 1): "王芳"}),
    odd("big5", "電郵,姓名\nc@x.com,陳大文\n".encode("big5"), ["電郵", "姓名"], [2], encoding="big5"),
    odd("euc-jp", "メール,名前\ny@x.com,山田太郎\n".encode("euc-jp"), ["メール", "名前"], [2], encoding="euc_jp"),
    odd("euc-kr", "이메일,이름\nk@x.com,김철수\n".encode("euc-kr"), ["이메일", "이름"], [2], encoding="euc_kr"),
    odd("encoding by hint", "email,name\nk@x.com,김철수\n".encode("euc-kr"), EN, [2], hints={"encoding": "euc-kr"}, cells={(2, 1): "김철수"}),
    odd("mixed utf-8 and windows-1252", MIXED, EN, [2, 3, 4], encoding="utf-8/windows-1252", cells={(2, 1): "José Müller", (4, 1): "Zoë"}),
    odd("invalid utf-8 in the middle", b"email,name\n" + LONG + b"x@example.com,\xff\xfe\n" + LONG, EN, 401, encoding="utf-8", cells={(202, 1): "��"}, note="not UTF-8"),
    odd("one invalid byte far behind", b"email,name\n" + LONG * 40 + b"x@x.com,\xc3(\n", EN, 8001, encoding="utf-8", cells={(8002, 1): "�("}),
    odd("accents only far behind", b"email,name\n" + b"a@example.com,A\n" * 60_000 + "z@x.com,Zoë\n".encode("cp1252"), EN, 60_001, encoding="windows-1252", cells={(60_002, 1): "Zoë"}),
    odd("surrogates encoded as utf-8", b"email,name\n" + LONG + b"x@x.com,\xed\xa0\x80\n", EN, 201),
]  # fmt: skip

LINE_ENDS = [
    odd("crlf", TWO.replace("\n", "\r\n"), EN, [2, 3], cells={(3, 1): "Grace"}),
    odd("cr only", TWO.replace("\n", "\r"), EN, [2, 3], cells={(3, 1): "Grace"}),
    odd("mixed line ends", "email,name\r\na@x.com,A\rb@x.com,B\nc@x.com,C\r\n", EN, [2, 3, 4]),
    odd("no final newline", TWO.rstrip("\n"), EN, [2, 3], cells={(3, 1): "Grace"}),
    odd("ends in a quoted cell without newline", 'email,name\na@x.com,"A, B"', EN, [2], cells={(2, 1): "A, B"}),
    odd("ten blank lines at the start", "\n" * 10 + TWO, EN, [12, 13], header_row=11),
    odd("ten blank lines at the end", TWO + "\n" * 10, EN, [2, 3]),
    odd("blank lines between", TWO.replace("\n", "\n\n"), EN, [3, 5]),
    odd("rows of delimiters only", TWO.replace("ada", ",\n , \nada"), EN, [4, 5]),
    odd("rows of spaces only", "email,name\n   \n\t\na@x.com,A\n", EN, [4]),
    odd("crlf inside a quoted cell", 'email,name\r\na@x.com,"two\r\nlines"\r\nb@x.com,B\r\n', EN, [2, 3], cells={(2, 1): "two\r\nlines"}),
    odd("cr inside a quoted cell of an lf file", 'email,name\na@x.com,"two\rlines"\nb@x.com,B\n', EN, [2, 3]),
    odd("line separator U+2028 is text", "email,name\na@x.com,A\u2028B\nb@x.com,B\n", EN, [2, 3], cells={(2, 1): "A\u2028B"}),
    odd("form feed and vertical tab are text", "email,name\na@x.com,A\x0bB\x0c\n", EN, [2]),
    odd("nul in a cell", "email,name\na@x.com,A\x00B\nb@x.com,B\n", EN, [2, 3], cells={(2, 1): "A\x00B"}),
    odd("nul between rows", "email,name\na@x.com,A\n\x00\nb@x.com,B\n", EN, [2, 3, 4], ragged=[3]),
    odd("control z at the end, as DOS wrote", TWO + "\x1a", EN, [2, 3, 4], ragged=[4]),
    bad("empty", b"", "empty"),
    bad("only a bom", codecs.BOM_UTF8, "empty"),
    bad("only blank lines", b"\n\r\n \n\t\n", "empty"),
    odd("header only", "email,name\n", EN, []),
    odd("header only without newline", "email,name", EN, []),
    odd("one column", "email\na@x.com\nb@x.com\n", ["email"], [2, 3]),
    odd("one column without a header", "a@x.com\nb@x.com\n", ["Column 1"], [1, 2], header_row=0),
    odd("one cell", "email", ["email"], []),
    odd("totals row at the end", TWO + "Total,2\n", EN, [2, 3, 4]),
    odd("1 MB cell", "email,note\na@x.com," + "x" * 999_999 + "\n", ["email", "note"], [2]),
    odd("100,000 rows", "email,name\n" + "".join(f"p{n}@x.com,{n}\n" for n in range(100_000)), EN, 100_000, cells={(100_001, 1): "99999"}),
]  # fmt: skip
