"""Beats: districts grown from stations along the streets, balanced in weight, each in one piece."""
