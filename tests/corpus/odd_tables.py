"""Delimiters, quotes, headers and ragged rows."""

from tests.corpus.case import bad, odd

EN = ["email", "name"]
ENC = ["email", "name", "city"]
THREE = "email,name,city\nada@example.com,Ada,London\ngrace@example.com,Grace,New York\n"
NAMES = [f"c{n}" for n in range(2_000)]


def split_by(delimiter: str) -> str:
    return THREE.replace(",", delimiter)


DELIMITERS = [
    odd("comma", THREE, ENC, [2, 3], delimiter=","),
    odd("semicolon", split_by(";"), ENC, [2, 3], delimiter=";"),
    odd("tab", split_by("\t"), ENC, [2, 3], delimiter="\t"),
    odd("pipe", split_by("|"), ENC, [2, 3], delimiter="|"),
    odd("caret", split_by("^"), ENC, [2, 3], delimiter="^"),
    odd("tilde", split_by("~"), ENC, [2, 3], delimiter="~"),
    odd("two pipes", split_by("||"), ENC, [2, 3], delimiter="||", cells={(3, 2): "New York"}),
    odd("two colons", split_by("::"), ENC, [2, 3], delimiter="::"),
    odd("two pipes inside quotes", 'email||name\na@x.com||"A||B"\nb@x.com||B\n', EN, [2, 3], delimiter="||", cells={(2, 1): "A||B"}),
    odd("delimiter by hint", "email#name\na@x.com#A\n", EN, [2], hints={"delimiter": "#"}),
    odd("sep line", "sep=;\n" + split_by(";"), ENC, [2, 3], delimiter=";", header_row=1),
    odd("sep line in capitals, crlf", "SEP=|\r\n" + split_by("|"), ENC, [2, 3], delimiter="|"),
    odd("sep line in quotes", '"sep=,"\n' + THREE, ENC, [2, 3]),
    odd("sep line of a tab", "sep=\t\n" + split_by("\t"), ENC, [2, 3], delimiter="\t"),
    odd("sep line for an odd one", "sep=#\n" + split_by("#"), ENC, [2, 3], delimiter="#"),
    odd("decimal commas under semicolons", "email;amount;rate\na@x.com;1.234,50;2,5\nb@x.com;9,99;3,0\n", ["email", "amount", "rate"], [2, 3], delimiter=";", cells={(2, 1): "1.234,50"}),
    odd("semicolons inside under commas", "email,tags,name\na@x.com,a;b;c,A\nb@x.com,a;b;c,B\n", ["email", "tags", "name"], [2, 3], delimiter=","),
    odd("pipes inside under commas", "email,tags\na@x.com,a|b|c\nb@x.com,d|e|f\n", ["email", "tags"], [2, 3], delimiter=","),
    odd("commas inside under tabs", "email\tname\na@x.com\tLovelace, Ada\nb@x.com\tHopper, Grace\n", EN, [2, 3], delimiter="\t"),
    odd("one column with commas inside quotes", '"name"\n"Lovelace, Ada"\n"Hopper, Grace"\n', ["name"], [2, 3]),
    odd("json inside cells", 'emailAddress,unsubscribeAll,attributesData\na@x.com,false,"{""Name"": ""A"", ""Company"": null}"\nb@x.com,true,"{""Name"": ""B""}"\n', ["emailAddress", "unsubscribeAll", "attributesData"], [2, 3], cells={(2, 2): '{"Name": "A", "Company": null}'}),
]  # fmt: skip

