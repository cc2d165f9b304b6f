//! A value with a reducer that components and plain code share: the outbox and the calls to the server act on state too,
//! and they are no components. Knows none of our nouns.

use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};
use std::thread::LocalKey;
use yew::prelude::*;

/// A state that changes only by its actions.
pub trait Reduce: Sized + 'static {
    type Action;
    fn reduce(&self, action: Self::Action) -> Self;
}

type Listeners = RefCell<Vec<(u32, Rc<dyn Fn()>)>>;

pub struct Store<S> {
    state: RefCell<Rc<S>>,
    listeners: Rc<Listeners>,
    next: Cell<u32>,
}

/// Listening ends when this is dropped.
pub struct Subscription {
    id: u32,
    listeners: Weak<Listeners>,
}

impl Drop for Subscription {
    fn drop(&mut self) {
        if let Some(listeners) = self.listeners.upgrade() {
            listeners.borrow_mut().retain(|(id, _)| *id != self.id);
        }
    }
}

impl<S: Reduce> Store<S> {
    pub fn new(state: S) -> Self {
        Self { state: RefCell::new(Rc::new(state)), listeners: Rc::default(), next: Cell::new(0) }
    }

    pub fn get(&self) -> Rc<S> {
        self.state.borrow().clone()
    }

    pub fn dispatch(&self, action: S::Action) {
        let next = self.get().reduce(action);
        *self.state.borrow_mut() = Rc::new(next);
        // A listener may subscribe or leave while it is told.
        let listeners: Vec<_> = self.listeners.borrow().iter().map(|(_, tell)| tell.clone()).collect();
        for tell in listeners {
            tell();
        }
    }

    pub fn subscribe(&self, tell: impl Fn() + 'static) -> Subscription {
        let id = self.next.get();
        self.next.set(id + 1);
        self.listeners.borrow_mut().push((id, Rc::new(tell)));
        Subscription { id, listeners: Rc::downgrade(&self.listeners) }
    }
}

/// The state of a store; the component renders again when it changes.
#[hook]
pub fn use_store<S: Reduce>(store: &'static LocalKey<Store<S>>) -> Rc<S> {
    let state = store.with(Store::get);
    let update = use_force_update();
    let shown = state.clone();
    use_effect_with((), move |()| {
        // What changed between rendering and this effect would be missed.
        if !Rc::ptr_eq(&shown, &store.with(Store::get)) {
            update.force_update();
        }
        let subscription = store.with(|store| store.subscribe(move || update.force_update()));
        move || drop(subscription)
    });
    state
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Count(i32);
    impl Reduce for Count {
        type Action = i32;
        fn reduce(&self, by: i32) -> Self {
            Count(self.0 + by)
        }
    }

    #[test]
    fn listeners_hear_of_each_change_until_they_leave() {
        let store = Store::new(Count(1));
        let heard = Rc::new(Cell::new(0));
        let subscription = store.subscribe({
            let heard = heard.clone();
            move || heard.set(heard.get() + 1)
        });
        store.dispatch(2);
        drop(subscription);
        store.dispatch(3);
        assert_eq!((store.get().0, heard.get()), (6, 1));
    }
}
