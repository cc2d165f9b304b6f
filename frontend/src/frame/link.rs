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

/// A link that can say it is where we are.
#[component]
pub fn NavLink(props: &NavLinkProps) -> Html {
    link_as(props.class, props.to.clone(), props.state, props.label.clone(), props.children.clone())
}

/// A link with text or parts inside.
pub fn link(class: &'static str, to: Route, inside: Html) -> Html {
    link_as(class, to, None, None, inside)
}

/// What every link is made of, no component of its own. One that leads to the other program is an ordinary link.
pub fn link_as(
    class: &'static str,
    to: Route,
    state: Option<&'static str>,
    label: Option<AttrValue>,
    inside: Html,
) -> Html {
    let href = to.to_path();
    let onclick = Callback::from(move |event: MouseEvent| {
        let elsewhere = event.meta_key() || event.ctrl_key() || event.shift_key() || !route::is_here(&to);
        if !elsewhere {
            event.prevent_default();
            route::go(&to);
        }
    });
    html! { <a {class} {href} aria-current={state} aria-label={label} {onclick}>{ inside }</a> }
}
