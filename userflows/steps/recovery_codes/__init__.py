"""The recovery codes that somebody has from now on, shown until they say that they have them."""