QUOTES = [
    odd("quoted newline", 'email,note\na@x.com,"one\ntwo"\nb@x.com,x\n', ["email", "note"], [2, 3], cells={(2, 1): "one\ntwo"}),
    odd("quoted comma", 'email,name\na@x.com,"Lovelace, Ada"\n', EN, [2], cells={(2, 1): "Lovelace, Ada"}),
    odd("doubled quotes", 'email,name\na@x.com,"Ada ""the first"" L"\n', EN, [2], cells={(2, 1): 'Ada "the first" L'}),
    odd("a cell of one quote", 'email,name\na@x.com,""""\nb@x.com,B\n', EN, [2, 3], cells={(2, 1): '"'}),
    odd("empty quoted cells", 'email,name,city\n"a@x.com","",""\n', ENC, [2]),
    odd("everything quoted", '"email","name"\n"a@x.com","A"\n"b@x.com","B"\n', EN, [2, 3]),
    odd("backslash escapes", 'email,name\n"a@x.com","Ada \\"the first\\", L"\n"b@x.com","B"\n', EN, [2, 3], cells={(2, 1): 'Ada "the first", L'}),
    odd("backslash that is text", 'email,path\na@x.com,"C:\\dir\\"\nb@x.com,"D:\\"\n', ["email", "path"], [2, 3], cells={(2, 1): "C:\\dir\\"}),
    odd("unescaped quote inside a bare cell", 'email,size\na@x.com,5" pipe\nb@x.com,6\n', ["email", "size"], [2, 3], cells={(2, 1): '5" pipe'}),
    odd("unescaped quote inside a quoted cell", 'email,size\na@x.com,"5" pipe"\nb@x.com,6\n', ["email", "size"], [2, 3]),
    odd("single quotes", "'email','name'\n'a@x.com','Lovelace, Ada'\n'b@x.com','B'\n", EN, [2, 3], cells={(2, 1): "Lovelace, Ada"}),
    odd("apostrophes are text", "email,name\na@x.com,'t Hooft\nb@x.com,O'Brien\n", EN, [2, 3], cells={(2, 1): "'t Hooft"}),
    odd("smart quotes are text", "email,name\na@x.com,“Ada”\n", EN, [2], cells={(2, 1): "“Ada”"}),
    odd("space before a quote", 'email, name, city\na@x.com, "Lovelace, Ada", "Lon"\nb@x.com, "B", "C"\n', ENC, [2, 3], cells={(2, 1): "Lovelace, Ada"}),
    odd("every line is one quoted cell", '"email,""name"",city"\r\n"a@x.com,""Lovelace, Ada"",London"\r\n"b@x.com,B,Rome"\r\n', ENC, [2, 3], delimiter=",", cells={(2, 1): "Lovelace, Ada", (3, 2): "Rome"}),
    odd("every line is one quoted cell, with semicolons", '"email;name"\n"a@x.com;A"\n', EN, [2], delimiter=";", cells={(2, 1): "A"}),
    odd("two quoted columns stay two", '"email","name"\n"a@x.com","A;B"\n"","C;D"\n', EN, [2, 3], cells={(2, 1): "A;B"}),
    bad("unclosed quote", 'email,name\na@x.com,A\nb@x.com,"B\nc@x.com,C\n', "quote_unclosed", failed_row=3),
    bad("unclosed quote in the header", 'email,"name\na@x.com,A\n', "quote_unclosed", failed_row=1),
    bad("unclosed quote before 3 MB", 'email,name\na@x.com,A\nb@x.com,"B\n' + "c@x.com,C\n" * 300_000, "cell_too_large", failed_row=3),
    bad("cell over 1 MB", "email,note\na@x.com,x\nb@x.com," + "x" * 1_000_001 + "\n", "cell_too_large", failed_row=3),
    bad("unclosed quote far behind", "email,name\n" + "a@x.com,A\n" * 5_000 + 'b@x.com,"B\n' + "c@x.com,C\n" * 10, "quote_unclosed", failed_row=5_002),
]  # fmt: skip

