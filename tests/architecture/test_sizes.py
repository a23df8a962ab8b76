"""Small is a habit, and habits that nobody checks decay."""

from tests.architecture.tree import ROOT, SRC, code_lines, complaint, files


def test_a_file_has_at_most_400_lines():
    broken = [
        f"{file.name}: {file.lines} lines; split it by noun, to at most 400"
        for file in files()
        if file.lines > 400
    ]
    assert not broken, complaint(broken)


def test_a_function_has_at_most_40_lines():
    broken = [
        f"{file.name}:{function.lineno}: {function.name} has {code_lines(function)} lines;"
        " give a step of it a name of its own, to at most 40"
        for file in files()
        for function in file.functions()
        if code_lines(function) > 40
    ]
    assert not broken, complaint(broken)


def test_a_template_has_at_most_60_lines():
    broken = [
        f"{path.relative_to(ROOT)}: {lines} lines; move a part into a _partial.html, to at most 60"
        for path in sorted(SRC.rglob("templates/**/*.html"))
        if (lines := path.read_text(encoding="utf-8").count("\n")) > 60
    ]
    assert not broken, complaint(broken)
