//! The tree of a script becomes a `Lesson`: header, scenes, narration, actions, questions.

use super::LessonError;
use super::tree::{Node, read};
use crate::lesson::{
    Action, Answer, At, Beat, Choice, Deed, Entrance, LINE_MAX, Lesson, Moment, Question, Scene, TITLE_MAX,
};
use crate::scene::colour::Colour;
use crate::scene::element::{Channel, Element};
use crate::scene::motion::Ease;
use crate::scene::shapes::{Palette, Shapes, Symbols};
use crate::sound::{Effect, Mood};

/// Reads a script. `symbols` are drawings shared by several lessons, in the same language.
///
/// # Errors
/// The first line that is not understood, with what is wrong.
pub fn lesson(source: &str, symbols: &str) -> Result<Lesson, LessonError> {
    let (header, roots) = read(source)?;
    let mut reader = Reader { symbols: Symbols::new(), palette: Palette::new(), lesson: blank() };
    for node in read(symbols)?.1 {
        reader.symbol(node)?;
    }
    for (line, key, value) in header {
        reader.header(line, &key, &value)?;
    }
    for node in roots {
        reader.block(node)?;
    }
    reader.finish()
}

fn blank() -> Lesson {
    Lesson {
        slug: String::new(),
        title: String::new(),
        topics: Vec::new(),
        language: "en".into(),
        alt: String::new(),
        author: String::new(),
        licence: "CC BY 4.0".into(),
        sources: Vec::new(),
        music: Mood::Calm,
        figure: String::new(),
        scenes: Vec::new(),
        beats: Vec::new(),
        questions: Vec::new(),
        cover: Moment { beat: 0, at: At::Part(0.8, 0.0) },
    }
}

struct Reader {
    symbols: Symbols,
    palette: Palette,
    lesson: Lesson,
}

impl Reader {
    fn header(&mut self, line: usize, key: &str, value: &str) -> Result<(), LessonError> {
        let bad = |what: String| LessonError::Line { line, what };
        let text = value.to_owned();
        let words = || value.split([',', ' ']).filter(|w| !w.is_empty()).map(str::to_owned);
        match key {
            "slug" => self.lesson.slug = text,
            "title" => self.lesson.title = text,
            "topics" => self.lesson.topics = words().collect(),
            "language" => self.lesson.language = text,
            "alt" => self.lesson.alt = text,
            "author" => self.lesson.author = text,
            "licence" => self.lesson.licence = text,
            "source" => self.lesson.sources.push(text),
            "figure" => self.lesson.figure = text,
            "music" => {
                self.lesson.music =
                    Mood::parse(value).ok_or_else(|| bad(format!("`{value}` is not a mood of music")))?;
            }
            "palette" => {
                for word in words() {
                    let colour =
                        word.split_once('=').and_then(|(n, c)| Some((n.to_owned(), Colour::parse(c)?)));
                    let (name, colour) =
                        colour.ok_or_else(|| bad(format!("`{word}` is not name=#rrggbb")))?;
                    self.palette.insert(name, colour);
                }
            }
            other => return Err(bad(format!("`{other}` is not a header"))),
        }
        Ok(())
    }

    fn symbol(&mut self, node: Node) -> Result<(), LessonError> {
        let name = node.words.first().cloned().ok_or_else(|| node.error("a symbol needs a name"))?;
        self.symbols.insert(name, node);
        Ok(())
    }

    fn block(&mut self, node: Node) -> Result<(), LessonError> {
        match node.head.as_str() {
            "symbol" => self.symbol(node),
            "scene" => {
                let shapes = Shapes::new(&self.symbols, &self.palette);
                let mut elements = shapes.read_all(&node.children)?;
                let mut camera = Element::new(crate::scene::element::Kind::Group, node.line);
                camera.id = "camera".into();
                camera.base.set(Channel::X, 360.0);
                camera.base.set(Channel::Y, 640.0);
                elements.push(camera);
                let fade = !node.words.iter().any(|w| w == "cut");
                self.lesson.scenes.push(Scene { elements, first_beat: self.lesson.beats.len(), fade });
                Ok(())
            }
            "say" => self.say(&node),
            "ask" => self.ask(&node),
            other => Err(node.error(format!("`{other}` is not scene, say, ask or symbol"))),
        }
    }

    fn say(&mut self, node: &Node) -> Result<(), LessonError> {
        let text = node.text()?.to_owned();
        if text.chars().count() > LINE_MAX {
            return Err(node.error(format!("a line has at most {LINE_MAX} characters")));
        }
        if self.lesson.scenes.is_empty() {
            return Err(node.error("a scene must come before the first line"));
        }
        let pause = node.number("pause", 0.32)?;
        let spoken = node.prop("spoken").map(str::to_owned);
        let mut beat = Beat { text, spoken, pause, notes: Vec::new(), actions: Vec::new() };
        for child in &node.children {
            match child.head.as_str() {
                "note" => beat.notes.push(child.text()?.to_owned()),
                "cover" => {
                    self.lesson.cover = Moment { beat: self.lesson.beats.len(), at: at(child, &beat.text)? };
                }
                _ => {
                    let action = self.action(child, &beat.text)?;
                    self.check_targets(child, &action)?;
                    beat.actions.push(action);
                }
            }
        }
        self.lesson.beats.push(beat);
        Ok(())
    }

