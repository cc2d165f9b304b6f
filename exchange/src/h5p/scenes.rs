//! Contents on a picture: places to be found, things to be dragged onto zones.

use super::{Reading, at, is_true, list, number, words};
use crate::media;
use minnow_shared::limit;
use minnow_shared::question::{
    PartKey, Picture, Question, QuestionKey, Shape, SortedKey, SpotKey, Text, escape,
};
use serde_json::Value;

impl Reading<'_> {
    pub fn hotspots(&mut self, params: &Value) {
        let about = at(params, &["backgroundImageSettings"]).unwrap_or(&Value::Null);
        let image = [&["backgroundImage"][..], &["questionTitle", "backgroundImage"]];
        // Old content has the picture's address in the settings themselves.
        let image = image.into_iter().find_map(|path| at(about, path)).unwrap_or(about);
        let path = words(image, &["path"]);
        let path = path.split('#').next().unwrap_or_default();
        let Some(bytes) = (self.find)(path) else {
            return self.lose("it was left out: its picture is not in the file");
        };
        let (width, height) = media::size_of(&bytes).unwrap_or((0, 0));
        let source = match self.pictures.keep(path, bytes) {
            Ok(source) => source,
            Err(reason) => return self.lose(format!("it was left out: its picture: {reason}")),
        };
        let title = words(about, &["questionTitle"]).to_owned();
        let settings = at(params, &["hotspotSettings"]).unwrap_or(&Value::Null);
        let stem = self.text(&format!("<p>{}</p>", words(settings, &["taskDescription"])));
        let stem = if stem.is_empty() {
            Text::Plain(if title.is_empty() { self.item.clone() } else { title })
        } else {
            stem
        };
        let mut spots = Vec::new();
        for spot in list(settings, &["hotspot"]).iter().take(limit::PARTS + 1) {
            let Some(shape) = shape(at(spot, &["computedSettings"]).unwrap_or(&Value::Null)) else {
                self.lose("a place without a size was left out");
                continue;
            };
            let said = words(spot, &["userSettings", "feedbackText"]).to_owned();
            let reason = self.text(&escape(&said));
            spots.push(SpotKey { shape, is_right: is_true(spot, &["userSettings", "correct"]), reason });
        }
        if !words(settings, &["noneSelectedFeedback"]).trim().is_empty() {
            self.lose("what is said to who meets no place was left out");
        }
        let right = spots.iter().filter(|spot| spot.is_right).count();
        let asked = number(settings, &["numberHotspots"]).map_or(1, |asked| asked.clamp(1.0, 60.0) as usize);
        let places = u8::try_from(asked.min(right.max(1))).unwrap_or(1);
        let alt = words(image, &["alt"]).chars().take(limit::ALT).collect();
        let picture = Picture { source, alt, width, height };
        self.add(Question::new(stem, QuestionKey::Hotspot { picture, spots, places }));
    }

    /// Things on zones that have names are sorted into categories. Zones told by their place alone are not read.
    pub fn drag_question(&mut self, params: &Value) {
        let task = at(params, &["question", "task"]).unwrap_or(&Value::Null);
        let (elements, zones) = (list(task, &["elements"]), list(task, &["dropZones"]));
        if elements.len() > limit::PARTS * 2 || zones.len() > limit::PARTS {
            return self.lose("it was left out: it has too many things to drag, or zones");
        }
        let mut categories = Vec::new();
        let mut tips = Vec::new();
        for zone in zones {
            let text = self.text(words(zone, &["label"]));
            if text.is_empty() {
                return self
                    .lose("it was left out: its zones are told by their place on a picture, not by words");
            }
            tips.push(words(zone, &["tipsAndFeedback", "tip"]).to_owned());
            categories.push(PartKey { id: None, text });
        }
        if at(params, &["question", "settings", "background", "path"]).is_some() {
            self.lose("the picture behind the zones was left out");
        }
        let mut items = Vec::new();
        for (place, element) in elements.iter().enumerate() {
            let number = place.to_string();
            let is_home = |zone: &Value| {
                list(zone, &["correctElements"])
                    .iter()
                    .take(limit::PARTS * 2)
                    .any(|id| id.as_str() == Some(&number) || id.as_u64() == Some(place as u64))
            };
            let homes: Vec<u16> = zones
                .iter()
                .enumerate()
                .filter(|(_, zone)| is_home(zone))
                .filter_map(|(place, _)| u16::try_from(place).ok())
                .collect();
            // What can be dragged nowhere is a part of the scene.
            if homes.is_empty() && list(element, &["dropZones"]).is_empty() {
                self.lose("words that stand in the scene were left out");
                continue;
            }
            let inner = at(element, &["type", "params"]).unwrap_or(&Value::Null);
            let html = match inner.get("file") {
                Some(file) => self.picture(file, words(inner, &["alt"])),
                None => words(inner, &["text"]).to_owned(),
            };
            let text = self.text(&html);
            items.push(SortedKey { id: None, text, categories: homes });
        }
        if is_true(params, &["behaviour", "singlePoint"]) {
            self.lose("it is scored all or nothing there, and here item by item");
        }
        let key = QuestionKey::Categorising { categories, items, keep_order: false };
        let title = words(params, &["question", "settings", "questionTitle"]);
        let stem = Text::Plain(if title.is_empty() { self.item.clone() } else { title.to_owned() });
        let mut question = Question::new(stem, key);
        self.hint(&mut question, tips);
        self.say(&mut question, params);
        self.add(question);
    }
}

/// A place in per cent of the picture.
fn shape(settings: &Value) -> Option<Shape> {
    let share = |name: &str| number(settings, &[name]).map(|percent| (percent * 100.0).clamp(0.0, 10_000.0));
    let (x, y, width, height) = (share("x")?, share("y")?, share("width")?, share("height")?);
    let whole = |value: f64| value.round() as u16;
    Some(if words(settings, &["figure"]) == "circle" {
        Shape::Ellipse {
            x: whole(x + width / 2.0).min(10_000),
            y: whole(y + height / 2.0).min(10_000),
            radius_x: whole(width / 2.0),
            radius_y: whole(height / 2.0),
        }
    } else {
        Shape::Rectangle {
            left: whole(x),
            top: whole(y),
            right: whole((x + width).min(10_000.0)),
            bottom: whole((y + height).min(10_000.0)),
        }
    })
}
