//! What outlives a page. Each file is a state, its actions and a pure reducer; `store` delivers it to components and
//! to code that is none. No `html!` here.

pub mod database;
pub mod offline;
pub mod outbox;
pub mod packs;
pub mod planned_place;
pub mod session;
pub mod settings;
pub mod store;
pub mod toasts;
pub mod upload;
