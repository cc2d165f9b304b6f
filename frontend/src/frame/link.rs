//! Links inside the app.

use crate::route::Route;
use yew::prelude::*;
use yew_router::prelude::*;

#[derive(Properties, PartialEq)]
pub struct NavLinkProps {
    pub class: &'static str,
    pub to: Route,
    /// `aria-current`, where the link leads to where we are.
    #[prop_or_default]
    pub state: Option<&'static str>,
    #[prop_or_default]
    pub label: Option<AttrValue>,
    pub children: Html,
}

/// A link that can say it is where we are, which the router's own cannot.
#[component]
pub fn NavLink(props: &NavLinkProps) -> Html {
    let navigator = use_navigator();
    let onclick = use_callback(props.to.clone(), move |event: MouseEvent, to| {
        if event.meta_key() || event.ctrl_key() || event.shift_key() {
            return;
        }
        event.prevent_default();
        if let Some(navigator) = &navigator {
            navigator.push(to);
        }
    });
    html! {
        <a class={props.class} href={props.to.to_path()} aria-current={props.state} aria-label={props.label.clone()} {onclick}>
            { props.children.clone() }
        </a>
    }
}

/// A link with text or parts inside.
pub fn link(class: &'static str, to: Route, inside: Html) -> Html {
    html! { <NavLink {class} {to}>{ inside }</NavLink> }
}
