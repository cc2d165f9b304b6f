//! Numbers from data as custom properties: the policy of the page forbids `style` attributes.

use web_sys::HtmlElement;
use yew::prelude::*;

/// Sets a custom property (`--v`) on the element of `node` whenever `value` changes.
#[hook]
pub fn use_css_var(node: &NodeRef, name: &'static str, value: AttrValue) {
    let node = node.clone();
    use_effect_with(value, move |value| {
        if let Some(element) = node.cast::<HtmlElement>() {
            let _ = element.style().set_property(name, value);
        }
    });
}
