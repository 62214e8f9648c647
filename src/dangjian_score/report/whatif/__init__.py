"""A look ahead, turned into bytes and screens, one file a format."""
