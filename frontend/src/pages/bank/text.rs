//! A field for a text of a question: words as they are typed (`notation`), pictures with their alternative texts, formulas
//! and code put in at a tap. A text with more markup than can be typed shows its HTML.

use super::notation::{self, Typed};
use super::picture::PictureButton;
use crate::ask::picture_address;
use crate::i18n::{t, t_with};
use crate::ui::field::value_of;
use crate::ui::icon::{CIRCLE_ALERT, TRASH_2, icon, icon_sm};
use minnow_shared::bank::PictureView;
use minnow_shared::limit;
use minnow_shared::question::Text;
use web_sys::HtmlTextAreaElement;
use yew::prelude::*;

/// What is typed, and the text that was last made of it.
struct State {
    typed: Typed,
    /// Typed as HTML: there is more to it than the notation says.
    is_html: bool,
    text: Text,
    trouble: Option<AttrValue>,
}

impl State {
    fn of(text: &Text) -> Self {
        let typed = notation::typed(text);
        let is_html = typed.is_none();
        let html = || Typed { words: text.source().to_owned(), pictures: Vec::new() };
        Self { typed: typed.unwrap_or_else(html), is_html, text: text.clone(), trouble: None }
    }

    fn read(&mut self) -> Text {
        self.text = if self.is_html {
            Text::Rich { html: self.typed.words.clone() }
        } else {
            notation::read(&self.typed)
        };
        self.text.clone()
    }
}

/// A step of the author's.
type Change = Box<dyn FnOnce(&mut Typed)>;

#[derive(Properties, PartialEq)]
pub struct RichFieldProps {
    pub id: AttrValue,
    pub label: AttrValue,
    pub text: Text,
    pub set: Callback<Text>,
    #[prop_or_default]
    pub hint: Option<AttrValue>,
    #[prop_or_default]
    pub error: Option<AttrValue>,
    /// One line with a picture beside it and the label only read aloud: a choice among others.
    #[prop_or_default]
    pub small: bool,
    /// Said in an empty small field.
    #[prop_or_default]
    pub placeholder: Option<AttrValue>,
    #[prop_or(3)]
    pub lines: u32,
}

#[component]
pub fn RichField(props: &RichFieldProps) -> Html {
    let state = use_mut_ref(|| State::of(&props.text));
    let area = use_node_ref();
    let update = use_force_update();
    if state.borrow().text != props.text {
        // Another text came here: a choice above was taken away.
        *state.borrow_mut() = State::of(&props.text);
    }
    let change = {
        let (state, set, update) = (state.clone(), props.set.clone(), update.clone());
        Callback::from(move |work: Change| {
            let text = {
                let mut state = state.borrow_mut();
                work(&mut state.typed);
                state.read()
            };
            set.emit(text);
            update.force_update();
        })
    };
    let oninput = change.reform(|event: InputEvent| {
        let words = value_of(&event);
        Box::new(move |typed: &mut Typed| typed.words = words) as Change
    });
    let put = {
        let (change, area) = (change.clone(), area.clone());
        Callback::from(move |(open, close): (&'static str, &'static str)| {
            let area = area.cast::<HtmlTextAreaElement>();
            let range = area.as_ref().map(selection).unwrap_or_default();
            change.emit(Box::new(move |typed| typed.words = wrapped(&typed.words, range, open, close)));
            if let Some(area) = area {
                place_cursor(area, range, open.len());
            }
        })
    };
    let on_picture = {
        let (change, area) = (change.clone(), area.clone());
        Callback::from(move |view: PictureView| {
            let at = area.cast::<HtmlTextAreaElement>().map(|area| selection(&area).1);
            change.emit(Box::new(move |typed| add_picture(typed, view.source, at)));
        })
    };
    let on_trouble = {
        let (state, update) = (state.clone(), update.clone());
        Callback::from(move |trouble: Option<AttrValue>| {
            state.borrow_mut().trouble = trouble;
            update.force_update();
        })
    };
    let now = state.borrow();
    let hint = if now.is_html { Some(t("bank.markup")) } else { props.hint.clone() };
    let (hint_id, error_id) = (format!("{}-hint", props.id), format!("{}-error", props.id));
    let error = props.error.clone().or_else(|| now.trouble.clone());
    let described = match (&error, &hint) {
        (Some(_), _) => Some(error_id.clone()),
        (None, Some(_)) => Some(hint_id.clone()),
        (None, None) => None,
    };
    let rows = if props.small { rows_of(&now.typed.words) } else { props.lines };
    let control = html! {
        <textarea class="input" id={props.id.clone()} ref={area} rows={rows.to_string()} dir="auto" value={now.typed.words.clone()} {oninput}
            aria-label={props.small.then(|| props.label.clone())} placeholder={props.placeholder.clone()}
            aria-invalid={props.error.as_ref().map(|_| "true")} aria-describedby={described} />
    };
    let button = |small: bool| {
        let label =
            if small { t_with("bank.picture_in", &[("field", &props.label)]) } else { t("bank.picture") };
        html! { <PictureButton {label} icon_only={small} on_picture={on_picture.clone()} on_trouble={on_trouble.clone()} /> }
    };
    let mark = |label: &'static str, sign: &'static str, open: &'static str, close: &'static str| {
        let onclick = put.reform(move |_: MouseEvent| (open, close));
        html! { <button type="button" class="btn btn--sm" aria-label={t_with("bank.put_in", &[("what", &t(label)), ("field", &props.label)])} {onclick}><span aria-hidden="true" class="num">{ sign }</span><span aria-hidden="true">{ t(label) }</span></button> }
    };
    html! {
        <div class={if props.small { "field field--rich field--small" } else { "field field--rich" }}>
            if props.small {
                <div class="row g1 row--top">{ control }if !now.is_html { { button(true) } }</div>
            } else {
                <label class="field__label" for={props.id.clone()}>{ props.label.clone() }</label>
                { control }
                if !now.is_html {
                    <div class="row row--wrap g2 field__tools">
                        { button(false) }
                        { mark("bank.formula", "√x", "\\(", "\\)") }
                        { mark("bank.code", "</>", "`", "`") }
                    </div>
                }
            }
            <Pictures typed={now.typed.clone()} {change} />
            if let Some(hint) = hint.filter(|_| error.is_none()) {
                <span class="field__hint" id={hint_id}>{ hint }</span>
            }
            if let Some(error) = error {
                <span class="field__error" id={error_id} role="status">{ icon_sm(CIRCLE_ALERT) }{ error }</span>
            }
        </div>
    }
}

