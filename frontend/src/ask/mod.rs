//! Asking a question of any kind: what is asked, the answer, what came of it. Used by the pages of the desk and the studio and by
//! what opens over a clip (`over`), for kinds the feed does not know by itself; the feed's own program holds nothing of this.
//!
//! `Ask` takes a question that is here, `AskById` fetches it first. One file a kind says how it is answered; `after` says
//! what came of it; `draft` is what the learner has chosen so far. Where it is shown and what follows is the page's matter.

mod after;
mod after_parts;
mod by_id;
mod card;
mod choices;
mod cloze;
mod component;
mod draft;
mod drag;
mod here;
mod hotspot;
mod ordering;
mod pairs;
mod placing;
mod rich;
mod written;

pub use after::told;
pub use by_id::{AskById, fetch_asked};
pub use component::{Ask, AskNews};
pub use here::asked_of;
pub use hotspot::point_in;
pub use rich::{picture_address, rich_with_pictures};
