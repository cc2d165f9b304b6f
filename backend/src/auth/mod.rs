//! Who somebody is: sessions, passwords, passkeys, sign-in links. No HTTP types here.

pub mod session;
