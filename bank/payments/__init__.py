"""Payment orders, payees, bulk files and the rails that carry them."""