    fn check_targets(&self, node: &Node, action: &Action) -> Result<(), LessonError> {
        let scene = self.lesson.scenes.last().map(|s| s.elements.as_slice()).unwrap_or_default();
        for target in &action.targets {
            if !scene.iter().any(|e| e.find(target).is_some()) {
                return Err(node.error(format!("nothing in this scene is called `{target}`")));
            }
        }
        Ok(())
    }

    fn action(&self, node: &Node, text: &str) -> Result<Action, LessonError> {
        let first = node.words.first().map(String::as_str).unwrap_or_default();
        let mut targets: Vec<String> =
            first.split(',').filter(|t| !t.is_empty()).map(str::to_owned).collect();
        let way = node.words.get(1).map(String::as_str);
        let entrance = |default| match way {
            None => Ok(default),
            Some(w) => entrance(w).ok_or_else(|| node.error(format!("`{w}` is not a way to come or go"))),
        };
        let (deed, seconds, ease) = match node.head.as_str() {
            "show" => {
                let e = entrance(Entrance::Fade)?;
                let (seconds, ease) = match e {
                    Entrance::Draw => (0.9, Ease::InOut),
                    Entrance::Pop => (0.45, Ease::Back),
                    Entrance::Drop => (0.8, Ease::Bounce),
                    Entrance::GrowX | Entrance::GrowY => (0.7, Ease::Out),
                    Entrance::Cut => (0.0, Ease::Linear),
                    _ => (0.5, Ease::Out),
                };
                (Deed::Show(e), seconds, ease)
            }
            "hide" => (Deed::Hide(entrance(Entrance::Fade)?), 0.35, Ease::InOut),
            "to" => (self.movement(node)?, 1.0, Ease::InOut),
            "pulse" => (Deed::Pulse(node.number("by", 0.18)?), 0.6, Ease::InOut),
            "shake" => (Deed::Shake(node.number("by", 8.0)?), 0.6, Ease::Linear),
            "sound" => {
                targets.clear();
                let effect =
                    Effect::parse(first).ok_or_else(|| node.error(format!("`{first}` is not a sound")))?;
                (Deed::Sound(effect, node.number("gain", 1.0)?), 0.0, Ease::Linear)
            }
            other => return Err(node.error(format!("`{other}` is not something that can happen"))),
        };
        let ease = match node.prop("ease") {
            None => ease,
            Some(e) => Ease::parse(e).ok_or_else(|| node.error(format!("`{e}` is not an easing")))?,
        };
        let seconds = node.number("over", seconds)?;
        let lag = node.number("lag", 0.0)?;
        Ok(Action { line: node.line, at: at(node, text)?, seconds, ease, targets, lag, deed })
    }

    fn movement(&self, node: &Node) -> Result<Deed, LessonError> {
        let shapes = Shapes::new(&self.symbols, &self.palette);
        let (mut numbers, mut fill, mut stroke) = (Vec::new(), None, None);
        for (key, value) in &node.props {
            let number =
                || value.parse::<f32>().map_err(|_| node.error(format!("`{key}={value}`: a number")));
            let (name, relative) = key.strip_suffix('+').map_or((key.as_str(), false), |k| (k, true));
            match name {
                "at" | "over" | "ease" | "lag" => {}
                "fill" => fill = Some(shapes.colour_named(node, value)?),
                "stroke" => stroke = Some(shapes.colour_named(node, value)?),
                "scale" | "zoom" => {
                    numbers.push((Channel::ScaleX, number()?, relative));
                    numbers.push((Channel::ScaleY, number()?, relative));
                }
                _ => {
                    let channel = Channel::ALL.iter().find(|c| c.word() == name);
                    let channel = channel.ok_or_else(|| node.error(format!("`{name}` cannot be moved")))?;
                    numbers.push((*channel, number()?, relative));
                }
            }
        }
        if numbers.is_empty() && fill.is_none() && stroke.is_none() {
            return Err(node.error("nothing to move to"));
        }
        Ok(Deed::Move { numbers, fill, stroke })
    }

