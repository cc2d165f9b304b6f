//! An answer of any kind on its way: first on this device's disk, in the outbox, and only then sent. Where the server cannot
//! be reached and the question is of a pack, its seal is opened then, and not before, and the answer graded here by the rules
//! that the server grades it by again.

use super::{asked, path, seal};
use crate::api::ApiError;
use crate::state::database::Row;
use crate::state::offline;
use crate::state::outbox::{self, Sent, Write};
use crate::{browser, wire};
use js_sys::{Function, Promise};
use minnow_shared::answer::{AskedView, GiveAnswer, GivenView, Outcome, Response};
use minnow_shared::grading;
use minnow_shared::question::{Question, Text};
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;
use yew::Callback;

/// How long the server is waited for before the answer is treated as one without a network.
const PATIENCE_MS: i32 = 6_000;

/// What became of an answer.
#[derive(Debug, Clone, PartialEq)]
pub enum Given {
    /// The server has it and has graded it.
    Sent(Box<GivenView>),
    /// It is kept here and was graded here; it goes out when there is a network.
    Here(Box<GivenView>),
    /// It is kept here, ungraded.
    Kept(Ungraded),
    /// The server will never take it.
    Refused(ApiError),
}

/// Why an answer that is kept here was not graded here.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Ungraded {
    /// The question is in no pack.
    NoPack,
    /// Its seal was changed, or is another's, or this browser cannot open it.
    BadSeal,
    /// This browser keeps nothing: the answer is only in memory, and no seal is opened for it.
    NoDisk,
}

/// Gives an answer.
pub async fn give(request: GiveAnswer) -> Given {
    let kept = asked::find(&request.question_id).await;
    let log =
        kept.as_ref().map(|_| asked::GivenRow { answer: request.clone(), is_right: None, is_over: false });
    let beside: Vec<Row> = log.iter().map(asked::GivenRow::row).collect();
    let heard: Rc<RefCell<Option<Sent>>> = Rc::default();
    let (told, news) = waiting(heard.clone(), log.clone());
    let is_kept = outbox::send_with(Write::of(&request), beside, told).await;
    if browser::is_online() {
        let _ = JsFuture::from(news).await;
    }
    match heard.take() {
        Some(Sent::Heard(text)) => match wire::read(&text) {
            Some(view) => return Given::Sent(view),
            None => return Given::Refused(ApiError::Unreadable),
        },
        Some(Sent::Refused(error)) => return Given::Refused(error),
        Some(Sent::Kept) | None => {}
    }
    let (Some(kept), Some(log)) = (kept, log) else { return Given::Kept(Ungraded::NoPack) };
    if !is_kept {
        return Given::Kept(Ungraded::NoDisk);
    }
    let id = &request.question_id;
    let Some(whole) = seal::open(&kept.secret, &kept.person_id, id, &kept.sealed).await else {
        return Given::Kept(Ungraded::BadSeal);
    };
    let given = asked::given().await;
    let attempt = asked::attempt(&given, &whole, &request);
    let earns = kept.earns(&given, &request);
    let mut view = grade(&whole, &request, u32::from(attempt), earns);
    follow(log, &view).await;
    if view.tries_left == 0 {
        view.due_ms = super::next_due_ms(id).await;
    }
    Given::Here(Box::new(view))
}

/// What is kept here follows an answer: its log, its clip, the way through its playlist.
async fn follow(log: asked::GivenRow, view: &GivenView) {
    let (clip, question) = (log.answer.clip_id.clone(), log.answer.question_id.clone());
    log.graded(view).await;
    if let Some(clip) = clip.filter(|_| view.tries_left == 0) {
        offline::mark_answered(&clip, &question).await;
    }
    path::renew_all().await;
}

