//! Clips kept for offline.
