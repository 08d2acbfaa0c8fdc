"""What all doors share: middleware, template tags, REST base classes, problem responses."""
