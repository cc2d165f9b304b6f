//! What pages share and what knows our nouns: the bars around them, their heads, tiles of clips, people's initials.

mod estimate;
mod goal;
mod header;
mod link;
mod people;
mod playlists;
mod practice;
pub mod shell;
mod tiles;
pub mod toast;

pub use estimate::Estimate;
pub use header::{Page, page_loading};
pub use link::{NavLink, link, link_as};
pub use people::avatar;
pub use playlists::{
    AskPlaylists, PlaylistList, done_ring, gate_chip, minutes as playlist_minutes, playlist_row,
    seen_by as playlist_seen_by,
};
pub use practice::practice_name;
pub use tiles::{Ask, tile_body, tile_meta, use_tile_pages};
