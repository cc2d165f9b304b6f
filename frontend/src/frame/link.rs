//! Links inside the app.

use crate::route::{self, Route};
use yew::prelude::*;

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

/// A link that can say it is where we are. One that leads to the other program is an ordinary link.
#[component]
pub fn NavLink(props: &NavLinkProps) -> Html {
    let onclick = use_callback(props.to.clone(), move |event: MouseEvent, to| {
        let elsewhere = event.meta_key() || event.ctrl_key() || event.shift_key() || !route::is_here(to);
        if !elsewhere {
            event.prevent_default();
            route::go(to);
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
