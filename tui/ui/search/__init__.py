"""Search in every report, and the sources of all reports."""
