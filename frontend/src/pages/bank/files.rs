//! Questions brought in from files of other systems, and taken out: first what would be lost, then the act.

use super::losses::losses;
use super::practise::practise;
use super::written::kind_words;
use crate::api::bank::{export_address, export_report, import};
use crate::ask::{picture_address, rich_with_pictures};
use crate::browser::spawn;
use crate::i18n::{explain, plural, t, t_with};
use crate::ui::field::{Field, select};
use crate::ui::icon::{CHECK, DOWNLOAD, PLAY, UPLOAD, icon, icon_lg};
use crate::ui::meter::Meter;
use minnow_shared::bank::{ExportView, ImportView, UnkeptPictureView};
use minnow_shared::limit::{BANK_FILE_BYTES, TAG};
use minnow_shared::question::{Question, QuestionKey};
use wasm_bindgen::JsCast;
use web_sys::{DragEvent, File, HtmlInputElement};
use yew::prelude::*;

/// What is written, each with its name.
const FORMATS: [(&str, &str); 7] = [
    ("gift", "GIFT (Moodle)"),
    ("moodle-xml", "Moodle XML"),
    ("qti3", "QTI 3"),
    ("apkg", "Anki (.apkg)"),
    ("csv", "CSV"),
    ("json", "JSON"),
    ("aiken", "Aiken"),
];

fn format_name(code: &str) -> String {
    let known = FORMATS.iter().find(|(format, _)| *format == code).map(|(_, name)| (*name).to_owned());
    known.unwrap_or_else(|| if code == "h5p" { "H5P".to_owned() } else { code.to_owned() })
}

/// How far a file has come.
#[derive(Clone, PartialEq)]
enum Stage {
    Choose,
    Reading {
        name: String,
        /// How much has gone to the server, 0 to 1.
        sent: f64,
    },
    /// Read and reported on; nothing is kept yet.
    Report {
        file: File,
        view: ImportView,
    },
    Keeping {
        file: File,
        view: ImportView,
        sent: f64,
    },
    Done {
        view: ImportView,
        tag: String,
    },
    Failed {
        file: File,
        why: AttrValue,
    },
}

#[derive(Properties, PartialEq)]
pub struct BringInProps {
    /// Questions came.
    pub on_done: Callback<()>,
}

/// What questions of a file are tagged with unless somebody says otherwise: its name.
fn tag_for(name: &str) -> String {
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    stem.replace(',', " ").trim().chars().take(TAG).collect()
}

#[component]
pub fn BringIn(props: &BringInProps) -> Html {
    let stage = use_state(|| Stage::Choose);
    let tag = use_state_eq(String::new);
    let read = use_callback((stage.setter(), tag.setter()), |file: File, (stage, tag)| {
        let stage = stage.clone();
        if file.size() > BANK_FILE_BYTES as f64 {
            return stage.set(Stage::Failed { file, why: t("bank.too_large") });
        }
        tag.set(tag_for(&file.name()));
        let reading = {
            let (stage, name) = (stage.clone(), file.name());
            Callback::from(move |sent: f64| stage.set(Stage::Reading { name: name.clone(), sent }))
        };
        reading.emit(0.0);
        spawn(async move {
            stage.set(match import(&file, true, "", reading).await {
                Ok(view) => Stage::Report { file, view },
                Err(error) => Stage::Failed { file, why: explain(&error) },
            });
        });
    });
    let bring = {
        let (stage, on_done, tag) = (stage.clone(), props.on_done.clone(), (*tag).clone());
        Callback::from(move |_: MouseEvent| {
            let Stage::Report { file, view } = (*stage).clone() else { return };
            let (stage, on_done, tag) = (stage.setter(), on_done.clone(), tag.trim().to_owned());
            let keeping = {
                let (stage, file) = (stage.clone(), file.clone());
                Callback::from(move |sent: f64| {
                    stage.set(Stage::Keeping { file: file.clone(), view: view.clone(), sent });
                })
            };
            keeping.emit(0.0);
            spawn(async move {
                match import(&file, false, &tag, keeping).await {
                    Ok(view) => {
                        stage.set(Stage::Done { view, tag });
                        on_done.emit(());
                    }
                    Err(error) => stage.set(Stage::Failed { file, why: explain(&error) }),
                }
            });
        })
    };
    let anew = {
        let stage = stage.setter();
        Callback::from(move |_: MouseEvent| stage.set(Stage::Choose))
    };
    let other =
        html! { <button type="button" class="btn grow" onclick={anew}>{ t("bank.other_file") }</button> };
    let set_tag = {
        let tag = tag.setter();
        Callback::from(move |text: String| tag.set(text))
    };
    let tag_field = html! {
        <Field id="import-tag" label={t("bank.import_tag")} hint={t("bank.import_tag_hint")} value={(*tag).clone()} max={TAG} oninput={set_tag} />
    };
    let inside = match &*stage {
        Stage::Choose => html! { <Choose on_file={read} /> },
        Stage::Reading { name, sent } => on_its_way(t_with("bank.reading", &[("name", name)]), *sent),
        Stage::Report { view, .. } => report(view, Some(bring), None, tag_field, other),
        Stage::Keeping { view, sent, .. } => report(view, Some(bring), Some(*sent), html! {}, other),
        Stage::Done { view, tag } => {
            let practise = {
                let tag = tag.clone();
                Callback::from(move |_: MouseEvent| practise(tag.clone(), String::new()))
            };
            html! {
                <div class="stack g3">
                    <p class="banner banner--right" role="status">{ icon(CHECK) }<span>
                        { plural("bank.brought", view.new) }
                        if view.known > 0 { { " " }{ plural("bank.known", view.known) } }
                    </span></p>
                    { losses(&view.losses) }
                    <div class="row row--wrap g2">
                        if view.new > 0 && !tag.is_empty() {
                            <button type="button" class="btn btn--primary grow" onclick={practise}>{ icon(PLAY) }{ t("bank.practise_them") }</button>
                        }
                        { other }
                    </div>
                </div>
            }
        }
        Stage::Failed { file, why } => {
            let file = file.clone();
            let again = read.reform(move |_: MouseEvent| file.clone());
            html! {
                <div class="stack g3">
                    <p class="banner banner--danger" role="alert">{ why.clone() }</p>
                    <div class="row row--wrap g2"><button type="button" class="btn btn--primary grow" onclick={again}>{ t("ui.try_again") }</button>{ other }</div>
                </div>
            }
        }
    };
    html! { <section class="card stack g3" aria-labelledby="bring-in"><h2 id="bring-in">{ t("bank.import_title") }</h2>{ inside }</section> }
}

