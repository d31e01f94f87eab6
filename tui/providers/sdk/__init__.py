"""What a provider is made of: a specification, one client for all, and the readers' common ground."""
