"""A company's employees, runs and payslips."""