/// A file that is being sent, then read.
fn on_its_way(said: AttrValue, sent: f64) -> Html {
    html! {
        <div class="stack g2">
            <p role="status">{ said.clone() }</p>
            // 0 to 100.
            if sent < 1.0 { <Meter label={said} percent={(sent * 100.0) as u32} /> } else { <p class="sm muted">{ t("bank.reading_there") }</p> }
        </div>
    }
}

/// What was found in a file, what would be lost, and the way to bring it in. `sent`: it is on its way.
fn report(
    view: &ImportView,
    bring: Option<Callback<MouseEvent>>,
    sent: Option<f64>,
    tag: Html,
    other: Html,
) -> Html {
    if view.read == 0 {
        return html! {
            <div class="stack g3">
                <p class="banner banner--danger" role="alert">{ t("bank.nothing_read") }</p>
                { losses(&view.losses) }
                <div class="row">{ other }</div>
            </div>
        };
    }
    let format = view.format.as_deref().map(format_name).unwrap_or_default();
    let busy = sent.is_some();
    let nothing_new = view.new == 0;
    html! {
        <div class="stack g3">
            <p role="status">{ t_with("bank.found", &[("questions", &plural("bank.questions", view.read)), ("format", &format)]) }</p>
            if view.known > 0 { <p class="banner">{ plural("bank.known", view.known) }</p> }
            <details>
                <summary class="section__more">{ t("bank.first_of_them") }</summary>
                <ol class="card card--flush list">{ for view.first.iter().map(|question| first_row(question, &view.pictures)) }</ol>
            </details>
            { losses(&view.losses) }
            if let Some(sent) = sent { { on_its_way(t("bank.keeping"), sent) } }
            if !nothing_new && !busy { { tag } }
            <div class="row row--wrap g2">
                if let Some(onclick) = bring.filter(|_| !nothing_new) {
                    <button type="button" class="btn btn--primary grow" aria-busy={busy.to_string()} disabled={busy} {onclick}>{ plural("bank.bring", view.new) }</button>
                }
                { other }
            </div>
        </div>
    }
}

/// A question of a file that is only looked at; its pictures came along, for they are kept nowhere yet.
fn first_row(question: &Question, pictures: &[UnkeptPictureView]) -> Html {
    let unkept = |source: &str| {
        let found = pictures.iter().find(|picture| picture.source == source);
        found.map(|picture| picture.address.clone()).or_else(|| picture_address(source))
    };
    let shown = match &question.key {
        QuestionKey::Hotspot { picture, .. } => {
            unkept(&picture.source).map(|address| (address, picture.alt.clone()))
        }
        _ => None,
    };
    html! {
        <li class="item">
            <span class="item__text">
                { rich_with_pictures(&question.stem, &AttrValue::default(), &unkept) }
                if let Some((src, alt)) = shown { <img class="brought__picture" {src} {alt} /> }
                <span class="item__sub">{ t(kind_words(question.key.kind())) }</span>
            </span>
        </li>
    }
}

