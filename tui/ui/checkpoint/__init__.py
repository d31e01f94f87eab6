"""The form that answers a task which waits for the user."""
