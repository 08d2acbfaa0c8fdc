"""Users, sign-in, second factor, step-up, sessions and API tokens."""
