"""The reader: a report laid out lazily in one widget, every citation one key away from its source and back."""
