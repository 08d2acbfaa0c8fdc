-- What the part's positions now say is booked, less what they said before: what the books must be moved by.
SELECT s.terms_id, count(*), sum(p.credit_posted - s.credit_posted), sum(p.debit_posted - s.debit_posted)
FROM interest_part s JOIN interest_position p ON p.account_id = s.account_id
GROUP BY s.terms_id ORDER BY s.terms_id
