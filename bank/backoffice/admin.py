"""Tables of others' apps in the staff site's theme: the schedule of the jobs."""

from django.contrib import admin
from django.contrib.auth.models import Group
from django_celery_beat import admin as beat
from django_celery_beat.models import ClockedSchedule, CrontabSchedule, IntervalSchedule, PeriodicTask, SolarSchedule
from unfold.admin import ModelAdmin
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from bank.web.staff import ReadOnlyTable

for model in (PeriodicTask, IntervalSchedule, CrontabSchedule, SolarSchedule, ClockedSchedule):
    admin.site.unregister(model)


class _TaskChoice(UnfoldAdminSelectWidget, beat.TaskSelectWidget):
    """The registered tasks to choose from, in the theme."""


class _PeriodicTaskForm(beat.PeriodicTaskForm):
    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["task"].widget = UnfoldAdminTextInputWidget()
        self.fields["regtask"].widget = _TaskChoice()


@admin.register(PeriodicTask)
class PeriodicTaskTable(beat.PeriodicTaskAdmin, ModelAdmin):
    """When what runs. Changing actions stay with the change form, which is a POST."""

    form = _PeriodicTaskForm
    actions = ()


@admin.register(IntervalSchedule)
class IntervalTable(ModelAdmin):
    pass


@admin.register(CrontabSchedule)
class CrontabTable(beat.CrontabScheduleAdmin, ModelAdmin):
    pass


if admin.site.is_registered(Group):
    admin.site.unregister(Group)


@admin.register(Group)
class RoleTable(ReadOnlyTable):
    """Staff roles. They are seeded; membership is given on the user."""

    search_fields = ("name",)
    filter_horizontal = ("permissions",)
