"""What docstrings, comments and docs say of files is true: each file they name is there."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
_NAMED = re.compile(r"(?<![\w*<{./-])(?:[\w.-]+/)*[\w-]+\.(?:py|html|md|css|js|yaml)\b(?![\w/*(])")
# Named because there is none.
_REFUSED = {"helpers.py", "managers.py", "services.py", "signals.py", "utils.py"}
# Decisions and the change log tell what was; what they name may have been renamed since.
_PAST = ("CHANGELOG.md", "docs/decisions/")


def _files() -> list[Path]:
    skipped = {".venv", ".git", ".postgres", "staticfiles", "node_modules", ".cache"}
    return [
        path
        for pattern in ("*.py", "*.html", "*.md", "*.css", "*.js", "*.yaml")
        for path in ROOT.rglob(pattern)
        if not skipped & set(path.relative_to(ROOT).parts)
    ]


def _texts(files: list[Path]) -> dict[str, str]:
    """Docs whole; of code what stands in docstrings and comments."""
    found = {}
    for path in files:
        name = path.relative_to(ROOT).as_posix()
        if name.startswith(_PAST) or "/migrations/" in name:
            continue
        text = path.read_text(encoding="utf-8")
        if path.suffix == ".md":
            found[name] = text
        elif path.suffix == ".py" and not name.startswith("tests/"):
            found[name] = "\n".join(re.findall(r'"""(.*?)"""', text, re.DOTALL) + re.findall(r"# (.*)", text))
    return found


def test_every_file_that_is_named_is_there():
    files = _files()
    ends = {"/".join(path.parts[-length:]) for path in files for length in range(1, len(path.parts))}
    missing = {
        name: sorted(lost)
        for name, text in _texts(files).items()
        if (lost := {named for named in _NAMED.findall(text) if named.removeprefix("../") not in ends} - _REFUSED)
    }

    assert missing == {}
