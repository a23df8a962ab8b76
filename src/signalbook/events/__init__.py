"""Events: what happened to whom, append-only; the timeline shows them, news travels as them."""
