//! How formulas read.

use super::*;
use crate::question::{Question, QuestionKey};
use proptest::prelude::*;

fn tex(source: &str) -> String {
    reading(&format!("\\({source}\\)"))
}

fn rich(html: &str) -> String {
    Text::Rich { html: html.into() }.reading()
}

#[test]
fn a_formula_in_words_reads_as_a_person_would_write_it() {
    assert_eq!(Text::from("How long is half of \\(5\\) metres?").reading(), "How long is half of 5 metres?");
    assert_eq!(reading("$$ \\int_0^2 x \\, \\mathrm{d} x $$"), "∫₀² x dx");
    assert_eq!(reading("\\[a\\] and \\(b\\)"), "a and b");
}

#[test]
fn a_formula_with_its_source_reads_by_it() {
    let math = "<p>Solve <math><semantics><mrow><mi>x</mi></mrow><annotation encoding=\"application/x-tex\">x^2 &lt; \\frac{1}{2}</annotation></semantics></math>.</p>";
    assert_eq!(rich(math), "Solve x² < 1/2.");
}

#[test]
fn a_formula_without_a_source_reads_element_by_element() {
    let read = |inside: &str| rich(&format!("<math>{inside}</math>"));
    assert_eq!(read("<mi>x</mi><mo>=</mo><mn>2</mn>"), "x = 2");
    assert_eq!(read("<msup><mi>x</mi><mn>2</mn></msup><mo>+</mo><mn>1</mn>"), "x² + 1");
    assert_eq!(read("<mfrac><mrow><mi>a</mi><mo>+</mo><mi>b</mi></mrow><mn>2</mn></mfrac>"), "(a + b)/2");
    assert_eq!(read("<msqrt><mn>2</mn></msqrt><mroot><mi>x</mi><mn>3</mn></mroot>"), "√2∛x");
    assert_eq!(
        read(
            "<munderover><mo>∑</mo><mrow><mi>i</mi><mo>=</mo><mn>1</mn></mrow><mi>n</mi></munderover><mi>i</mi>"
        ),
        "∑ᵢ₌₁ⁿ i"
    );
    assert_eq!(read("<mover><mi>v</mi><mo>→</mo></mover>"), "v\u{20d7}");
    assert_eq!(read("<mi>sin</mi><mo>\u{2061}</mo><mi>x</mi>"), "sin x");
}

#[test]
fn commands_become_their_signs() {
    for (source, shown) in [
        ("x^2", "x²"),
        ("x^{10} + y_{12}", "x¹⁰ + y₁₂"),
        ("e^{-x^2/2}", "e^(−x²/2)"),
        ("2\\cdot3\\times 4", "2 · 3 × 4"),
        ("\\frac12", "1/2"),
        ("\\dfrac{a+b}{2a}", "(a + b)/(2a)"),
        ("\\frac{dy}{dx}", "dy/dx"),
        ("\\sqrt{x+1}", "√(x + 1)"),
        ("\\sqrt[3]{8} \\sqrt[n]{x}", "∛8ⁿ√x"),
        ("\\alpha \\le \\Omega", "α ≤ Ω"),
        ("\\sin x + \\cos(2x)", "sin x + cos(2x)"),
        ("90^\\circ", "90°"),
        ("f'(x) = f''(x)", "f′(x) = f′′(x)"),
        ("-5 - (-3)", "−5 − (−3)"),
        ("3{,}14 = 3,14", "3,14 = 3,14"),
        ("f(x, y)", "f(x, y)"),
        ("\\mathbb{R}^n", "ℝⁿ"),
        ("\\text{speed} = \\frac{\\text{way}}{t}", "speed = way/t"),
        ("\\vec{v}", "v\u{20d7}"),
        ("\\left( \\frac{1}{2} \\right)^2", "(1/2)²"),
        ("\\left\\{ 1, 2 \\right.", "{1, 2"),
        ("\\lim_{x \\to 0} f(x)", "lim_(x → 0) f(x)"),
        ("\\sum_{i=1}^n i^2", "∑ᵢ₌₁ⁿ i²"),
        ("\\binom{n}{k}", "C(n, k)"),
        ("\\begin{pmatrix} 1 & 2 \\\\ 3 & 4 \\end{pmatrix}", "(1, 2; 3, 4)"),
        ("H_2O", "H₂O"),
        ("{a+b}^2", "(a + b)²"),
        ("50\\% \\$3", "50%$3"),
        ("a\\ b", "a b"),
        ("\\mathbf{a}^2 + \\mathbf{b}^2 = \\mathbf{c}^2", "a² + b² = c²"),
        ("\\nonsense", "\\nonsense"),
    ] {
        assert_eq!(tex(source), shown, "{source}");
    }
}

#[test]
fn a_question_is_called_by_its_name_or_by_what_it_asks() {
    let mut question = Question::new("What is \\(x^2\\)?", QuestionKey::FlashCard { back: "?".into() });
    assert_eq!(question.title(), "What is x²?");
    question.name = " The square \\(x^2\\) ".into();
    assert_eq!(question.title(), "The square x²");
}

#[test]
fn words_that_are_no_formula_stay() {
    for words in ["costs $5", "a \\( without end", "\\(\\)", "$$", "$$ $$", "C:\\(x", "1 < 2 && 3", ""] {
        assert_eq!(reading(words), words);
    }
    assert_eq!(rich("<p>One <b>and</b> &lt;two&gt;.</p><p>x</p>"), "One and <two>.\nx");
}

#[test]
fn what_is_nested_too_deep_stays_as_it_is_written() {
    for source in ["{".repeat(900), "\\sqrt".repeat(600), "x^".repeat(900) + "2", "\\frac".repeat(600)] {
        assert!(tex(&source).len() <= source.len() * 4 + 4);
    }
    let deep = format!("<math>{}x", "<mrow>".repeat(500));
    assert_eq!(rich(&format!("{deep}</math>")), "x");
}

proptest! {
    #[test]
    fn any_words_are_read_without_a_panic(words in "[\\\\(){}\\[\\]$^_&a-c1-3 ,'.+=-]{0,60}") {
        let once = reading(&words);
        prop_assert!(once.len() <= words.len() * 12 + 12);
        let _ = tex(&words);
        let _ = rich(&words);
    }

    #[test]
    fn any_mathml_is_read_without_a_panic(parts in proptest::collection::vec("<(/?)(mrow|mfrac|msup|mn|mo|mover|msqrt|munderover|mtext|math)>|x|\\+", 0..30)) {
        let _ = rich(&format!("<math>{}</math>", parts.concat()));
    }

    #[test]
    fn words_without_marks_stay(words in "[a-z0-9 .,?!<>&()]{0,60}") {
        prop_assert_eq!(reading(&words), words.clone());
        prop_assert_eq!(Text::from(words.as_str()).reading(), words);
    }
}
