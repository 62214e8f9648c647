"""The one room for sentences, Chinese and English."""
