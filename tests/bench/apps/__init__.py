"""Small programs that are measured beside ours."""
