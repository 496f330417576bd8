"""Journeys: one customer's way through a user flow, in one browser, from an address to a session.

`next_step` decides, purely, which step comes next, from what `state` says; `entry` begins and finds journeys;
`progress` changes their rows; `dispatch` is what every step returns to; `finish` is the only place that signs anybody
in. The steps themselves are folders of `userflows.steps`, which name themselves to `registry`. What only some journeys
meet has a room: `account`, `codes`, `messages`, `securing`, `attempts`, `browsers`.
"""
