"""Close of business: the steps of the apps, in order, each once, resumed wherever they were cut off."""
