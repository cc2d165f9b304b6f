//! Learners' interests on this node: the state that the log comes to, kept up with it, the fitted model that serves, and what
//! clips' texts are about. Folding is in `state`, models in `learned` and `served`, texts in `texts`, pages in `ranking`, read
//! together for one learner in `serving`, what a learner reads of it in `profile`; the log is the store's.

pub mod learned;
pub mod profile;
pub mod ranking;
pub mod served;
pub mod serving;
pub mod state;
pub mod texts;

use crate::store::{self, Db, StoreError};
use served::{Asked, Measured, Served};
use state::State;
use std::sync::{Arc, PoisonError, RwLock};
use texts::Texts;
use tokio::sync::Mutex;

/// Events read at once.
const AT_ONCE: i64 = 2_000;

/// What is known on this node.
#[derive(Default)]
pub struct Interests {
    state: RwLock<State>,
    reading: Mutex<()>,
    /// Locked after the state and the feed, and one at a time by who writes.
    served: RwLock<Option<Served>>,
    texts: RwLock<Texts>,
    asked: std::sync::Mutex<Asked>,
    measured: std::sync::Mutex<Measured>,
}

impl Interests {
    /// Looks into the state.
    pub fn look<T>(&self, at: impl FnOnce(&State) -> T) -> T {
        at(&self.state.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Looks at the model that serves, if one does.
    pub fn served<T>(&self, at: impl FnOnce(Option<&Served>) -> T) -> T {
        at(self.served.read().unwrap_or_else(PoisonError::into_inner).as_ref())
    }

    /// Looks at what clips' texts are about.
    pub fn texts<T>(&self, at: impl FnOnce(&Texts) -> T) -> T {
        at(&self.texts.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn change_texts(&self, how: impl FnOnce(&mut Texts)) {
        how(&mut self.texts.write().unwrap_or_else(PoisonError::into_inner));
    }

    fn serve(&self, served: Option<Served>) {
        *self.served.write().unwrap_or_else(PoisonError::into_inner) = served;
    }

    /// Shows the model clips that it does not know, those whose texts have been read.
    fn insert_into_served(&self, clips: &[Arc<str>], through: i64) {
        let mut served = self.served.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(served) = served.as_mut() {
            self.texts(|texts| served.take_in(clips, texts, through));
        }
    }

    /// How the model that serves did when it was last measured.
    pub fn measured(&self) -> Measured {
        *self.measured.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn set_measured(&self, measured: Measured) {
        *self.measured.lock().unwrap_or_else(PoisonError::into_inner) = measured;
    }

    fn may_ask(&self, last_seq: i64, now_ms: i64) -> bool {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).may(last_seq, now_ms)
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
