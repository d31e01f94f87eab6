"""The command line: thin click commands over the engine; modules are imported when their command runs."""
