//! Attributes that QTI 3 does not know where texts of questions have them: they go out as classes and come back from them.

/// `class="minnow-at-start-3"` stands for `start="3"`.
const PREFIX: &str = "minnow-at-";

/// The attributes of an element, as they are written in a text, as they may stand in an item.
pub fn written(element: &str, attributes: &str) -> String {
    let (mut known, mut classes) = (String::new(), Vec::new());
    let mut rest = attributes;
    while let Some((name, after)) = rest.split_once("=\"") {
        let Some((value, tail)) = after.split_once('"') else { break };
        let name = name.trim();
        if is_of_schema(element, name) {
            known.push_str(&format!(" {name}=\"{value}\""));
        } else if value.bytes().all(|byte| byte.is_ascii_alphanumeric() || b" .%+-".contains(&byte)) {
            classes.push(format!("{PREFIX}{name}-{}", value.replace(' ', "_")));
        }
        rest = tail;
    }
    if !classes.is_empty() {
        known.push_str(&format!(" class=\"{}\"", classes.join(" ")));
    }
    known.trim_start().to_owned()
}

/// Names and values of the attributes that classes stand for.
pub fn read(classes: &str) -> impl Iterator<Item = (&str, String)> {
    classes.split_whitespace().filter_map(|class| {
        let (name, value) = class.strip_prefix(PREFIX)?.split_once('-')?;
        name.bytes().all(|byte| byte.is_ascii_lowercase()).then(|| (name, value.replace('_', " ")))
    })
}

/// Whether the schema has it there: of HTML's all but one, of MathML's what version 3 of it lists for the element.
fn is_of_schema(element: &str, name: &str) -> bool {
    let among = |elements: &[&str]| elements.contains(&element);
    if !(element.starts_with('m') || among(&["annotation", "semantics"])) {
        return (element, name) != ("ol", "start");
    }
    match name {
        "encoding" => among(&["annotation", "semantics"]),
        "voffset" => element == "mpadded",
        "display" => element == "math",
        _ if among(&["math", "mstyle"]) => true,
        "displaystyle" | "columnlines" | "rowlines" | "frame" => element == "mtable",
        "mathvariant" => among(&["mi", "mn", "mo", "ms", "mtext", "mspace"]),
        "stretchy" | "symmetric" | "fence" | "separator" | "form" | "rspace" | "minsize" | "maxsize"
        | "movablelimits" | "largeop" => element == "mo",
        "lspace" => among(&["mo", "mpadded"]),
        "accent" => among(&["mo", "mover", "munderover"]),
        "accentunder" => among(&["munder", "munderover"]),
        "linethickness" => element == "mfrac",
        "columnalign" | "rowalign" => among(&["mtable", "mtr", "mtd"]),
        "columnspan" | "rowspan" => element == "mtd",
        "notation" => element == "menclose",
        "width" => among(&["mpadded", "mspace", "mtable"]),
        "height" | "depth" => among(&["mpadded", "mspace"]),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_schema_does_not_know_goes_out_as_a_class_and_comes_back() {
        for (element, attributes, shown) in [
            ("ol", "start=\"3\"", "class=\"minnow-at-start-3\""),
            ("td", "colspan=\"2\" lang=\"it\"", "colspan=\"2\" lang=\"it\""),
            ("mstyle", "scriptlevel=\"-1\"", "scriptlevel=\"-1\""),
            (
                "mtable",
                "columnalign=\"left right\" displaystyle=\"false\" scriptlevel=\"0\"",
                "columnalign=\"left right\" displaystyle=\"false\" class=\"minnow-at-scriptlevel-0\"",
            ),
            (
                "mrow",
                "columnalign=\"left right\" width=\"-1.5em\"",
                "class=\"minnow-at-columnalign-left_right minnow-at-width--1.5em\"",
            ),
        ] {
            assert_eq!(written(element, attributes), shown);
        }
        let back: Vec<_> =
            read("x minnow-at-columnalign-left_right minnow-at-width--1.5em minnow-at-").collect();
        assert_eq!(back, [("columnalign", "left right".to_owned()), ("width", "-1.5em".to_owned())]);
    }
}
