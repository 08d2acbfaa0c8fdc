"""A company's cash: position, ladder, forecast, sweeps and target balances."""
