//! Which clip next, and what a learner is ready for: models and their arithmetic. Pure: no input, output, clock or
//! chance of its own; everything follows from what it is given, seeds included.
