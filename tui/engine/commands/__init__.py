"""The commands of the engine: create, act, batch, queue; and the values of options."""