    fn ask(&mut self, node: &Node) -> Result<(), LessonError> {
        let after_line =
            self.lesson.beats.len().checked_sub(1).ok_or_else(|| node.error("a question follows a line"))?;
        let prompt = node.text()?.to_owned();
        let (mut choices, mut accepted, mut hint, mut reason) = (Vec::new(), Vec::new(), None, String::new());
        for child in &node.children {
            match child.head.as_str() {
                "right" => {
                    choices.push(Choice { text: child.text()?.to_owned(), right: true, note: String::new() });
                }
                "wrong" => {
                    let note =
                        child.texts.get(1).cloned().ok_or_else(|| child.error("say why in a second text"))?;
                    choices.push(Choice { text: child.text()?.to_owned(), right: false, note });
                }
                "accept" => accepted.extend(child.texts.iter().cloned()),
                "hint" => hint = Some(child.text()?.to_owned()),
                "because" => reason = child.text()?.to_owned(),
                other => return Err(child.error(format!("`{other}` does not belong to a question"))),
            }
        }
        let rights = choices.iter().filter(|c| c.right).count();
        let answer = match (choices.len(), accepted.len()) {
            (0, 1..) => Answer::Typed { accepted, hint },
            (2..=4, 0) if rights == 1 => Answer::Choices { choices },
            _ => {
                return Err(
                    node.error("a question has one right and one to three wrong choices, or accepts texts")
                );
            }
        };
        if reason.is_empty() {
            return Err(node.error("a question needs its `because`"));
        }
        self.lesson.questions.push(Question { after_line, prompt, answer, reason });
        Ok(())
    }

    fn finish(self) -> Result<Lesson, LessonError> {
        let l = self.lesson;
        let needed: [(&'static str, bool); 7] = [
            ("slug", l.slug.is_empty()),
            ("title", l.title.is_empty()),
            ("topics", l.topics.is_empty()),
            ("alt", l.alt.is_empty()),
            ("author", l.author.is_empty()),
            ("figure", l.figure.is_empty()),
            ("source", l.sources.is_empty()),
        ];
        if let Some((name, _)) = needed.iter().find(|(_, missing)| *missing) {
            return Err(LessonError::Missing(name));
        }
        if l.title.chars().count() > TITLE_MAX {
            return Err(LessonError::Whole(format!("the title has more than {TITLE_MAX} characters")));
        }
        if l.beats.is_empty() {
            return Err(LessonError::Whole("nothing is said".into()));
        }
        Ok(l)
    }
}

fn entrance(word: &str) -> Option<Entrance> {
    Some(match word {
        "fade" => Entrance::Fade,
        "pop" => Entrance::Pop,
        "draw" => Entrance::Draw,
        "rise" => Entrance::Rise,
        "drop" => Entrance::Drop,
        "left" => Entrance::Left,
        "right" => Entrance::Right,
        "growx" => Entrance::GrowX,
        "growy" => Entrance::GrowY,
        "cut" => Entrance::Cut,
        _ => return None,
    })
}

/// `at=1.5`, `at=50%`, `at=@word` (when the word is about to be said), `at=@word+0.3`.
fn at(node: &Node, text: &str) -> Result<At, LessonError> {
    let Some(value) = node.prop("at") else { return Ok(At::Seconds(0.0)) };
    let bad = || node.error(format!("`at={value}` is seconds, a percentage or @word"));
    if let Some(word) = value.strip_prefix('@') {
        let split =
            word.rfind(['+', '-']).filter(|i| word.get(i + 1..).is_some_and(|n| n.parse::<f32>().is_ok()));
        let (word, extra) = match split.and_then(|i| word.split_at_checked(i)) {
            Some((word, extra)) => (word, extra.parse().map_err(|_| bad())?),
            None => (word, 0.0),
        };
        let place = text.to_lowercase().find(&word.to_lowercase());
        let place = place.ok_or_else(|| node.error(format!("the line does not say `{word}`")))?;
        return Ok(At::Part(place as f32 / text.len().max(1) as f32, extra));
    }
    if let Some(percent) = value.strip_suffix('%') {
        return Ok(At::Part(percent.parse::<f32>().map_err(|_| bad())? / 100.0, 0.0));
    }
    value.parse().map(At::Seconds).map_err(|_| bad())
}

#[cfg(test)]
mod tests {
    use super::*;

    const SMALL: &str = "slug: a\ntitle: A\ntopics: light\nalt: x\nauthor: ines\nfigure: f\nsource: https://a.b\n\
        scene\n  sky ink\n  circle c at=1,2 r=4\nsay \"One two three.\"\n  to c x=5 at=@two\n";

    #[test]
    fn a_small_script_is_read() {
        let lesson = lesson(SMALL, "").unwrap();
        assert_eq!(lesson.beats.len(), 1);
        assert_eq!(lesson.beats[0].actions[0].at, At::Part(4.0 / 14.0, 0.0));
    }

    #[test]
    fn errors_name_the_line() {
        let broken = SMALL.replace("to c x=5", "to d x=5");
        let error = lesson(&broken, "").unwrap_err().to_string();
        assert_eq!(error, "line 12: nothing in this scene is called `d`");
        let broken = SMALL.replace("r=4", "radios=4");
        assert_eq!(lesson(&broken, "").unwrap_err().to_string(), "line 10: `radios` is not a property");
    }
}
