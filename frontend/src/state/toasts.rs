//! Short messages that pass: what happened, and at most one thing to do about it.

use super::store::{Reduce, Store};
use yew::prelude::*;

/// How long a toast stays, in milliseconds, unless it has focus.
pub const STAYS_MS: u32 = 6_000;

#[derive(Clone, PartialEq)]
pub struct Toast {
    pub id: u32,
    pub text: AttrValue,
    pub act: Option<(AttrValue, Callback<()>)>,
    /// Stays until it is answered or closed.
    pub stays: bool,
}

#[derive(Default)]
pub struct Toasts {
    pub list: Vec<Toast>,
    next: u32,
}

pub enum ToastAction {
    Show { text: AttrValue, act: Option<(AttrValue, Callback<()>)>, stays: bool },
    Close(u32),
}

impl Reduce for Toasts {
    type Action = ToastAction;

    fn reduce(&self, action: ToastAction) -> Self {
        let mut list = self.list.clone();
        match action {
            ToastAction::Show { text, act, stays } => {
                // The same words twice are one message.
                list.retain(|toast| toast.text != text);
                list.push(Toast { id: self.next, text, act, stays });
                Toasts { list, next: self.next + 1 }
            }
            ToastAction::Close(id) => {
                list.retain(|toast| toast.id != id);
                Toasts { list, next: self.next }
            }
        }
    }
}

thread_local! {
    pub static TOASTS: Store<Toasts> = Store::new(Toasts::default());
}

/// Says something.
pub fn say(text: impl Into<AttrValue>) {
    show(text.into(), None, false);
}

/// Says something; `act`: the label and work of its button.
pub fn show(text: AttrValue, act: Option<(AttrValue, Callback<()>)>, stays: bool) {
    TOASTS.with(|toasts| toasts.dispatch(ToastAction::Show { text, act, stays }));
}

pub fn close(id: u32) {
    TOASTS.with(|toasts| toasts.dispatch(ToastAction::Close(id)));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn show(text: &'static str) -> ToastAction {
        ToastAction::Show { text: text.into(), act: None, stays: false }
    }

    #[test]
    fn the_same_words_are_shown_once() {
        let toasts = Toasts::default().reduce(show("a")).reduce(show("b")).reduce(show("a"));
        let texts: Vec<_> = toasts.list.iter().map(|toast| toast.text.to_string()).collect();
        assert_eq!(texts, ["b", "a"]);
    }

    #[test]
    fn closing_takes_only_that_one() {
        let toasts = Toasts::default().reduce(show("a")).reduce(show("b")).reduce(ToastAction::Close(0));
        assert_eq!(toasts.list.len(), 1);
    }
}
