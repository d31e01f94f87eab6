"""The costs: what tasks cost, by month, day, provider, mode and person; budgets."""
