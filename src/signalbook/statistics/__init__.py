"""Statistics: how many contacts there are, by which channels they can be reached, and what changed.

The numbers of the account, of each list and of each tag are maintained as contacts change, so they
are exact and cost a handful of rows; those of any other filter are counted when asked. A channel's
waterfall loses each contact at exactly one step, so its numbers always add up.
"""
