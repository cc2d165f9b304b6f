//! TeX formulas into MathML that carries its source.

use math_core::{LatexToMathML, MathCoreConfig, MathDisplay};
use std::sync::LazyLock;

/// Groups inside one another; beyond, a formula stays TeX.
const DEPTH: usize = 40;

static CONVERTER: LazyLock<Option<LatexToMathML>> = LazyLock::new(|| {
    LatexToMathML::new(MathCoreConfig { annotation: true, ..MathCoreConfig::default() }).ok()
});

/// The formula as MathML with its source as an annotation, not yet cleaned.
///
/// # Errors
/// When the converter does not know something in it.
pub fn mathml(source: &str, is_display: bool) -> Result<String, String> {
    let source = source.trim();
    if depth(source) > DEPTH {
        return Err("it is nested too deep".into());
    }
    if source.contains('&') && !source.contains("\\begin") {
        return Err("a & outside of a table".into());
    }
    let display = if is_display { MathDisplay::Block } else { MathDisplay::Inline };
    let converter = CONVERTER.as_ref().ok_or("no converter")?;
    // The converter has places it believes unreachable that odd formulas reach; an import goes on after them.
    let attempt = std::panic::AssertUnwindSafe(|| converter.convert_with_local_state(source, display));
    let result = std::panic::catch_unwind(attempt).map_err(|_| "the converter gave up on it")?;
    result.map(|found| found.mathml).map_err(|error| error.to_string())
}

/// How deep groups of any kind may lie in one another: what opens, closings not believed; and runs of commands, each of
/// which may take the next as its argument.
fn depth(source: &str) -> usize {
    const RUN: usize = 3;
    let (mut open, mut run, mut most) = (0_usize, 0_usize, 0);
    for letter in source.chars() {
        match letter {
            '{' => open += 1,
            '}' => open = open.saturating_sub(1),
            '\\' | '^' | '_' | '[' => run += 1,
            letter if letter.is_alphabetic() || letter.is_whitespace() => {}
            _ => run = 0,
        }
        most = most.max(open).max(run / RUN);
    }
    most.max(source.matches("\\left").count()).max(source.matches("\\begin").count())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_formula_becomes_mathml_that_carries_it() {
        let math = mathml(" x^2 < y ", false).unwrap();
        assert!(
            math.contains("<annotation encoding=\"application/x-tex\">x^2 &lt; y</annotation>"),
            "{math}"
        );
    }

    #[test]
    fn what_is_nested_too_deep_or_not_known_stays() {
        for source in ["{".repeat(900), "\\sqrt".repeat(300), "\\left(".repeat(200), "\\nonsense".into()] {
            assert!(mathml(&source, true).is_err(), "{source}");
        }
    }
}
