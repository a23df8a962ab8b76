"""The demonstration: a made-up shop with 10,000 customers, to see the console full."""
