"""The pages every portal of companies has: accounts, payment files, approvals, people, apps."""
