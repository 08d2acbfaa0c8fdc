"""The catalogue: products, versions, rates, fees and GL roles."""
