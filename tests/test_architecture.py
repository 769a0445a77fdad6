"""The map, kept by machine: imports go down it, rooms stay small, and nothing lies about that nobody uses."""

import ast
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MAP = ["derbycity", "stories", "news", "programmes", "partners", "city", "accounts", "cms"]
APPS = [app for app in MAP if (ROOT / app).is_dir()]
SOURCES = [path for app in APPS for path in sorted((ROOT / app).rglob("*.py"))]
MOST_LINES, MOST_MODULES = 400, 12
FOUND_BY_NAME = {"__init__", "apps", "jobs", "readiness_checks", "settings", "urls", "wsgi"}
# Settings, urls and the admin's site are named in text by Django itself.
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))


def test_imports_go_down_the_map():
    """Between apps and between the rooms of an app; the order stands in pyproject.toml."""
    lint = Path(sys.executable).with_name("lint-imports")
    checked = subprocess.run([lint, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)

    assert checked.returncode == 0, checked.stdout


def test_no_import_is_relative():
    """A relative one hides where it goes."""
    relative = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in SOURCES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom) and node.level
    ]

    assert relative == []


def test_no_module_is_called_by_what_it_is_not():
    refused = {"utils", "helpers", "services", "managers", "signals", "common", "misc"}

    assert [path for path in SOURCES if path.stem in refused] == []


def test_no_module_is_two_things():
    long = {
        str(path.relative_to(ROOT)): lines
        for path in SOURCES
        if "migrations" not in path.parts and (lines := len(path.read_text(encoding="utf-8").splitlines())) > MOST_LINES
    }

    assert long == {}


def test_no_room_is_two_rooms():
    """At most a dozen modules with one job; what Django finds by its name in an app is not counted among them."""
    crowded = {
        str(folder.relative_to(ROOT)): len(modules)
        for folder in {path.parent for path in SOURCES}
        if "migrations" not in folder.parts
        and "commands" not in folder.parts
        and len(modules := [path for path in folder.glob("*.py") if path.stem not in FOUND_BY_NAME]) > MOST_MODULES
    }

    assert crowded == {}


def test_things_with_a_history_are_never_written_behind_its_back():
    """update() and bulk_create() leave no history; only seeding's own bookkeeping and deletes may go around it."""
    behind = re.compile(r"\.(update|bulk_create|bulk_update)\(")
    found = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in SOURCES
        if "migrations" not in path.parts
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if behind.search(line) and "objects" in line
    ]

    assert found == []


MARKUP = re.compile(r"{%.*?%}|{{.*?}}|{#.*?#}|<[^>]*>", re.DOTALL)  # of a template; what is left is read by people


def test_every_template_is_used():
    texts = [path.read_text(encoding="utf-8") for path in (*TEMPLATES, *SOURCES)]
    unused = []
    for template in TEMPLATES:
        name = template.relative_to(ROOT / "templates").as_posix()
        by_allauth = name.startswith(("account/", "mfa/")) or name == "429.html"  # it names them; see test_pages.py
        by_pattern = (
            by_allauth
            or name.startswith(("errors/", "admin/", "simple_history/"))
            or re.fullmatch(r"city/(standard|learning_city|shared_goal)\.html", name)
        )
        if not by_pattern and not any(f'"{name}"' in text for text in texts):
            unused.append(name)

    assert unused == []


def test_public_templates_have_nothing_inline_and_call_nobody():
    refused = re.compile(
        r'\sstyle="|<style|\son[a-z]+="|src="http|<script(?! type="application/ld\+json")', re.IGNORECASE
    )
    public = [path for path in TEMPLATES if path.relative_to(ROOT / "templates").parts[0] != "admin"]
    public.remove(ROOT / "templates/cms/mail.html")  # a mail can have its style nowhere else
    ours = re.compile(r'<script src="{% static "[^"]+" %}" defer></script>')
    # A passkey is made by a script alone; one more shrinks pictures before they are sent.
    scripted = ("account", "mfa", "submit")

    def text_of(path):
        text = path.read_text(encoding="utf-8")
        return ours.sub("", text) if path.relative_to(ROOT / "templates").parts[0] in scripted else text

    assert [path.name for path in public if refused.search(text_of(path))] == []


def test_every_included_part_sees_only_what_it_is_given():
    loose = re.compile(r"{% include (?![^%]* only %})[^%]*%}")

    assert [path.name for path in TEMPLATES if "admin" not in path.parts and loose.search(path.read_text())] == []


def named_classes() -> set[str]:
    """Every word in a class attribute of a template, whatever is decided around it."""
    names: set[str] = set()
    for path in TEMPLATES:
        for value in re.findall(r'class="((?:{[%{].*?[%}]}|[^"])*)"', path.read_text(encoding="utf-8")):
            names |= set(re.sub(r"{[%{].*?[%}]}", " ", value).split())
    return names


def test_every_class_in_the_style_sheet_is_used():
    css = re.sub(r"/\*.*?\*/", "", (ROOT / "static/css/site.css").read_text(encoding="utf-8"), flags=re.DOTALL)
    css = re.sub(r'url\("[^"]*"\)|"[^"]*"', "", css)
    classes = set(re.findall(r"\.(-?[a-z_][\w-]*)", css))
    made_of_values = ("status--", "statushead--", "card--", "mark--", "derwent", "madder", "plum")

    assert sorted(name for name in classes - named_classes() if not name.startswith(made_of_values)) == []


COLOUR = re.compile(
    r"#[0-9a-f]{3,8}\b|\b(?:rgba?|hsla?|hwb|lab|lch|oklab|oklch|color)\("
    r"|(?:color|background|fill|stroke): *(?:white|black)\b"
)


def test_colours_stand_in_one_sheet():
    """tokens.css has all of them, for public pages and the admin; every other sheet asks it by name."""
    raw = [
        f"{path.name}:{number}"
        for path in sorted((ROOT / "static/css").glob("*.css"))
        if path.name != "tokens.css"
        for number, line in enumerate(re.sub(r"var\(--[\w-]+\)", "", path.read_text(encoding="utf-8")).splitlines(), 1)
        if COLOUR.search(line.lower())
    ]

    assert raw == []


def test_every_token_is_used_and_none_is_made_twice():
    tokens = (ROOT / "static/css/tokens.css").read_text(encoding="utf-8")
    sheets = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "static/css").glob("*.css"))
    made = set(re.findall(r"(--[\w-]+):", tokens))
    again = {
        name
        for path in (ROOT / "static/css").glob("*.css")
        if path.name != "tokens.css"
        for name in re.findall(r"(--[\w-]+):", path.read_text(encoding="utf-8"))
        if name in made
    }

    assert sorted(name for name in made if f"var({name})" not in sheets) == []
    assert again == set()


def test_the_style_sheets_stay_small():
    import brotli

    sheets = [(ROOT / "static/css" / name).read_bytes() for name in ("tokens.css", "site.css")]

    assert sum(len(brotli.compress(sheet)) for sheet in sheets) < 10_000


def test_no_template_shows_the_name_of_a_class():
    """People read words; a name such as ConsentVersion is only for who reads the code."""
    classes = {
        node.name
        for path in SOURCES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ClassDef) and re.fullmatch(r"(?:[A-Z][a-z]+){2,}", node.name)
    }
    shown = {
        str(path.relative_to(ROOT)): sorted(found)
        for path in TEMPLATES
        if (found := classes & set(re.findall(r"\w+", MARKUP.sub(" ", path.read_text(encoding="utf-8")))))
    }

    assert len(classes) > 100
    assert shown == {}
