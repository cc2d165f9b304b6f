//! The program under examination: `top`, `stream` and `learner`, each in its own file. Only reading and writing lives here.

fn main() {}
