from allauth.account.adapter import DefaultAccountAdapter


class FlowAdapter(DefaultAccountAdapter):
    """How allauth's flows behave in ours."""
