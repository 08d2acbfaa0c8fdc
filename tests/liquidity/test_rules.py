"""The ladder and the forecast in plain numbers."""

from datetime import date, timedelta
from decimal import Decimal

from bank.kernel.money import Money
from bank.liquidity import rules
from bank.liquidity.rules import By, Week

TODAY = date(2026, 7, 22)
D = Decimal


def past(*nets: int, until: date = TODAY) -> list[Week]:
    first = until - timedelta(days=7 * len(nets))
    return [Week(first + timedelta(days=7 * n), D(max(net, 0)), D(min(net, 0))) for n, net in enumerate(nets)]


def test_a_ladder_puts_every_day_on_its_step_and_what_is_late_on_the_first() -> None:
    items = [
        (TODAY - timedelta(days=40), D(50)), (TODAY, D(-20)), (TODAY + timedelta(days=6), D(10)),
        (TODAY + timedelta(days=7), D(5)), (TODAY + timedelta(days=90), D(-1)),
        (TODAY + timedelta(days=91), D(9)),
    ]  # fmt: skip
    weeks = rules.ladder(items, D(100), TODAY, By.WEEK)
    assert len(weeks) == 13
    assert [(w.money_in, w.money_out, w.balance) for w in weeks[:2]] == [(60, -20, 140), (5, 0, 145)]
    assert (weeks[-1].money_out, weeks[-1].balance, weeks[-1].last) == (-1, 144, TODAY + timedelta(days=90))
    days = rules.ladder(items, D(100), TODAY, By.DAY)
    assert (len(days), days[0].money_in, days[6].money_in, days[-1].balance) == (14, 50, 10, 145)
    assert rules.end_of(TODAY, By.DAY) == TODAY + timedelta(days=13)


def test_the_usual_is_the_mean_of_the_same_weeks_of_the_month() -> None:
    weeks = past(*([10] * 52))
    wages = [week if week.place != 3 else Week(week.first, D(0), D(-100)) for week in weeks]
    assert rules.usual(wages, 3) == (0, -100)
    assert rules.usual(wages, 0) == (10, 0)
    assert rules.usual(past(4, 8), 0) == (6, 0)
    assert rules.usual([], 2) == (0, 0)
    assert [rules.place_of(date(2026, 7, day)) for day in (1, 5, 12, 28)] == [0, 1, 2, 4]


def test_quantiles_lie_between_two_values_in_proportion() -> None:
    values = [D(n) for n in (30, 10, 20, 40, 50)]
    assert rules.quantile(values, D("0.5")) == 30
    assert rules.quantile(values, D("0.1")) == 14
    assert rules.quantile([D(7)], D("0.9")) == 7


def test_with_too_little_history_only_what_is_known_counts() -> None:
    known = [(TODAY, D(30)), (TODAY + timedelta(days=8), D(-10))]
    weeks, trial = rules.foreseen(known, past(*([5] * 25)), Money.of(100, "KES"), TODAY)
    assert trial is None
    assert [week.balance for week in weeks[:3]] == [130, 120, 120]
    assert all(week.low is None and week.usual_in == 0 for week in weeks)


def test_a_steady_company_has_a_narrow_range_and_a_restless_one_a_wide() -> None:
    steady, _trial = rules.foreseen([], past(*([10] * 60)), Money.of(0, "KES"), TODAY)
    assert [week.balance for week in steady] == [10 * n for n in range(1, 14)]
    assert all(week.low == week.balance == week.high for week in steady)
    restless, trial = rules.foreseen([], past(*([40, -20] * 30)), Money.of(0, "KES"), TODAY)
    assert trial is not None
    assert len(trial.errors[0]) == 60 - 13
    assert restless[0].low is not None
    assert restless[0].low < restless[0].balance < (restless[0].high or 0)
    assert 0 < trial.held <= trial.tried


def test_of_known_and_usual_the_larger_counts_each_way() -> None:
    known = [(TODAY, D(100)), (TODAY, D(-1)), (TODAY + timedelta(days=7), D(4))]
    history = [Week(week.first, D(10), D(-6)) for week in past(*([0] * 60))]
    weeks, _trial = rules.foreseen(known, history, Money.of(0, "KES"), TODAY)
    assert [(w.money_in, w.money_out) for w in weeks[:2]] == [(100, -6), (10, -6)]
    assert weeks[1].balance == 98


def test_the_trial_knows_nothing_of_the_weeks_it_foretells() -> None:
    """A jump at the end is a miss of every reach that ends there, and changes no earlier error."""
    calm = rules.tried(past(*([10] * 40)))
    jump = rules.tried(past(*([10] * 39), 1010))
    assert {error for errors in calm.errors for error in errors} == {0}
    assert [errors[-1] for errors in jump.errors] == [1000] * 13
    assert {error for errors in jump.errors for error in errors[:-1]} == {0}


def test_a_range_ends_where_too_few_forecasts_reached() -> None:
    weeks, _trial = rules.foreseen([], past(*([10] * 26)), Money.of(0, "KES"), TODAY)
    assert [week.low is not None for week in weeks] == [True] * 6 + [False] * 7


def test_a_range_holds_its_own_forecast() -> None:
    """Also where all that were tried came out too high: the range then ends at the forecast."""
    too_high = [Decimal(-n) for n in range(1, 11)]
    low, high = rules.spread(too_high)
    assert low < -8
    assert high == 0
    assert rules.spread([-one for one in too_high]) == (0, -low)
