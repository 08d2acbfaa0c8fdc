"""OAuth 2.0 at ``/oauth/``: the consent screen, tokens, revocation, introspection; nothing else of it."""
