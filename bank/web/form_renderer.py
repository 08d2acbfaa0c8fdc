"""Django forms rendered with the bank's own field component (``FORM_RENDERER``)."""

from django.forms.renderers import TemplatesSetting


class FormRenderer(TemplatesSetting):
    """``{{ form }}`` and ``{{ form.amount.as_field_group }}`` come out as the design system's fields."""

    form_template_name = "components/form.html"
    field_template_name = "components/field.html"
