"""How to reach somebody."""

from django import forms
from django.utils.translation import gettext_lazy as _

from bank.cif.services import Contact


class ContactForm(forms.Form):
    """The contact details of a customer, all at once: one code for the whole."""

    email = forms.EmailField(
        label=_("E-mail address"),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={"required": _("Enter an e-mail address."), "invalid": _("Enter an e-mail address.")},
    )
    phone = forms.CharField(
        label=_("Phone"),
        max_length=30,
        help_text=_("Such as 0712 345678, or with the country: +254 712 345678."),
        widget=forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel"}),
        error_messages={"required": _("Enter a phone number.")},
    )
    street = forms.CharField(
        label=_("Street and number"),
        max_length=140,
        widget=forms.TextInput(attrs={"autocomplete": "street-address"}),
        error_messages={"required": _("Enter the street you live in.")},
    )
    town = forms.CharField(
        label=_("Town"),
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "address-level2"}),
        error_messages={"required": _("Enter the town you live in.")},
    )
    postal_code = forms.CharField(
        label=_("Postal code"),
        max_length=16,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "postal-code"}),
    )
    country = forms.RegexField(
        "^[A-Za-z]{2}$",
        label=_("Country, in two letters"),
        initial="KE",
        widget=forms.TextInput(attrs={"autocomplete": "country", "maxlength": "2"}),
        error_messages={
            "required": _("Enter the two letters of the country, such as KE."),
            "invalid": _("Enter the two letters of the country, such as KE."),
        },
    )

    def contact(self) -> dict[str, str]:
        """The answers as a draft keeps them."""
        return {name: str(value) for name, value in self.cleaned_data.items()}


def as_contact(answers: dict[str, str]) -> Contact:
    """What a draft kept, as the service takes it."""
    return Contact(**answers)
