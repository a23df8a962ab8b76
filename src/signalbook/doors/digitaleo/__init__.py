"""The Digitaleo door: `POST /token` and `/rest/…`, as its clients in Python and PHP call them."""
