"""What the payroll refuses, in order of precedence."""

from bank.kernel.errors import BankError


class WagesConfidential(BankError):
    code = "WAGES_CONFIDENTIAL"
    sentence = "Wages are for who may see the payroll. You see the totals; an owner can let you see more."
    status = 403


class EmployeeUnusable(BankError):
    code = "EMPLOYEE_UNUSABLE"
    sentence = "{problem}"
    status = 400


class RatesMissing(BankError):
    code = "PAYROLL_RATES_MISSING"
    sentence = "The bank has no rate of {name} for {day}. Ask us to add it before you run the payroll."
    status = 409


class NobodyToPay(BankError):
    code = "PAYROLL_NOBODY_TO_PAY"
    sentence = "Nobody is employed in {month}. Add the employees first."
    status = 409


class NetBelowZero(BankError):
    code = "PAYROLL_NET_BELOW_ZERO"
    sentence = "The deductions of {name} are more than the wage. Lower them, then run the payroll again."
    status = 409


class MonthRun(BankError):
    code = "PAYROLL_MONTH_RUN"
    sentence = "{month} was run already. Put right what was wrong with an item in the next run."
    status = 409


class RunNotDraft(BankError):
    code = "PAYROLL_RUN_NOT_DRAFT"
    sentence = "The run of {month} was sent to be paid and stays as it is."
    status = 409


class RateUnusable(BankError):
    code = "STATUTORY_RATE_UNUSABLE"
    sentence = "{problem}"
    status = 400
