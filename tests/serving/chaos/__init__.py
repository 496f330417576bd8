"""Those who sign up amid the chaos: by which `ways`, with which servers `around`, and what `people` do on the way."""
