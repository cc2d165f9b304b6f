//! The API's tests, one file a noun.

mod account;
