"""The terminal: input, output, clipboard, browser, editor."""
