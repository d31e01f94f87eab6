"""The other side of the wire: Extruct, Yutori and Valyu as one local service whose tasks live on a scripted clock.

It shares no parsing code with the clients it is there to test; it imports nothing of ours.
"""
