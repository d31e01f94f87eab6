"""The application as screens see it, and the dialogs they share."""
