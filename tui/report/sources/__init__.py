"""Lists of sources in a report: their headings, entries and labels."""
