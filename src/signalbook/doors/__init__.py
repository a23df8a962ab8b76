"""Doors: drop-in APIs of other products.

Each translates its wire format to the same actions and back; none owns a rule or a table.
"""
