//! What a learner has set. Kept in the browser and, with a session, on the server: each field with the time of its last
//! change, so that devices that were apart agree.

use crate::UnixMillis;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

wire! {
    #[derive(Copy, Eq, Hash)]
    #[serde(rename_all = "snake_case")]
    pub enum Theme {
        System,
        Light,
        Dark,
    }

    #[derive(Copy, Eq, Hash)]
    #[serde(rename_all = "snake_case")]
    pub enum CaptionSize {
        Small,
        Medium,
        Large,
    }

    #[derive(Copy, Eq, Hash)]
    #[serde(rename_all = "snake_case")]
    pub enum CaptionBackground {
        Glass,
        Solid,
        None,
    }

    #[serde(default)]
    pub struct SettingsView {
        /// The interface's language: `en`, `it` or `ar`; `None` follows the browser.
        pub language: Option<String>,
        pub theme: Theme,
        pub captions: bool,
        pub caption_size: CaptionSize,
        pub caption_background: CaptionBackground,
        /// Smallest rendition, nothing fetched ahead but posters.
        pub data_saver: bool,
        /// Clips begin by themselves.
        pub autoplay: bool,
        /// At the end of a clip the next one comes by itself.
        pub auto_advance: bool,
        pub daily_goal_minutes: u32,
        /// How much of what was learned is to be kept, in per cent: 70 to 97.
        pub retention_percent: u32,
        /// Reviews a day at most.
        pub daily_reviews: u32,
        /// Now and then a clip's question is asked before the clip.
        pub guess_before: bool,
        /// Letter keys and gestures.
        pub shortcuts: bool,
    }
}

impl Default for SettingsView {
    fn default() -> Self {
        Self {
            language: None,
            theme: Theme::System,
            captions: true,
            caption_size: CaptionSize::Medium,
            caption_background: CaptionBackground::Glass,
            data_saver: false,
            autoplay: true,
            auto_advance: false,
            daily_goal_minutes: 12,
            retention_percent: 90,
            daily_reviews: 40,
            guess_before: true,
            shortcuts: true,
        }
    }
}

impl SettingsView {
    /// # Errors
    /// The first value that is out of range.
    pub fn check(&self) -> Result<(), crate::limit::FieldProblem> {
        use crate::limit::{
            DAILY_GOAL_MAX, DAILY_GOAL_MIN, DAILY_REVIEWS_MAX, FieldProblem, LANGUAGE, RETENTION_MAX,
            RETENTION_MIN, text,
        };
        if let Some(language) = &self.language {
            text("language", language, 2, LANGUAGE)?;
        }
        if !(DAILY_GOAL_MIN..=DAILY_GOAL_MAX).contains(&self.daily_goal_minutes) {
            let detail = format!("{DAILY_GOAL_MIN} to {DAILY_GOAL_MAX} minutes");
            return Err(FieldProblem { field: "daily_goal_minutes", detail });
        }
        if !(RETENTION_MIN..=RETENTION_MAX).contains(&self.retention_percent) {
            let detail = format!("{RETENTION_MIN} to {RETENTION_MAX} per cent");
            return Err(FieldProblem { field: "retention_percent", detail });
        }
        if self.daily_reviews > DAILY_REVIEWS_MAX {
            let detail = format!("at most {DAILY_REVIEWS_MAX} a day");
            return Err(FieldProblem { field: "daily_reviews", detail });
        }
        Ok(())
    }
}

endpoint! {
    Get "/api/me/settings" by Person: "What the caller has set.";
    pub struct GetSettings {} -> SettingsView

    Put "/api/me/settings" by Person: "Sets it; of each field the last change counts, whenever it arrives.";
    pub struct UpdateSettings {
        pub settings: SettingsView,
        /// Which fields were changed and when, by the learner's clock: the others are not looked at. Without any, each field
        /// that differs is changed now.
        #[serde(default)]
        pub changed: BTreeMap<String, UnixMillis>,
    } -> SettingsView
}

/// One field, as JSON, and when it was changed.
#[derive(Debug, Clone, PartialEq)]
pub struct FieldChange {
    pub field: String,
    pub value: Value,
    pub at_ms: UnixMillis,
}

/// What is kept of a learner's settings: fields that were ever changed. Of two changes of a field the later counts, of two
/// at the same millisecond the one whose JSON is greater: merged in any order and however often, the same comes of it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct SettingsByField(BTreeMap<String, (Value, UnixMillis)>);

impl SettingsByField {
    /// Takes a change. Whether anything changed by it.
    pub fn take(&mut self, change: FieldChange) -> bool {
        let rank = |value: &Value, at_ms: UnixMillis| (at_ms, value.to_string());
        if let Some((value, at_ms)) = self.0.get(&change.field)
            && rank(value, *at_ms) >= rank(&change.value, change.at_ms)
        {
            return false;
        }
        self.0.insert(change.field, (change.value, change.at_ms));
        true
    }