#[derive(Properties, PartialEq)]
struct ChooseProps {
    on_file: Callback<File>,
}

fn file_of(event: &Event) -> Option<File> {
    if let Some(drop) = event.dyn_ref::<DragEvent>() {
        return drop.data_transfer()?.files()?.get(0);
    }
    let input: HtmlInputElement = event.target()?.dyn_into().ok()?;
    let file = input.files()?.get(0);
    // The same file can be chosen again.
    input.set_value("");
    file
}

/// A place to drop a file, which is also a button that opens the file chooser.
#[component]
fn Choose(props: &ChooseProps) -> Html {
    let over = use_state_eq(|| false);
    let take = {
        let on_file = props.on_file.clone();
        move |event: &Event| {
            if let Some(file) = file_of(event) {
                on_file.emit(file);
            }
        }
    };
    let onchange = {
        let take = take.clone();
        Callback::from(move |event: Event| take(&event))
    };
    let ondrop = {
        let over = over.setter();
        Callback::from(move |event: DragEvent| {
            event.prevent_default();
            over.set(false);
            take(&event);
        })
    };
    let drag = |on: bool| {
        let over = over.setter();
        Callback::from(move |event: DragEvent| {
            event.prevent_default();
            over.set(on);
        })
    };
    html! {
        <label class={classes!("drop", (*over).then_some("drop--over"))} {ondrop} ondragover={drag(true)} ondragleave={drag(false)}>
            <span class="drop__disc">{ icon_lg(UPLOAD) }</span>
            <span class="btn btn--primary">{ t("bank.choose_file") }</span>
            <span class="xs faint">{ t("bank.formats") }</span>
            <input class="vh" type="file" aria-label={t("bank.choose_file")} accept=".gift,.txt,.xml,.zip,.h5p,.csv,.tsv,.apkg,.json" {onchange} />
        </label>
    }
}

#[derive(Properties, PartialEq)]
pub struct TakeOutProps {
    /// Only what has it; empty for all.
    pub tag: String,
    /// Only what lies in it or under it; empty for all.
    pub category: String,
}

#[component]
pub fn TakeOut(props: &TakeOutProps) -> Html {
    let format = use_state_eq(|| "gift".to_owned());
    let report = use_state(|| None::<Result<ExportView, AttrValue>>);
    use_effect_with(((*format).clone(), props.tag.clone(), props.category.clone()), {
        let report = report.setter();
        move |(format, tag, category)| {
            report.set(None);
            let (format, tag, category) = (format.clone(), tag.clone(), category.clone());
            spawn(async move {
                let answer = export_report(&format, &tag, &category).await;
                report.set(Some(answer.map_err(|error| explain(&error))));
            });
        }
    });
    let options: Vec<(&str, AttrValue)> =
        FORMATS.iter().map(|(code, name)| (*code, AttrValue::Static(name))).collect();
    let set = {
        let format = format.setter();
        Callback::from(move |code: String| format.set(code))
    };
    let said = match &*report {
        None => html! { <p role="status" class="sm muted">{ t("ui.loading") }</p> },
        Some(Err(why)) => html! { <p class="banner banner--danger" role="alert">{ why.clone() }</p> },
        Some(Ok(view)) => html! {
            <>
                <p role="status">{ plural("bank.questions", view.questions) }</p>
                { losses(&view.losses) }
                if view.questions > 0 {
                    <a class="btn btn--primary btn--block" href={export_address(&format, &props.tag, &props.category)} download="">{ icon(DOWNLOAD) }{ t("bank.download") }</a>
                }
            </>
        },
    };
    html! {
        <section class="card stack g3" aria-labelledby="take-out">
            <h2 id="take-out">{ t("bank.export_title") }</h2>
            if !props.tag.is_empty() {
                <p class="sm muted">{ t_with("bank.export_tag", &[("tag", &props.tag)]) }</p>
            }
            if !props.category.is_empty() {
                <p class="sm muted">{ t_with("bank.export_folder", &[("folder", &props.category)]) }</p>
            }
            if props.tag.is_empty() && props.category.is_empty() {
                <p class="sm muted">{ t("bank.export_all") }</p>
            }
            { select("export-format", t("bank.format"), &format, &options, set) }
            { said }
        </section>
    }
}
