"""For authors of providers: a scripted server, and the contract suite that every provider passes."""