    /// The settings: what was never changed, and what cannot be read, is as it is for everybody.
    pub fn view(&self) -> SettingsView {
        let mut fields = fields_of(&SettingsView::default());
        for (field, (value, _)) in &self.0 {
            let Some(before) = fields.insert(field.clone(), value.clone()) else {
                fields.remove(field);
                continue;
            };
            if serde_json::from_value::<SettingsView>(Value::Object(fields.clone())).is_err() {
                fields.insert(field.clone(), before);
            }
        }
        serde_json::from_value(Value::Object(fields)).unwrap_or_default()
    }
}

fn fields_of(settings: &SettingsView) -> Map<String, Value> {
    match serde_json::to_value(settings) {
        Ok(Value::Object(fields)) => fields,
        _ => Map::new(),
    }
}

/// The fields in which settings differ.
pub fn differing(before: &SettingsView, after: &SettingsView) -> Vec<String> {
    let before = fields_of(before);
    let after = fields_of(after).into_iter();
    after.filter(|(field, value)| before.get(field) != Some(value)).map(|(field, _)| field).collect()
}

impl UpdateSettings {
    /// The changes this asks for. `kept`: the settings as they are kept; `now_ms`: when this arrived. `believed`: an instant
    /// of the learner's clock as far as it is believable.
    pub fn changes(
        &self,
        kept: &SettingsView,
        now_ms: UnixMillis,
        believed: impl Fn(UnixMillis) -> UnixMillis,
    ) -> Vec<FieldChange> {
        let fields = fields_of(&self.settings);
        let change = |field: String, at_ms| {
            let value = fields.get(&field)?.clone();
            Some(FieldChange { field, value, at_ms })
        };
        if self.changed.is_empty() {
            let all = differing(kept, &self.settings).into_iter();
            return all.filter_map(|field| change(field, now_ms)).collect();
        }
        let all = self.changed.iter();
        all.filter_map(|(field, at_ms)| change(field.clone(), believed(*at_ms))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn change(field: &str, value: Value, at_ms: i64) -> FieldChange {
        FieldChange { field: field.into(), value, at_ms }
    }

    #[test]
    fn each_field_has_its_own_last_change() {
        let mut kept = SettingsByField::default();
        assert!(kept.take(change("theme", json!("dark"), 20)));
        assert!(!kept.take(change("theme", json!("light"), 10)), "an older change comes late");
        assert!(kept.take(change("daily_reviews", json!(10), 5)));
        assert!(!kept.take(change("daily_reviews", json!(10), 5)), "the same twice");
        let expected = SettingsView { theme: Theme::Dark, daily_reviews: 10, ..SettingsView::default() };
        assert_eq!(kept.view(), expected);
    }

    #[test]
    fn what_cannot_be_read_is_as_for_everybody_and_takes_nothing_else_along() {
        let mut kept = SettingsByField::default();
        for (field, value) in [("theme", json!("pink")), ("captions", json!(false)), ("hats", json!(3))] {
            kept.take(change(field, value, 1));
        }
        assert_eq!(kept.view(), SettingsView { captions: false, ..SettingsView::default() });
    }

    #[test]
    fn an_old_client_changes_what_differs_now_and_a_new_one_what_it_names_then() {
        let kept = SettingsView::default();
        let settings = SettingsView { autoplay: false, daily_reviews: 3, ..kept.clone() };
        let old = UpdateSettings { settings: settings.clone(), changed: BTreeMap::new() };
        let fields = |changes: Vec<FieldChange>| -> Vec<(String, i64)> {
            changes.into_iter().map(|change| (change.field, change.at_ms)).collect()
        };
        let expected = [("autoplay".to_owned(), 9), ("daily_reviews".to_owned(), 9)];
        assert_eq!(fields(old.changes(&kept, 9, |at| at)), expected);
        let changed = BTreeMap::from([("daily_reviews".to_owned(), 100), ("hats".to_owned(), 1)]);
        let new = UpdateSettings { settings, changed };
        assert_eq!(fields(new.changes(&kept, 9, |at| at.min(9))), [("daily_reviews".to_owned(), 9)]);
    }

    proptest! {
        /// Devices that were apart: whatever each heard first and however often.
        #[test]
        fn changes_merge_in_any_order_to_the_same(
            changes in proptest::collection::vec((0..3_usize, 0..4_u32, 0..6_i64), 0..30),
            order in any::<u64>(),
        ) {
            let changes: Vec<FieldChange> = changes
                .into_iter()
                .map(|(field, value, at)| change(["daily_reviews", "retention_percent", "hats"][field], json!(70 + value), at))
                .collect();
            let fold = |changes: &[FieldChange]| {
                let mut kept = SettingsByField::default();
                for change in changes {
                    kept.take(change.clone());
                }
                kept
            };
            let mut shuffled: Vec<FieldChange> = changes.iter().chain(&changes).cloned().collect();
            shuffled.sort_by_key(|c| (c.field.len() as u64 * 31 + c.at_ms as u64).wrapping_mul(order | 1));
            prop_assert_eq!(fold(&shuffled), fold(&changes));
        }
    }
}
