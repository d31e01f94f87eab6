"""Text as the archive's search sees it: searchable documents, words, addresses."""
