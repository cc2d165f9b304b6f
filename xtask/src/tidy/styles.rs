//! The style sheets: colours are tokens, directions are logical, and nothing is styled from markup (the page's
//! Content-Security-Policy refuses that).

use super::{Finding, Tree, code, under};

const STYLES: &str = "frontend/styles/";
const TOKENS: &str = "frontend/styles/tokens.css";

pub fn colours_are_tokens(tree: &Tree) -> Vec<Finding> {
    const FUNCTIONS: [&str; 8] = ["rgb(", "rgba(", "hsl(", "hsla(", "hwb(", "lab(", "lch(", "oklch("];
    let mut findings = Vec::new();
    for (path, content) in under(tree, STYLES, ".css").filter(|(path, _)| *path != TOKENS) {
        for (line, property, value) in declarations(content) {
            let raw =
                FUNCTIONS.iter().find(|function| value.contains(*function)).map(|name| (*name).to_owned());
            if let Some(colour) = raw.or_else(|| hex_colour(&value)) {
                findings.push(Finding::new(
                    path,
                    line,
                    format!("{property} has the raw colour {colour}: use a token"),
                ));
            }
        }
    }
    findings
}

/// Time runs left to right in every language; everything else follows the reader.
pub fn properties_are_logical(tree: &Tree) -> Vec<Finding> {
    const SIDES: [&str; 4] = ["left", "right", "top", "bottom"];
    let mut findings = Vec::new();
    for (path, content) in under(tree, STYLES, ".css") {
        for (line, property, value) in declarations(content) {
            let sided = property.split('-').any(|part| SIDES.contains(&part));
            let boxes = ["margin", "padding", "border", "left", "right", "top", "bottom", "scroll"];
            let physical = sided && boxes.iter().any(|start| property.split('-').next() == Some(start));
            let sized = ["width", "height", "min-width", "max-width", "min-height", "max-height"]
                .contains(&property.as_str());
            let aligned = ["text-align", "float", "clear"].contains(&property.as_str())
                && SIDES.contains(&value.trim());
            if physical || sized || aligned {
                findings.push(Finding::new(
                    path,
                    line,
                    format!("{property}: {value} is physical: use the logical property"),
                ));
            }
        }
    }
    findings
}

/// `style="…"` in markup: refused by the policy at run time, so it would silently do nothing.
pub fn no_inline_styles(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (path, content) in under(tree, "frontend/src/", ".rs") {
        let broken = code(content).filter(|(_, text)| {
            [" style={", " style=\"", "\tstyle={"].iter().any(|mark| text.contains(mark))
        });
        findings.extend(
            broken.map(|(line, _)| Finding::new(path, line, "a style attribute: set properties instead")),
        );
    }
    findings
}

/// Line, property and value of each declaration. Custom properties keep their name; comments and strings are skipped.
fn declarations(content: &str) -> Vec<(usize, String, String)> {
    let mut found = Vec::new();
    let (mut text, mut line, mut depth) = (String::new(), 1, 0);
    let mut rest = content;
    while let Some(character) = rest.chars().next() {
        let mut taken = character.len_utf8();
        if let Some(comment) = rest.strip_prefix("/*") {
            let length = comment.find("*/").map_or(rest.len(), |end| end + 4);
            line += rest.get(..length).unwrap_or(rest).matches('\n').count();
            taken = length;
        } else {
            match character {
                '{' => text.clear(),
                ';' | '}' if depth == 0 => {
                    let declared = text.split_once(':').filter(|(property, _)| is_property(property.trim()));
                    let declared = declared
                        .map(|(property, value)| (line, property.trim().to_owned(), value.trim().to_owned()));
                    found.extend(declared);
                    text.clear();
                }
                '(' => depth += 1,
                ')' => depth -= 1,
                _ => {}
            }
            if !matches!(character, '{' | '}' | ';') || depth > 0 {
                text.push(character);
            }
            line += usize::from(character == '\n');
        }
        rest = rest.get(taken..).unwrap_or_default();
    }
    found
}

fn is_property(text: &str) -> bool {
    !text.is_empty()
        && text
            .chars()
            .all(|character| character.is_ascii_lowercase() || character.is_ascii_digit() || character == '-')
}

fn hex_colour(value: &str) -> Option<String> {
    value.match_indices('#').find_map(|(at, _)| {
        let digits: String = value.get(at + 1..)?.chars().take_while(char::is_ascii_hexdigit).collect();
        [3, 4, 6, 8].contains(&digits.len()).then(|| format!("#{digits}"))
    })
}

#[cfg(test)]
mod tests {
    use super::super::tree;
    use super::*;

    fn sheet(content: &str) -> Tree {
        tree(&[("frontend/styles/ui/x.css", content), (TOKENS, ":root { --brand: #00677a; }")])
    }

    #[test]
    fn a_raw_colour_is_found_only_outside_of_the_tokens() {
        let broken = ".a {\n  color: #fff;\n  background: rgb(0 0 0 / .5);\n  border-color: var(--line);\n}\n#def { color: red }";
        let lines: Vec<_> =
            colours_are_tokens(&sheet(broken)).into_iter().map(|finding| finding.line).collect();
        assert_eq!(lines, [2, 3]);
    }

    #[test]
    fn physical_directions_are_found_and_logical_ones_are_not() {
        let broken =
            ".a { margin-left: 1px; inset-inline-start: 0; left: 0; text-align: right; padding-block: 0 }";
        assert_eq!(properties_are_logical(&sheet(broken)).len(), 3);
        let good = "@media (min-width: 1024px) { .a { inline-size: 3px; border-start-start-radius: 0 } }";
        assert_eq!(properties_are_logical(&sheet(good)), []);
    }

    #[test]
    fn comments_are_no_declarations_and_keep_the_line_count() {
        let lines: Vec<_> = declarations("/* color: #fff;\n */\n.a { color: red; }")
            .into_iter()
            .map(|(line, ..)| line)
            .collect();
        assert_eq!(lines, [3]);
    }

    #[test]
    fn a_style_attribute_in_markup_is_found() {
        let files =
            tree(&[("frontend/src/ui/bar.rs", "html! { <b style=\"color: red\" /> }\nlet style = 1;\n")]);
        assert_eq!(no_inline_styles(&files).len(), 1);
    }
}
