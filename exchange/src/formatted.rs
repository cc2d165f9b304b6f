//! Texts in the four formats Moodle knows, which GIFT and its XML share.

use crate::{Pictures, markup};
use minnow_shared::question::Text;
use pulldown_cmark::{Options, Parser, html};

/// How a text is to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TextFormat {
    /// HTML in which line breaks count.
    Moodle,
    Html,
    Plain,
    Markdown,
}

/// Markdown longer than this is beyond every limit of a text: nobody needs it read.
const MARKDOWN_BYTES: usize = 256 * 1024;

impl TextFormat {
    /// As GIFT names it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Moodle => "moodle",
            Self::Html => "html",
            Self::Plain => "plain",
            Self::Markdown => "markdown",
        }
    }

    /// The format of a name of GIFT, or of Moodle's XML.
    pub fn named(name: &str) -> Option<Self> {
        Some(match name {
            "moodle" | "moodle_auto_format" | "auto_format" => Self::Moodle,
            "html" => Self::Html,
            "plain" | "plain_text" => Self::Plain,
            "markdown" => Self::Markdown,
            _ => return None,
        })
    }

    /// Reads a text. `resolve` is asked for its pictures; what was lost is added to `losses`.
    pub fn read<'r>(
        self,
        source: &str,
        resolve: &'r mut markup::Resolve<'r>,
        losses: &mut Vec<String>,
    ) -> Text {
        let (text, lost) = match self {
            Self::Plain => return Text::Plain(source.to_owned()),
            Self::Markdown if source.len() > MARKDOWN_BYTES => return Text::Plain(source.to_owned()),
            Self::Html => markup::from_html(source, resolve),
            Self::Moodle => markup::from_lines(source, resolve),
            Self::Markdown => {
                let mut out = String::with_capacity(source.len() + source.len() / 4);
                let parser = Parser::new_ext(source, Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH);
                html::push_html(&mut out, parser);
                markup::from_html(&out, resolve)
            }
        };
        losses.extend(lost);
        text
    }

    /// As `read`, for files whose pictures are inside their addresses or nowhere.
    pub fn read_with(self, source: &str, pictures: &mut Pictures, losses: &mut Vec<String>) -> Text {
        self.read(source, &mut |address| pictures.resolve(address), losses)
    }
}
