"""What the program survives: faults on the way, hostile content, dying terminals, long life."""
