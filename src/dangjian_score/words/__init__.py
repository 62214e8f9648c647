"""Texts of messages and sentences, in Chinese and English."""
