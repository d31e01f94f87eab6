"""What screens need of the application, and the dialogs they share."""
