//! Writes that wait for the network.
