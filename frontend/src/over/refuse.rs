//! "Not interested": kept like a like, shown at once, and taken back for a while.

use crate::i18n::t;
use crate::pages::feed::Act;
use crate::state::outbox::{self, Sent};
use crate::state::toasts;
use minnow_shared::ClipId;
use std::cell::Cell;
use yew::Callback;

/// On to the next clip at once; what comes after it is chosen anew when the server knows.
pub fn refuse(clip_id: &ClipId, act: &Callback<Act>) {
    act.emit(Act::Refuse);
    outbox::refuse(clip_id.clone(), true, heard(act));
    let undo = {
        let (clip_id, act) = (clip_id.clone(), act.clone());
        Callback::from(move |()| {
            outbox::refuse(clip_id.clone(), false, heard(&act));
            toasts::say(t("why.undone"));
        })
    };
    toasts::show(t("why.refused"), Some((t("why.undo"), undo)), false);
}

fn heard(act: &Callback<Act>) -> Callback<Sent> {
    let (act, is_told) = (act.clone(), Cell::new(false));
    Callback::from(move |sent: Sent| match sent {
        Sent::Heard(_) => act.emit(Act::Anew),
        // Said once, however often it is tried.
        Sent::Kept if is_told.replace(true) => {}
        Sent::Kept => toasts::say(t("why.kept")),
        // Why it was refused has been said.
        Sent::Refused(_) => {}
    })
}
