"""The steps of journeys, a folder each: `step` is its row in the table with its guard, `form` what is asked, `view`
what HTTP makes of it, `actions` what it changes.

Steps don't know each other. Each proves or notes something on the journey and goes back to
`userflows.journeys.dispatch`.
"""
