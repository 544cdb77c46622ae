"""The main job on real material."""
