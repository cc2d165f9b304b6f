//! Marked-up texts as nodes: the engine's subset of HTML is built element by element, never handed to the browser as a
//! text to parse. What is not of the subset is left out, its words stay.

use minnow_shared::bank::picture_key;
use minnow_shared::question::{ELEMENTS, MATH_ATTRIBUTES, Piece, Text, VOID_ELEMENTS, attribute, pieces};
use yew::prelude::*;
use yew::virtual_dom::{VTag, VText};

/// Attributes of words. Addresses are handled on their own.
const ATTRIBUTES: [&str; 6] = ["alt", "lang", "dir", "colspan", "rowspan", "start"];

/// What stands in a gap of a text; `None` leaves the mark as it is.
pub type Hole<'a> = &'a dyn Fn(usize) -> Option<Html>;

/// Where the picture of a source lies; `None`: nowhere.
pub type Address<'a> = &'a dyn Fn(&str) -> Option<String>;

/// What a text is built with.
#[derive(Clone, Copy)]
struct Look<'a> {
    has_links: bool,
    hole: Hole<'a>,
    address: Address<'a>,
}

const PLAIN: Look<'static> = Look { has_links: true, hole: &|_| None, address: &picture_address };

/// A text as it reads by itself. `language`: of its words; may be empty.
pub fn rich(text: &Text, language: &AttrValue) -> Html {
    block(text, language, PLAIN)
}

/// A text whose pictures may lie elsewhere than where kept ones do.
pub fn rich_with_pictures(text: &Text, language: &AttrValue, address: Address<'_>) -> Html {
    block(text, language, Look { address, ..PLAIN })
}

/// A text inside a button or a label: its links are words.
pub fn rich_in_control(text: &Text, language: &AttrValue) -> Html {
    let look = Look { has_links: false, ..PLAIN };
    html! { <span class="rich" dir="auto" lang={named(language)}>{ nodes(text, look) }</span> }
}

/// A text with gaps: `hole(0)` stands where the text says `[[1]]`.
pub fn rich_with_gaps(text: &Text, language: &AttrValue, hole: Hole<'_>) -> Html {
    block(text, language, Look { hole, ..PLAIN })
}

fn block(text: &Text, language: &AttrValue, look: Look<'_>) -> Html {
    html! { <div class="rich" dir="auto" lang={named(language)}>{ nodes(text, look) }</div> }
}

fn named(language: &AttrValue) -> Option<AttrValue> {
    Some(language.clone()).filter(|language| !language.is_empty())
}

/// Where a picture of a question lies: `media:HASH.EXT` is `/media/HA/HASH.EXT`. `None` for any other address, and for
/// a picture that is not kept yet: a file that is only looked at names its pictures its own way.
pub fn picture_address(source: &str) -> Option<String> {
    picture_key(source.strip_prefix("media:")?).map(|key| format!("/media/{key}"))
}

fn nodes(text: &Text, look: Look<'_>) -> Html {
    match text {
        Text::Plain(words) => with_holes(words, look.hole).into_iter().collect(),
        Text::Rich { html } => built(html, look),
    }
}

fn built(html: &str, look: Look<'_>) -> Html {
    // The elements that are open, each with what it holds so far.
    let mut open: Vec<(&str, VTag)> = Vec::new();
    let mut done: Vec<Html> = Vec::new();
    let mut put = |open: &mut Vec<(&str, VTag)>, node: Html| match open.last_mut() {
        Some((_, parent)) => parent.add_child(node),
        None => done.push(node),
    };
    for piece in pieces(html) {
        match piece {
            Piece::Words(words) => {
                for node in with_holes(&words, look.hole) {
                    put(&mut open, node);
                }
            }
            Piece::Open { name, attributes } => {
                let Some(tag) = element(name, attributes, look) else { continue };
                if VOID_ELEMENTS.contains(&name) {
                    put(&mut open, tag.into());
                } else {
                    open.push((name, tag));
                }
            }
            Piece::Close { name } => {
                // What was left open inside ends with it.
                if !open.iter().any(|(other, _)| *other == name) {
                    continue;
                }
                while let Some((closed, tag)) = open.pop() {
                    put(&mut open, tag.into());
                    if closed == name {
                        break;
                    }
                }
            }
        }
    }
    while let Some((_, tag)) = open.pop() {
        put(&mut open, tag.into());
    }
    done.into_iter().collect()
}

fn element(name: &str, attributes: &str, look: Look<'_>) -> Option<VTag> {
    let known = ELEMENTS.iter().copied().find(|known| *known == name)?;
    let address = attribute(attributes, "href").filter(|_| known == "a" && look.has_links);
    let address =
        address.filter(|to| ["https://", "http://", "mailto:"].iter().any(|start| to.starts_with(start)));
    let mut tag = match known {
        "a" if address.is_none() => VTag::new("span"),
        other => VTag::new(other),
    };
    for name in ATTRIBUTES.iter().chain(MATH_ATTRIBUTES).copied() {
        if let Some(value) = attribute(attributes, name) {
            tag.add_attribute(name, value);
        }
    }
    if let Some(address) = address {
        tag.add_attribute("href", address);
        tag.add_attribute("rel", "noopener noreferrer");
        tag.add_attribute("target", "_blank");
    }
    if known == "img" {
        tag.add_attribute("src", (look.address)(&attribute(attributes, "src").unwrap_or_default())?);
        tag.add_attribute("loading", "lazy");
        if attribute(attributes, "alt").is_none() {
            tag.add_attribute("alt", "");
        }
    }
    // A wide formula or table scrolls by itself.
    if known == "pre" || known == "table" {
        tag.add_attribute("tabindex", "0");
    }
    Some(tag)
}

/// Words with what stands in their gaps.
fn with_holes(words: &str, hole: Hole<'_>) -> Vec<Html> {
    let mut nodes = Vec::new();
    let mut plain = String::new();
    let mut rest = words;
    while let Some((before, after)) = rest.split_once("[[") {
        plain.push_str(before);
        let gap = after.split_once("]]").and_then(|(number, tail)| {
            let place = number.parse::<usize>().ok()?.checked_sub(1)?;
            Some((hole(place)?, tail))
        });
        match gap {
            Some((node, tail)) => {
                nodes.push(VText::new(std::mem::take(&mut plain)).into());
                nodes.push(node);
                rest = tail;
            }
            None => {
                plain.push_str("[[");
                rest = after;
            }
        }
    }
    plain.push_str(rest);
    if !plain.is_empty() {
        nodes.push(VText::new(plain).into());
    }
    nodes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_lie_in_the_folder_of_their_hash_and_nowhere_else() {
        let name = format!("{}.png", "ab".repeat(32));
        assert_eq!(picture_address(&format!("media:{name}")), Some(format!("/media/ab/{name}")));
        let outside = format!("media:{}/../../x", "ab".repeat(31));
        for other in ["https://example.org/a.png", "media:../x", "media:a", "media:4.png", &name, &outside] {
            assert_eq!(picture_address(other), None, "{other}");
        }
    }

    #[test]
    fn gaps_stand_where_their_numbers_are() {
        let places = std::cell::RefCell::new(Vec::new());
        let hole = |place: usize| {
            places.borrow_mut().push(place);
            (place < 2).then(|| html! { "gap" })
        };
        let nodes = with_holes("a [[1]] b [[2]][[9]] [[x]] [[0]]", &hole);
        assert_eq!(*places.borrow(), [0, 1, 8]);
        assert_eq!(nodes.len(), 5, "two gaps, words before each and after the last");
    }
}
