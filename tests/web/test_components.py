"""Components through their tags, as pages use them."""

import re
from types import SimpleNamespace
from typing import Any

import pytest
from django import forms
from django.template import Context, Template, TemplateSyntaxError
from django.test import RequestFactory, override_settings
from django.utils import translation

from bank.kernel.money import Money
from bank.web.styleguide import samples


def render(source: str, **context: Any) -> str:
    with translation.override("en"):
        return Template("{% load bank %}" + source).render(Context(context))


def words(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).replace("\u00a0", " ").split())


class AskForm(forms.Form):
    name = forms.CharField(label="Name", help_text="As in the passport")
    when = forms.ChoiceField(choices=[("NOW", "Now"), ("LATER", "Later")], widget=forms.RadioSelect)
    keep = forms.BooleanField(label="Keep it", required=False)


def test_a_credit_is_green_with_a_plus_and_a_debit_in_ink_with_a_true_minus() -> None:
    credit = render("{% amount m %}", m=Money.of("5", "KES"))
    debit = render("{% amount m %}", m=Money.of("-5", "KES"))
    assert credit == '<span class="amount amount--credit">+5.00</span>'
    assert debit == '<span class="amount">\u22125.00</span>'


def test_the_big_figure_reads_as_one_amount() -> None:
    html = render('{% figure m note="available" %}', m=Money.of("-6161.39", "KES"))
    assert words(html.replace("</span>", "").replace('<span class="figure__minor">', "")) == (
        "KES \u22126,161.39 available"
    )


def test_a_zero_amount_is_still_an_amount() -> None:
    assert "0" in words(render("{% tiles items %}", items=[{"label": "Cash", "money": Money.zero("KES")}]))


def test_every_statement_line_carries_the_balance_after_it() -> None:
    html = render(
        "{% statement lines pending=pending %}", **{k: samples.everything()[k] for k in ("lines", "pending")}
    )
    assert html.count('class="line__balance"><span class="visually-hidden">Balance') == len(samples.MOVEMENTS)
    assert html.count("<h3") == 1 + len({line.booking_date for line in samples.lines()})
    assert "value 14\u00a0Nov" in html or "value 14 Nov" in html


def test_the_error_summary_is_focused_and_linked_to_each_field() -> None:
    html = render("{% error_summary form %}", form=AskForm({}))
    assert 'tabindex="-1" autofocus' in html
    assert '<a href="#id_name">Name: This field is required.</a>' in html
    assert 'href="#id_when_0"' in html


def test_the_error_summary_shows_what_a_service_refused() -> None:
    html = render("{% error_summary messages=refusals %}", refusals=["There is not enough money."])
    assert "There is not enough money." in html
    assert render("{% error_summary form %}", form=AskForm()) == "\n"


def test_a_field_ties_hint_and_error_to_its_input() -> None:
    html = str(AskForm({})["name"].as_field_group())
    assert 'aria-describedby="id_name_helptext id_name_error"' in html
    assert 'id="id_name_helptext"' in html
    assert 'id="id_name_error"' in html
    assert 'aria-invalid="true"' in html


def test_forms_render_as_components_by_themselves() -> None:
    html = str(AskForm({}))
    assert 'class="errors"' in html
    assert html.count('class="field ') == 3
    assert html.count("<fieldset") == 1
    assert '<label class="choice">' in html


@pytest.mark.parametrize("tag", ["{% button %}", '{% button "Go" colour="red" %}', '{% card title="x" %}'])
def test_a_wrong_call_fails_when_the_template_compiles(tag: str) -> None:
    with pytest.raises(TemplateSyntaxError):
        render(tag)


def test_what_people_type_is_escaped_everywhere() -> None:
    evil = "<script>alert(1)</script>"
    html = render(
        '{% button evil %}{% status "DRAFT" label=evil %}{% name_check "CLOSE_MATCH" hint=evil %}'
        "{% card evil lead=evil %}{{ evil }}{% endcard %}{% receipt evil reference=evil %}{% endreceipt %}",
        evil=evil,
    )
    assert "<script" not in html


def test_unknown_status_codes_are_still_readable() -> None:
    assert words(render('{% status "IN_DISPUTE" %}')) == "In dispute"


@pytest.mark.parametrize(
    ("path", "exact", "current"),
    [
        ("/personal/pay/", False, True),
        ("/personal/pay/check/", False, True),
        ("/personal/pay/check/", True, False),
    ],
)
def test_the_current_place_is_marked(path: str, exact: bool, current: bool) -> None:
    request = RequestFactory().get(path)
    html = render('{% nav_current "/personal/pay/" exact=exact %}', request=request, exact=exact)
    assert (html == ' aria-current="page"') is current


def test_a_demonstration_says_so() -> None:
    with override_settings(DEMO=True):
        assert "no real money moves" in render("{% demo_notice %}")
    with override_settings(DEMO=False):
        assert render("{% demo_notice %}").strip() == ""


def test_a_demonstration_says_who_plays_the_networks() -> None:
    with override_settings(DEMO=True):
        assert "a sandbox plays the other side" in render("{% sandbox_notice %}")
    with override_settings(DEMO=False):
        assert render("{% sandbox_notice %}").strip() == ""


def test_ways_of_paying_have_names() -> None:
    said = [render("{{ code|rail }}", code=code) for code in ("MPESA", "EFT", "SWIFT")]
    assert said == ["M-Pesa", "Bank transfer (EFT)", "SWIFT"]


def test_account_cards_are_one_link() -> None:
    html = render(
        '{% account_card name="Savings" number="1100012345678" balance=m href="/a/" state="ACTIVE" %}',
        m=Money.of("1", "KES"),
    )
    assert html.count("<a ") == 1
    assert "status" not in html


def test_the_statement_links_only_what_has_a_reference() -> None:
    line = SimpleNamespace(
        booking_date=samples.LAST_DAY, value_date=samples.LAST_DAY, amount=Money.of("1", "KES"),
        balance_after=Money.of("1", "KES"), description="Interest", counterparty="", reference="",
    )  # fmt: skip
    assert "<a " not in render('{% statement lines detail="nowhere" %}', lines=[line])
