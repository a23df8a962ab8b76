"""Lists: contacts gathered under a name, by hand, by file or by filter.

Who is on a list, since when and through whom is known, and how many they are is maintained in the
writing transaction. A name means one list whatever its capitals; a deleted contact is on none, and
of two that become one, the one that stays is on the lists of both.
"""
