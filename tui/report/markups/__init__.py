"""Reports in other markups than markdown and HTML: each is rewritten as markdown, and keeps its own places.

A markup's module finds what means something in it and says, as `Edit`s, what that is in markdown; whatever it does not
know stays as it stands. There are good parsers for some of these markups, but they give trees without columns, and
leave out what is not right; a citation needs its exact place, and a report its every word.
"""
