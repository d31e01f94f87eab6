"""The parts of a provider: specification, client, and the readers' base."""
