"""Simulated services: every provider as one local server whose tasks follow scripts on a simulated clock.

It shares no parsing code with the clients it is there to test; it imports nothing of ours.
"""