HEADERS = [
    odd("title line", "Contacts of Northwind\nemail,name\na@x.com,A\n", EN, [3], header_row=2, note="title line"),
    odd("title and blank line", "Contacts,,\n,,\nemail,name,city\na@x.com,A,L\n", ENC, [4], header_row=3),
    odd("header in row 5", "Report\nMade 2024-01-01\n\nPage 1\nemail,name,city\na@x.com,A,L\nb@x.com,B,M\n", ENC, [6, 7], header_row=5, note="lines above"),
    odd("no header", "a@x.com,A\nb@x.com,B\n", ["Column 1", "Column 2"], [1, 2], header_row=0, note="no names"),
    odd("no header, numbers", "1,+447700900123,5\n2,+447700900124,6\n", 3, [1, 2], header_row=0),
    odd("header by hint", "x,y\nemail,name\na@x.com,A\n", EN, [3], hints={"header_row": 2}),
    odd("no header by hint", "x,y\nz,w\n", ["Column 1", "Column 2"], [1, 2], hints={"header_row": 0}),
    odd("duplicate header", "email,name,name,Name\na@x.com,A,B,C\n", ["email", "name", "name (2)", "Name"], [2], note="same name"),
    odd("duplicate that is taken", "name,name,name (2)\na@x.com,b,c\n", ["name", "name (2)", "name (2) (2)"], [2]),
    odd("empty header", "email,,city\na@x.com,A,L\n", ["email", "Column 2", "city"], [2], note="without a name"),
    odd("header with spaces", "  email , first   name \na@x.com,A\n", ["email", "first name"], [2]),
    odd("header with newline", '"e-mail\naddress",name\na@x.com,A\n', ["e-mail address", "name"], [2]),
    odd("header in smart quotes", "“email”,„name“\na@x.com,A\n", EN, [2]),
    odd("header of 10,000 characters", "email," + "n" * 10_000 + "\na@x.com,A\n", 2, [2]),
    odd("header with a bom inside", "email,\ufeffname\na@x.com,A\n", EN, [2]),
    odd("header of one row that is wider", "email,name,,,\na@x.com,A,,,\n", EN, [2], ragged=[2]),
    odd("header narrower than the rows", "email,name\na@x.com,A,L\nb@x.com,B,M\n", ["email", "name", "Column 3"], [2, 3], note="Column 3"),
    odd("years as columns", "email,name,2023,2024\na@x.com,A,1,2\n", ["email", "name", "2023", "2024"], [2]),
    odd("2,000 columns", ",".join(NAMES) + "\n" + ",".join("x" for _ in NAMES) + "\n", 2_000, [2]),
    bad("2,001 columns", ",".join([*NAMES, "z"]) + "\n" + "x," * 2_000 + "x\n", "too_many_columns", failed_row=1),
    bad("20,000 columns in row 3", "email,name\na@x.com,A\n" + "x," * 20_000 + "\n", "too_many_columns", failed_row=3),
    odd("header in Japanese", "メール,名前\na@x.com,山田\n", ["メール", "名前"], [2]),
    odd("header right to left", "אימייל,שם\na@x.com,עדה\n", ["אימייל", "שם"], [2]),
]  # fmt: skip

RAGGED = [
    odd("row with fewer fields", "email,name,city\na@x.com,A,L\nb@x.com\nc@x.com,C\n", ENC, [2, 3, 4], ragged=[3, 4]),
    odd("row with more fields", "email,name\na@x.com,A\nb@x.com,B,extra\nc@x.com,C\n", EN, [2, 3, 4], ragged=[3]),
    odd("trailing delimiter in the rows", "email,name\na@x.com,A,\nb@x.com,B,\n", EN, [2, 3], ragged=[2, 3]),
    odd("trailing delimiter everywhere", "email,name,\na@x.com,A,\nb@x.com,B,\n", EN, [2, 3], ragged=[2, 3]),
    odd("a row of one word", "email,name,city\na@x.com,A,L\ntotal\n", ENC, [2, 3], ragged=[3]),
    odd("ragged far behind", "email,name\n" + "a@x.com,A\n" * 4_000 + "b@x.com\n" + "c@x.com,C\n", EN, 4_002, ragged=[4_002]),
]  # fmt: skip
