"""When the questions of a page layout are put, and to whom: pure functions."""
