//! Who somebody is: sessions, passwords, passkeys, sign-in links. No HTTP types here.

pub mod mail;
pub mod passkey;
pub mod password;
pub mod session;
