import json

import pytest
from django.template import Context, Template, TemplateSyntaxError
from django.utils.safestring import mark_safe
from hypothesis import given
from hypothesis import strategies as st

from cms.templatetags import ui


def render(source, **context):
    return Template(source).render(Context(context))


@pytest.fixture
def nothing_remembered():
    ui._remembered.cache_clear()
    yield
    ui._remembered.cache_clear()


CRUMB = '{% part "components/breadcrumb.html" url=url words=words %}'


def test_a_part_sees_only_what_it_is_given(nothing_remembered):
    with pytest.raises(AssertionError, match="which it was not given"):
        render('{% part "components/breadcrumb.html" url="/" %}', words="seen outside")


def test_a_part_is_rendered_once_for_the_same_values(nothing_remembered):
    first = render(CRUMB, url="/a/", words="A")
    again = render(CRUMB, url="/a/", words="A")

    assert first == again
    assert ui._remembered.cache_info().misses == 1
    assert ui._remembered.cache_info().hits == 1


def test_a_part_with_other_values_is_rendered_anew(nothing_remembered):
    first = render(CRUMB, url="/a/", words="A")
    other = render(CRUMB, url="/a/", words="B")

    assert ">A<" in first
    assert ">B<" in other


def test_a_part_is_not_remembered_while_developing(nothing_remembered, settings):
    settings.DEBUG = True

    render(CRUMB, url="/a/", words="A")

    assert ui._remembered.cache_info().currsize == 0


def test_what_is_remembered_has_a_bound(nothing_remembered):
    bound = ui._remembered.cache_info().maxsize

    for number in range(bound + 10):
        ui.part("components/breadcrumb.html", url="/", words=str(number))

    assert ui._remembered.cache_info().currsize == bound


def test_a_part_escapes_what_it_is_given(nothing_remembered):
    assert "&lt;b&gt;" in render(CRUMB, url="/", words="<b>")


def test_safe_words_do_not_make_the_same_words_of_a_stranger_safe(nothing_remembered):
    ours = render(CRUMB, url="/", words=mark_safe("<b>x</b>"))
    theirs = render(CRUMB, url="/", words="<b>x</b>")

    assert "<b>x</b>" in ours
    assert "<b>x</b>" not in theirs


@pytest.mark.parametrize(("first", "second"), [(1, True), (True, 1), (0, False), (1, 1.0)])
def test_values_that_only_look_equal_are_told_apart(first, second, nothing_remembered):
    render(CRUMB, url="/", words=first)

    assert f">{second}<" in render(CRUMB, url="/", words=second)


def test_a_part_needs_a_name():
    with pytest.raises(TemplateSyntaxError):
        render("{% part %}")


def test_a_link_to_a_page_is_shown_with_words_a_picture_and_one_address(nothing_remembered):
    html = render('{% social "/wards/" type="website" title=title description="Where." %}', title='Wards & "more"')

    assert '<link rel="canonical" href="http://testserver/wards/">' in html
    assert '<meta property="og:url" content="http://testserver/wards/">' in html
    assert '<meta property="og:image" content="http://testserver/static/social/derby.png">' in html
    assert 'content="Wards &amp; &quot;more&quot;"' in html


@pytest.mark.parametrize(
    "words",
    ["</script><script>alert(1)</script>", "<!--", "<!-- <script>", "]]>", "&lt;", "\u2028", "</SCRIPT ", "'\"\\"],
)
def test_structured_data_cannot_end_its_script(words):
    written = render("<script>{{ data|json_ld }}</script>", data={"name": words})

    inside = written.removeprefix("<script>").removesuffix("</script>")
    assert not {"<", ">", "&"} & set(inside)
    assert json.loads(inside) == {"name": words}


@given(
    st.recursive(st.none() | st.booleans() | st.integers() | st.text(), lambda inner: st.dictionaries(st.text(), inner))
)
def test_structured_data_is_read_as_it_was_written(data):
    written = ui.json_ld(data)

    assert not {"<", ">", "&"} & set(written)
    assert json.loads(written) == data


@pytest.mark.parametrize(
    ("amount", "written"), [(500, "£500"), ("1250000.00", "£1,250,000"), (0, "£0"), (1234567.0, "£1,234,567")]
)
def test_pounds_are_written_with_commas(amount, written):
    assert ui.pounds(amount) == written


def test_a_rough_date_is_put_in_words():
    assert render("{{ date|in_words }}", date="2018-09") == "September 2018"
