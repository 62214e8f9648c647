"""What assessors gave, turned into bytes and screens, one file a format."""
