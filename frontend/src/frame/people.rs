//! People as a disc with their initials: nobody has to upload a picture.

use yew::prelude::*;

/// `class`: `av` and a size. Decoration beside the name.
pub fn avatar(class: &'static str, name: &str) -> Html {
    // In capitals by the style sheet: the tables of all alphabets' capitals are not worth two letters.
    // Letters of a joined-up script stay apart.
    let letters = name.split_whitespace().filter_map(|word| word.chars().next()).take(2);
    let initials: String = letters.flat_map(|letter| [letter, '\u{200c}']).collect();
    let tint = name.bytes().fold(0u32, |sum, byte| sum.wrapping_add(u32::from(byte))) % 6 + 1;
    html! { <span class={classes!(class, format!("av--t{tint}"))} aria-hidden="true">{ initials }</span> }
}
