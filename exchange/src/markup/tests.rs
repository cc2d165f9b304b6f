//! What becomes of other people's HTML.

use super::*;
use proptest::prelude::*;

fn clean(html: &str) -> (Text, Vec<String>) {
    from_html(html, &mut |source| match source.strip_prefix("media:") {
        Some(_) => Ok(source.to_owned()),
        None => Err("not there".into()),
    })
}

fn html(source: &str) -> String {
    match clean(source).0 {
        Text::Rich { html } => html,
        Text::Plain(words) => format!("plain: {words}"),
    }
}

fn back(text: &Text) -> Text {
    clean(&to_html(text, &mut |name| format!("media:{name}"))).0
}

#[test]
fn words_alone_are_a_plain_text() {
    for (source, words) in [
        ("What is it?", "What is it?"),
        ("<p>What is it?</p>", "What is it?"),
        ("<p dir=\"ltr\" style=\"text-align: left;\">What &lt; it?<br></p>", "What < it?"),
        ("<div><span class='x'>One</span>\n  two<br>three</div>", "One two\nthree"),
        ("  <!-- note --><p></p>caf&eacute;&nbsp;x ", "café\u{a0}x"),
        ("a < b and x <y", "a < b and x <y"),
        ("<blink>Old <font color=red>words</font></blink>", "Old words"),
    ] {
        assert_eq!(clean(source).0, Text::from(words), "{source}");
    }
}

#[test]
fn markup_is_brought_into_the_subset() {
    for (source, wanted) in [
        ("<B>One</B> <i>two", "<b>One</b> <i>two</i>"),
        ("<h1>A</h1><div>b</div>c", "<h3>A</h3><p>b</p><p>c</p>"),
        ("<ul><li>a<li>b<ul><li>c</ul></ul>", "<ul><li>a</li><li>b<ul><li>c</li></ul></li></ul>"),
        (
            "<table><td>1<td>2<tr><th colspan=2>3</table>",
            "<table><tr><td>1</td><td>2</td></tr><tr><th colspan=\"2\">3</th></tr></table>",
        ),
        ("<p>a<p>b</p><p>&nbsp;</p>", "<p>a</p><p>b</p>"),
        ("x<sup>2</sup> <b> </b> y", "x<sup>2</sup> y"),
        ("<pre>\n a\n  b</pre>", "<pre> a\n  b</pre>"),
        (
            "<a href='https://example.org/?a=1&b=2' onclick=x>go</a>",
            "<a href=\"https://example.org/?a=1&amp;b=2\">go</a>",
        ),
        ("<span style='font-weight: bold'>x</span>", "<b>x</b>"),
        ("<b><i>x</b></i>", "<b><i>x</i></b>"),
        ("<li>a</li> <td>b</td><i>c</i>", "a b<i>c</i>"),
    ] {
        assert_eq!(html(source), wanted, "{source}");
    }
}

#[test]
fn what_can_run_is_dropped_and_told() {
    let (text, losses) = clean(
        "a<script>if (1<2) alert('</p>')</script>b<img src=x onerror=y alt='A leaf'><svg><b>c</b></svg>",
    );
    assert_eq!(text, Text::from("abA leaf"));
    assert_eq!(losses.len(), 3, "{losses:?}");
    let (text, losses) = clean("<a href=\"JavaScript:alert(1)\">go</a><style>p{}</style>");
    assert_eq!((text, losses.len()), (Text::from("go"), 1));
}

#[test]
fn formulas_become_mathml_and_tex_again() {
    for source in ["\\(x^2 &lt; 3\\)", "so \\[\\frac{a}{b}\\] <b>it</b> is", "a\\(x\\)b"] {
        let (text, losses) = clean(source);
        assert!(losses.is_empty() && text.source().contains("<math"), "{text:?} {losses:?}");
        assert_eq!(to_html(&text, &mut |name| name.to_owned()), source);
        assert_eq!(back(&text), text);
        assert_eq!(clean(text.source()).0, text);
    }
    let (text, losses) = clean("\\(\\nonsense{x}\\)");
    assert_eq!(text, Text::Rich { html: "<code>&#92;(\\nonsense{x}\\)</code>".into() });
    assert_eq!(losses.len(), 1);
    assert_eq!(back(&text), text);
    assert_eq!(html("$$ x $$"), html("\\[x\\]"));
    assert_eq!(clean("it costs $5 or $6").0, Text::from("it costs $5 or $6"));
    assert_eq!(html("<m:math xmlns:m='x'><m:mi onclick='y'>x</m:mi></m:math>"), "<math><mi>x</mi></math>");
}

