-- The part's journal entries, as ``postings.capitalised`` makes them: pairs of a debit and a credit.
SELECT d.n, 'interest:' || d.number || ':' || to_char(d.last_day, 'YYYY-MM-DD') AS key, d.last_day + 1 AS value_date,
       'INTEREST_CAPITALISED' AS code, 'Interest to ' || to_char(d.last_day, 'FMDD FMMonth YYYY') AS narrative,
       '' AS reference,
       CASE WHEN d.paid <> 0 THEN ARRAY[g.payable, d.number] ELSE '{}' END
           || CASE WHEN d.tax <> 0 THEN ARRAY[CASE WHEN d.net THEN g.payable ELSE d.number END, g.tax] ELSE '{}' END
           || CASE WHEN d.charged <> 0 THEN ARRAY[d.number, g.receivable] ELSE '{}' END AS accounts,
       array_fill(d.currency, ARRAY[
           2 * ((d.paid <> 0)::int + (d.tax <> 0)::int + (d.charged <> 0)::int)]) AS currencies,
       CASE WHEN d.paid <> 0 THEN ARRAY[-d.paid, d.paid] ELSE '{}' END
           || CASE WHEN d.tax <> 0 THEN ARRAY[-d.tax, d.tax] ELSE '{}' END
           || CASE WHEN d.charged <> 0 THEN ARRAY[-d.charged, d.charged] ELSE '{}' END AS amounts
FROM (SELECT t.*, CASE WHEN t.net THEN t.gross - t.tax ELSE t.gross END AS paid
      FROM interest_due t WHERE t.n IS NOT NULL) d
JOIN unnest(%(currencies)s::text[], %(payable)s::text[], %(receivable)s::text[], %(tax)s::text[])
    AS g (currency, payable, receivable, tax) ON g.currency = d.currency
