//! The API's tests, one file a noun.

mod account;
mod answer;
mod assignment;
mod bank;
mod clip;
mod documentation;
mod draft;
mod fault;
mod feed;
mod form;
mod interest;
mod limit;
mod mail;
mod mastery;
mod media;
mod model;
mod pack;
mod page;
mod person;
mod playlist;
mod policy;
mod practice;
mod review;
mod review_in_feed;
mod topic_graph;
pub mod upload;
mod watch;