#[test]
fn plain_texts_come_back_with_every_space_and_sign() {
    for words in
        [" a ", "a  b", "\n\na\n \n", "\\(x\\) $$y$$ $$$", "<b>&amp;", "a\tb\r\nc", "\\", "$", "\u{a0}"]
    {
        let text = Text::from(words);
        assert_eq!(back(&text), text, "{words:?} {}", to_html(&text, &mut |n| n.to_owned()));
    }
}

#[test]
fn nothing_takes_long_however_broken() {
    for piece in [
        "<",
        "<a ",
        "<b>",
        "<div>",
        "</p>",
        "\\(",
        "$$",
        "<!--",
        "<a \"",
        "<a href=\"> \"",
        "<table>",
        "<ul><li>",
        "&",
        "<td>",
        "<p><b>",
        "<script>",
    ] {
        clean(&piece.repeat(100_000 / piece.len()));
    }
}

/// Pieces that go wrong together.
fn messy() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "<p>",
        "</p>",
        "<div>",
        "</div>",
        "<b>",
        "</b>",
        "<i>",
        "</i>",
        "<br>",
        "<ul>",
        "</ul>",
        "<li>",
        "</li>",
        "<table>",
        "</table>",
        "<tr>",
        "<td>",
        "</td>",
        "<th>",
        "<pre>",
        "</pre>",
        "<code>",
        "</code>",
        " ",
        "  ",
        "\n",
        "a",
        "bc",
        "&nbsp;",
        "&#32;",
        "&#10;",
        "&lt;",
        "&amp;",
        "\\(",
        "\\)",
        "x^2",
        "$$",
        "$",
        "\\",
        "(",
        "<math>",
        "<mi>",
        "</mi>",
        "</math>",
        "<mo>",
        "<h2>",
        "</h2>",
        "<hr>",
        "<img src=\"media:a.png\" alt=\"x\">",
        "<a href=\"https://a.b\">",
        "</a>",
        "<span lang=it>",
        "<span>",
        "</span>",
        "<script>",
        "</script>",
        "<svg>",
        "</svg>",
        "<!--",
        "-->",
        "<blockquote>",
        "</blockquote>",
        "<q>",
        "</q>",
        "<sub>",
        "</sub>",
        "<",
        ">",
        "\"",
        "<b/>",
        "<tbody>",
        "<thead>",
        "<annotation>",
        "</br>",
    ]);
    prop::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn what_cleaning_gives_is_clean(source in messy()) {
        let (text, _) = clean(&source);
        prop_assert_eq!(&back(&text), &text, "{}", to_html(&text, &mut |n| format!("media:{n}")));
        if let Text::Rich { html } = &text {
            prop_assert_eq!(&clean(html).0, &text);
            for piece in minnow_shared::question::pieces(html) {
                if let minnow_shared::question::Piece::Open { name, .. } = piece {
                    prop_assert!(minnow_shared::question::ELEMENTS.contains(&name), "{}", html);
                }
            }
        }
    }

    #[test]
    fn any_words_come_back(words in "[ \\n\\ta-c<>&\"\\\\($\\[é]{0,40}") {
        let text = Text::Plain(words);
        prop_assert_eq!(back(&text), text);
    }

    #[test]
    fn any_text_is_cleaned_without_a_panic(source in "\\PC{0,80}", tags in "[<>/a-z\"=& ;#p\\\\()$!\\[-]{0,80}") {
        clean(&source);
        clean(&tags);
    }

    #[test]
    fn any_formula_is_read_without_a_panic(source in "[a-z0-9{}^_\\\\&\\[\\]()|' ]{0,60}", command in prop::collection::vec(prop::sample::select(vec!["\\frac", "\\sqrt", "\\left(", "\\right)", "{", "}", "^", "_", "\\begin{matrix}", "\\end{matrix}", "&", "\\\\", "x", "1", "\\text{", "\\sum", "\\limits", "[", "]", "\\mathbb", "'", "\\overset", "\\operatorname{", "\\color{red}", "\\hspace{1em}"]), 0..20)) {
        let _ = tex::mathml(&source, false);
        let _ = tex::mathml(&command.concat(), true);
    }
}
