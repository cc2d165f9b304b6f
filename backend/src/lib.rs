//! The Minnow server.
