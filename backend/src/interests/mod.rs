//! Learners' interests on this node: the state that the log comes to, kept up with it. Folding is in `state`, pages in
//! `ranking`, read together for one learner in `serving`, what a learner reads of it in `profile`; the log is the store's.

pub mod profile;
pub mod ranking;
pub mod serving;
pub mod state;

use crate::store::{self, Db, StoreError};
use state::State;
use std::sync::{PoisonError, RwLock};
use tokio::sync::Mutex;

/// Events read at once.
const AT_ONCE: i64 = 2_000;

/// What is known on this node.
#[derive(Default)]
pub struct Interests {
    state: RwLock<State>,
    reading: Mutex<()>,
}

impl Interests {
    /// Looks into the state.
    pub fn look<T>(&self, at: impl FnOnce(&State) -> T) -> T {
        at(&self.state.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn change<T>(&self, how: impl FnOnce(&mut State) -> T) -> T {
        how(&mut self.state.write().unwrap_or_else(PoisonError::into_inner))
    }

    /// Learns what was logged since the last look, by this node or another.
    pub async fn refresh(&self, db: &Db) -> Result<(), StoreError> {
        let _one_at_a_time = self.reading.lock().await;
        loop {
            let after = self.look(State::seq);
            let events = store::interest::list_events(db, after, AT_ONCE).await?;
            for event in &events {
                if let Some(person) = self.change(|state| state.learn(event)) {
                    let left = store::interest::list_events_of(db, &person).await?;
                    self.change(|state| state.learn_anew(&person, &left));
                }
            }
            if i64::try_from(events.len()).unwrap_or(i64::MAX) < AT_ONCE {
                return Ok(());
            }
        }
    }
}