/// As high as its words, within reason.
fn rows_of(words: &str) -> u32 {
    u32::try_from(words.lines().count().clamp(1, 4)).unwrap_or(1)
}

/// The selection in letters of UTF-16, as browsers count.
fn selection(area: &HtmlTextAreaElement) -> (u32, u32) {
    let start = area.selection_start().ok().flatten();
    let end = area.selection_end().ok().flatten();
    (start.unwrap_or(0), end.unwrap_or(0))
}

fn place_cursor(area: HtmlTextAreaElement, range: (u32, u32), mark: usize) {
    let mark = u32::try_from(mark).unwrap_or(0);
    crate::browser::spawn(async move {
        let _ = area.focus();
        let _ = area.set_selection_range(range.0 + mark, range.1 + mark);
    });
}

/// Where a place in UTF-16 is in bytes.
fn byte_of(words: &str, units: u32) -> usize {
    let mut left = units as usize;
    for (at, letter) in words.char_indices() {
        if left < letter.len_utf16() {
            return at;
        }
        left -= letter.len_utf16();
    }
    words.len()
}

/// The words with marks around what is selected.
fn wrapped(words: &str, range: (u32, u32), open: &str, close: &str) -> String {
    let (start, end) = (byte_of(words, range.0), byte_of(words, range.1.max(range.0)));
    let part = |range: std::ops::Range<usize>| words.get(range).unwrap_or_default();
    format!("{}{open}{}{close}{}", part(0..start), part(start..end), part(end..words.len()))
}

/// Puts a picture where the cursor is, or at the end.
fn add_picture(typed: &mut Typed, source: String, at: Option<u32>) {
    let place = typed.pictures.iter().position(|known| *known == source).unwrap_or_else(|| {
        typed.pictures.push(source);
        typed.pictures.len() - 1
    });
    let end = typed.words.encode_utf16().count() as u32;
    let at = at.unwrap_or(end).min(end);
    let mark = notation::mark_of("", place + 1);
    typed.words = wrapped(&typed.words, (at, at), &mark, "");
}

#[derive(Properties, PartialEq)]
struct PicturesProps {
    typed: Typed,
    change: Callback<Change>,
}

/// The pictures of a text: each with what is to be seen in it, and a way to take it off.
#[component]
fn Pictures(props: &PicturesProps) -> Html {
    let shown = notation::pictures(&props.typed.words);
    let known = |number: usize| props.typed.pictures.get(number.checked_sub(1)?);
    let line = |(which, picture): (usize, &notation::Shown)| {
        let source = known(picture.number)?;
        let label = t_with("bank.alt_n", &[("n", &(which + 1).to_string())]);
        let oninput = props.change.reform(move |event: InputEvent| {
            let alt = value_of(&event);
            Box::new(move |typed: &mut Typed| {
                typed.words = notation::with_picture(&typed.words, which, Some(&alt));
            }) as Change
        });
        let remove = props.change.reform(move |_: MouseEvent| {
            Box::new(move |typed: &mut Typed| {
                typed.words = notation::with_picture(&typed.words, which, None);
            }) as Change
        });
        Some(html! {
            <div class="row g2 pictured" key={which}>
                <img class="pictured__img" src={picture_address(source)} alt="" />
                <input class="input grow" dir="auto" aria-label={label} placeholder={t("bank.alt")} maxlength={limit::ALT.to_string()} value={picture.alt.clone()} {oninput} />
                <button type="button" class="btn btn--icon btn--quiet" aria-label={t_with("bank.picture_remove", &[("n", &(which + 1).to_string())])} onclick={remove}>{ icon(TRASH_2) }</button>
            </div>
        })
    };
    shown.iter().enumerate().filter_map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_go_around_what_is_selected_whatever_stands_before_it() {
        assert_eq!(wrapped("a 😀 bc d", (5, 7), "`", "`"), "a 😀 `bc` d");
        assert_eq!(wrapped("ab", (9, 9), "\\(", "\\)"), "ab\\(\\)");
    }

    #[test]
    fn a_picture_has_one_number_however_often_it_is_shown() {
        let mut typed = Typed { words: "Look: ".into(), pictures: Vec::new() };
        add_picture(&mut typed, "media:a".into(), None);
        add_picture(&mut typed, "media:b".into(), Some(0));
        add_picture(&mut typed, "media:a".into(), None);
        assert_eq!(typed.words, "![](2)Look: ![](1)![](1)");
        assert_eq!(typed.pictures, ["media:a", "media:b"]);
    }
}
