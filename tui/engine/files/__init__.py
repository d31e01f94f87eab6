"""Documents outside the archive: saved answers, imports, templates, PDF."""