/// What hears of the answer, and a promise that is kept when it has been heard, or after a while. What is heard later still
/// goes into the log.
fn waiting(heard: Rc<RefCell<Option<Sent>>>, log: Option<asked::GivenRow>) -> (Callback<Sent>, Promise) {
    let done: Rc<RefCell<Option<Function>>> = Rc::default();
    let promise = Promise::new(&mut |resolve, _| {
        let window = browser::window();
        let _ = window.set_timeout_with_callback_and_timeout_and_arguments_0(&resolve, PATIENCE_MS);
        done.replace(Some(resolve));
    });
    let told = Callback::from(move |sent: Sent| {
        match (&sent, log.clone()) {
            (Sent::Heard(text), Some(log)) => {
                if let Some(view) = wire::read::<GivenView>(text) {
                    browser::spawn(async move { follow(log, &view).await });
                }
            }
            // It counts nowhere, here as little as there.
            (Sent::Refused(_), Some(log)) => {
                browser::spawn(async move { asked::forget(&log.answer.answer_id).await });
            }
            _ => {}
        }
        heard.replace(Some(sent));
        if let Some(done) = done.take() {
            let _ = done.call0(&JsValue::UNDEFINED);
        }
    });
    (told, promise)
}

/// Grades what was given here while nobody could: the tab was closed in between.
pub async fn grade_ungraded() {
    for log in asked::given().await.into_iter().filter(|log| log.is_right.is_none()) {
        let Some(kept) = asked::find(&log.answer.question_id).await else { continue };
        let opened = seal::open(&kept.secret, &kept.person_id, &log.answer.question_id, &kept.sealed).await;
        if let Some(whole) = opened {
            let view = grade(&whole, &log.answer, 1, false);
            if let Some(clip) = &log.answer.clip_id {
                offline::mark_answered(clip, &log.answer.question_id).await;
            }
            log.graded(&view).await;
        }
    }
}

/// What comes of an answer that is the `attempt`-th try, from 1: what the server tells of it (`backend/src/http/answer.rs`),
/// but for what others answered and the learner's points in all. `earns`: it is the first one, to somebody else's question.
pub fn grade(question: &Question, answer: &GiveAnswer, attempt: u32, earns: bool) -> GivenView {
    let behaviour = &question.behaviour;
    let response: &Response = &answer.response;
    let tries = u8::try_from(attempt).unwrap_or(u8::MAX).max(1);
    let mut grade = grading::grade(&question.key, response);
    let is_over = tries >= behaviour.tries.max(1) || minnow_shared::asking::ends(grade.outcome, response);
    if !is_over {
        grade.parts = Vec::new();
    }
    let verdict = match grade.outcome {
        Outcome::Right => &question.verdicts.right,
        Outcome::Partly => &question.verdicts.partly,
        Outcome::NotYet | Outcome::Waiting => &question.verdicts.wrong,
    };
    let credit = grading::after_tries(grade.credit, behaviour, tries);
    let hint = behaviour.hints.get(usize::from(tries) - 1).filter(|_| !is_over).cloned();
    GivenView {
        answer_id: answer.answer_id.clone(),
        question_id: answer.question_id.clone(),
        certainty: answer.certainty,
        credit: credit.0.max(0).unsigned_abs(),
        attempt,
        tries_left: if is_over { 0 } else { u32::from(behaviour.tries.saturating_sub(tries)) },
        hint,
        solution: grading::solution(&question.key).filter(|_| is_over),
        solution_text: if is_over { grading::solution_text(&question.key) } else { String::new() },
        reason: if is_over { question.reason.clone() } else { Text::default() },
        verdict: verdict.clone(),
        xp: grading::xp(credit, earns),
        total_xp: 0,
        first_try_share: None,
        answered_at_ms: answer.answered_at_ms,
        due_ms: None,
        grade,
        response: response.clone(),
    }
}

/// The question as it is asked now: further tries of an asking that began here go on.
pub async fn asked_now(kept: asked::AskedRow) -> AskedView {
    let mut asked = kept.asked;
    if asked.tries > 1 {
        let now_ms = browser::now_ms();
        let recent = asked::given().await.into_iter().filter(|row| {
            row.answer.question_id == asked.question_id
                && row.answer.answered_at_ms > now_ms - minnow_shared::asking::SESSION_MS
        });
        let mut recent: Vec<_> = recent.collect();
        recent.sort_by_key(|row| row.answer.answered_at_ms);
        let behind = recent.iter().rev().take_while(|row| !row.is_over).count();
        asked.attempt = u32::try_from(behind).unwrap_or(0).saturating_add(1).min(asked.tries);
    }
    asked
}
