//! A call to the server as a page sees it: on its way, here, or failed with a way to try again.

use crate::api::{ApiError, call_until};
use minnow_shared::Endpoint;
use std::rc::Rc;
use web_sys::AbortController;
use yew::prelude::*;

/// What has come of a call.
#[derive(PartialEq)]
pub enum Loaded<T> {
    Loading,
    Here(Rc<T>),
    Failed(ApiError),
}

// Not derived: a clone shares the value, which need not be `Clone` itself.
impl<T> Clone for Loaded<T> {
    fn clone(&self) -> Self {
        match self {
            Loaded::Loading => Loaded::Loading,
            Loaded::Here(value) => Loaded::Here(value.clone()),
            Loaded::Failed(error) => Loaded::Failed(error.clone()),
        }
    }
}

impl<T> Loaded<T> {
    pub fn here(&self) -> Option<&Rc<T>> {
        match self {
            Loaded::Here(value) => Some(value),
            _ => None,
        }
    }
}

/// Calls `request` now and whenever it changes; `None` waits. Gives the state and a way to call again. A page that goes
/// away gives its call up.
#[hook]
pub fn use_call<E>(request: Option<E>) -> (Loaded<E::Response>, Callback<()>)
where
    E: Endpoint + PartialEq + Clone + 'static,
    E::Response: PartialEq + 'static,
{
    let state = use_state_eq(|| Loaded::Loading);
    // Counted beside the state: a callback kept from an earlier rendering must not count from where it was made.
    let round = use_mut_ref(|| 0u32);
    let update = use_force_update();
    let setter = state.setter();
    let now = *round.borrow();
    use_effect_with((request, now), move |(request, _)| {
        let abort = AbortController::new().ok();
        let signal = abort.as_ref().map(AbortController::signal);
        if let Some(request) = request.clone() {
            crate::browser::spawn(async move {
                let answer = call_until(&request, signal.as_ref()).await;
                if signal.as_ref().is_some_and(|signal| signal.aborted()) {
                    return;
                }
                setter.set(answer.map_or_else(Loaded::Failed, |value| Loaded::Here(Rc::new(value))));
            });
        }
        move || {
            if let Some(abort) = abort {
                abort.abort();
            }
        }
    });
    let again = {
        let (state, round) = (state.clone(), round.clone());
        Callback::from(move |()| {
            // What is here stays in sight until the new answer comes.
            if state.here().is_none() {
                state.set(Loaded::Loading);
            }
            *round.borrow_mut() += 1;
            update.force_update();
        })
    };
    ((*state).clone(), again)
}
