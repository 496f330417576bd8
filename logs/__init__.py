"""Keeping the log: for how long, sealed against alteration, and handed on to whoever collects logs.

Owns a tenant's rules of how long events stay, the seals by which an altered, missing or added event is noticed, and the
destinations to which the worker forwards what is sealed. Events themselves are `audit`'s, which knows nothing of this
package; how they are read on pages is `portal`'s. The worker and housekeeping call `keeping`.
"""
