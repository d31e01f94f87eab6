"""What a person asks a provider to do: create, act, and the values of options."""
