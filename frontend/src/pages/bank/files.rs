//! Questions brought in from files of other systems, and taken out: first what would be lost, then the act.

use crate::api::bank::{export_address, export_report, import};
use crate::ask::rich;
use crate::browser::spawn;
use crate::i18n::{explain, plural, t, t_with};
use crate::ui::field::select;
use crate::ui::icon::{CHECK, DOWNLOAD, UPLOAD, icon, icon_lg};
use minnow_shared::bank::{ExportView, ImportView, LossView};
use minnow_shared::limit::BANK_FILE_BYTES;
use wasm_bindgen::JsCast;
use web_sys::{DragEvent, File, HtmlInputElement};
use yew::prelude::*;

/// Losses shown before more are asked for.
const LOSSES: usize = 50;
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
    },
    /// Read and reported on; nothing is kept yet.
    Report {
        file: File,
        view: ImportView,
    },
    Keeping {
        file: File,
        view: ImportView,
    },
    Done {
        view: ImportView,
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

#[component]
pub fn BringIn(props: &BringInProps) -> Html {
    let stage = use_state(|| Stage::Choose);
    let read = use_callback(stage.setter(), |file: File, stage| {
        let stage = stage.clone();
        if file.size() > BANK_FILE_BYTES as f64 {
            return stage.set(Stage::Failed { file, why: t("bank.too_large") });
        }
        stage.set(Stage::Reading { name: file.name() });
        spawn(async move {
            stage.set(match import(&file, true).await {
                Ok(view) => Stage::Report { file, view },
                Err(error) => Stage::Failed { file, why: explain(&error) },
            });
        });
    });
    let bring = {
        let (stage, on_done) = (stage.clone(), props.on_done.clone());
        Callback::from(move |_: MouseEvent| {
            let Stage::Report { file, view } = (*stage).clone() else { return };
            let (stage, on_done) = (stage.setter(), on_done.clone());
            stage.set(Stage::Keeping { file: file.clone(), view });
            spawn(async move {
                match import(&file, false).await {
                    Ok(view) => {
                        stage.set(Stage::Done { view });
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
    let inside = match &*stage {
        Stage::Choose => html! { <Choose on_file={read} /> },
        Stage::Reading { name } => {
            html! { <p role="status">{ t_with("bank.reading", &[("name", name)]) }</p> }
        }
        Stage::Report { view, .. } => report(view, Some(bring), false, other),
        Stage::Keeping { view, .. } => report(view, Some(bring), true, other),
        Stage::Done { view } => html! {
            <div class="stack g3">
                <p class="banner banner--right" role="status">{ icon(CHECK) }<span>
                    { plural("bank.brought", view.new) }
                    if view.known > 0 { { " " }{ plural("bank.known", view.known) } }
                </span></p>
                { losses(&view.losses) }
                <div class="row">{ other }</div>
            </div>
        },
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

/// What was found in a file, what would be lost, and the way to bring it in.
fn report(view: &ImportView, bring: Option<Callback<MouseEvent>>, busy: bool, other: Html) -> Html {
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
    html! {
        <div class="stack g3">
            <p role="status">{ t_with("bank.found", &[("questions", &plural("bank.questions", view.read)), ("format", &format)]) }</p>
            <details>
                <summary class="section__more">{ t("bank.first_of_them") }</summary>
                <ol class="losses">{ for view.first.iter().map(|question| html! { <li dir="auto">{ rich(&question.stem, &AttrValue::default()) }</li> }) }</ol>
            </details>
            { losses(&view.losses) }
            <div class="row row--wrap g2">
                if let Some(onclick) = bring {
                    <button type="button" class="btn btn--primary grow" aria-busy={busy.to_string()} disabled={busy} {onclick}>{ plural("bank.bring", view.read) }</button>
                }
                { other }
            </div>
        </div>
    }
}

/// What is not carried over, each with its place and reason.
fn losses(losses: &[LossView]) -> Html {
    if losses.is_empty() {
        return html! { <p class="sm muted">{ t("bank.no_loss") }</p> };
    }
    html! { <Losses losses={losses.to_vec()} /> }
}

#[derive(Properties, PartialEq)]
struct LossesProps {
    losses: Vec<LossView>,
}

#[component]
fn Losses(props: &LossesProps) -> Html {
    let all = use_state_eq(|| false);
    let count = if *all { usize::MAX } else { LOSSES };
    let show = {
        let all = all.setter();
        Callback::from(move |_: MouseEvent| all.set(true))
    };
    html! {
        <div class="stack g2">
            <h3>{ plural("bank.losses", props.losses.len() as u64) }</h3>
            <ul class="losses">
                { for props.losses.iter().take(count).map(|loss| html! {
                    <li>
                        if let Some(line) = loss.line { <strong class="num">{ t_with("bank.line", &[("n", &line.to_string())]) }{ " " }</strong> }
                        if !loss.item.is_empty() { <bdi class="muted">{ loss.item.clone() }</bdi>{ ": " } }
                        <span dir="auto">{ loss.reason.clone() }</span>
                    </li>
                }) }
            </ul>
            if props.losses.len() > count {
                <button type="button" class="btn btn--sm" onclick={show}>{ t("ui.more") }</button>
            }
        </div>
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
}

#[component]
pub fn TakeOut(props: &TakeOutProps) -> Html {
    let format = use_state_eq(|| "gift".to_owned());
    let report = use_state(|| None::<Result<ExportView, AttrValue>>);
    use_effect_with(((*format).clone(), props.tag.clone()), {
        let report = report.setter();
        move |(format, tag)| {
            report.set(None);
            let (format, tag) = (format.clone(), tag.clone());
            spawn(async move {
                let answer = export_report(&format, &tag).await;
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
                    <a class="btn btn--primary btn--block" href={export_address(&format, &props.tag)} download="">{ icon(DOWNLOAD) }{ t("bank.download") }</a>
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
            { select("export-format", t("bank.format"), &format, &options, set) }
            { said }
        </section>
    }
}
