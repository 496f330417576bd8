"""One thing done to each customer of a selection, which was counted before the first of them was touched."""
