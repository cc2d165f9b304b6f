//! Words and authors that are not to come.

use super::change::Change;
use crate::i18n::{t, t_with};
use crate::ui::field::Field;
use crate::ui::icon::{X, icon_sm};
use minnow_shared::interest::muted_words;
use minnow_shared::limit;
use minnow_shared::person::AuthorView;
use yew::prelude::*;

/// A list with a field to add to it. `add` says what is wrong with a text.
#[derive(Properties, PartialEq)]
struct ListProps {
    id: &'static str,
    label: AttrValue,
    hint: AttrValue,
    /// What is muted: the key it goes by and how it is shown.
    muted: Vec<(String, String)>,
    /// True: it was taken.
    add: Callback<String, Result<(), AttrValue>>,
    remove: Callback<String>,
}

#[component]
fn MuteList(props: &ListProps) -> Html {
    let text = use_state_eq(String::new);
    let error = use_state_eq(|| None::<AttrValue>);
    let oninput = {
        let (text, error) = (text.setter(), error.setter());
        Callback::from(move |value| {
            error.set(None);
            text.set(value);
        })
    };
    let onsubmit = {
        let (text, error, add) = (text.clone(), error.setter(), props.add.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            match add.emit((*text).clone()) {
                Ok(()) => text.set(String::new()),
                Err(why) => error.set(Some(why)),
            }
        })
    };
    html! {
        <form class="stack g2" {onsubmit} novalidate=true>
            <div class="row row--top mute__add">
                <div class="grow"><Field id={props.id} label={props.label.clone()} hint={props.hint.clone()} value={(*text).clone()} {oninput} error={(*error).clone()} /></div>
                <button class="btn btn--outline">{ t("interest.add") }</button>
            </div>
            if !props.muted.is_empty() {
                <ul class="row row--wrap g2">
                    { for props.muted.iter().map(|(key, shown)| {
                        let (remove, name) = (props.remove.clone(), key.clone());
                        let onclick = Callback::from(move |_: MouseEvent| remove.emit(name.clone()));
                        html! {
                            <li key={key.clone()}>
                                <button type="button" class="chip mute__one" aria-label={t_with("interest.unmute", &[("name", shown)])} {onclick}>
                                    <bdi class="clip1">{ shown.clone() }</bdi>{ icon_sm(X) }
                                </button>
                            </li>
                        }
                    }) }
                </ul>
            }
        </form>
    }
}

#[derive(Properties, PartialEq)]
pub struct MutesProps {
    pub words: Vec<String>,
    pub authors: Vec<AuthorView>,
    pub change: Callback<Change>,
}

#[component]
pub fn Mutes(props: &MutesProps) -> Html {
    let change = &props.change;
    let handles: Vec<String> = props.authors.iter().map(|one| one.handle.clone()).collect();
    let add_word = {
        let (words, change) = (props.words.clone(), change.clone());
        Callback::from(move |text: String| {
            let mut all = words.clone();
            all.push(text.clone());
            if text.trim().is_empty() {
                return Err(t("interest.word_empty"));
            }
            let kept = muted_words(&all).map_err(|_| t("interest.word_refused"))?;
            change.emit(Change::Words(kept));
            Ok(())
        })
    };
    let remove_word = {
        let (words, change) = (props.words.clone(), change.clone());
        Callback::from(move |word: String| {
            change.emit(Change::Words(words.iter().filter(|one| **one != word).cloned().collect()));
        })
    };
    let add_author = {
        let (handles, change) = (handles.clone(), change.clone());
        Callback::from(move |text: String| {
            let handle = text.trim().trim_start_matches('@').to_lowercase();
            limit::handle(&handle).map_err(|_| t("interest.author_form"))?;
            if handles.len() >= limit::MUTED {
                return Err(t("interest.word_refused"));
            }
            let mut all = handles.clone();
            if !all.contains(&handle) {
                all.push(handle);
                change.emit(Change::Authors(all));
            }
            Ok(())
        })
    };
    let remove_author = {
        let (handles, change) = (handles, change.clone());
        Callback::from(move |handle: String| {
            change.emit(Change::Authors(handles.iter().filter(|one| **one != handle).cloned().collect()));
        })
    };
    let words = props.words.iter().map(|word| (word.clone(), word.clone())).collect::<Vec<_>>();
    let shown = |one: &AuthorView| (one.handle.clone(), format!("{} @{}", one.display_name, one.handle));
    let authors = props.authors.iter().map(shown).collect::<Vec<_>>();
    html! {
        <section class="section" aria-labelledby="mutes">
            <h2 id="mutes">{ t("interest.mutes") }</h2>
            <div class="card stack g5">
                <MuteList id="mute-word" label={t("interest.words")} hint={t("interest.words_hint")} muted={words} add={add_word} remove={remove_word} />
                <MuteList id="mute-author" label={t("interest.authors")} hint={t("interest.authors_hint")} muted={authors} add={add_author} remove={remove_author} />
            </div>
        </section>
    }
}
