//! Contents that are questions: choices, statements, orders, cards, essays.

use super::{Reading, at, is_true, list, number, words};
use minnow_shared::question::{ChoiceKey, PartKey, Question, QuestionKey, Text, escape};
use serde_json::Value;

impl Reading<'_> {
    pub fn question(&mut self, kind: &str, params: &Value) {
        match kind {
            "MultiChoice" => self.multi_choice(params),
            "TrueFalse" => self.true_false(params),
            "Blanks" => self.blanks(params),
            "DragText" => self.drag_text(params),
            "MarkTheWords" => self.mark_words(params),
            "SingleChoiceSet" => self.single_choices(params),
            "Summary" => self.summary(params),
            "Essay" => self.essay(params),
            "Flashcards" => self.flashcards(params),
            "Dialogcards" => self.dialog_cards(params),
            "SortParagraphs" => self.sort_paragraphs(params),
            "GuessTheAnswer" => self.guess(params),
            "ImageChoice" | "MultiMediaChoice" => self.picture_choice(params),
            "DragQuestion" => self.drag_question(params),
            "ImageHotspotQuestion" => self.hotspots(params.get("imageHotspotQuestion").unwrap_or(params)),
            "ImageMultipleHotspotQuestion" => {
                self.hotspots(params.get("imageMultipleHotspotQuestion").unwrap_or(params))
            }
            "ArithmeticQuiz" => self.lose("it was left out: it makes its sums by chance"),
            "Crossword" | "FindTheWords" => {
                self.lose(format!("it was left out: there is no question like it here ({kind})"))
            }
            _ => self.lose(format!("it was left out: content of this kind is not read ({kind})")),
        }
    }

    fn multi_choice(&mut self, params: &Value) {
        let stem = self.stem(params, words(params, &["question"]));
        let mut choices = Vec::new();
        let mut tips = Vec::new();
        for answer in list(params, &["answers"]) {
            let text = self.text(words(answer, &["text"]));
            let said = at(answer, &["tipsAndFeedback"]).unwrap_or(&Value::Null);
            let reason = self.text(words(said, &["chosenFeedback"]));
            tips.push(words(said, &["tip"]).to_owned());
            if !words(said, &["notChosenFeedback"]).trim().is_empty() {
                self.lose("what is said to who does not take a choice was left out");
            }
            choices.push(ChoiceKey { reason, ..ChoiceKey::plain(text, is_true(answer, &["correct"])) });
        }
        let right = choices.iter().filter(|choice| choice.is_right).count();
        let multiple = match words(params, &["behaviour", "type"]) {
            "multi" => true,
            "single" => false,
            _ => {
                right > 1
                    || at(params, &["behaviour", "singleAnswer"]).and_then(Value::as_bool) == Some(false)
            }
        };
        let keep_order = at(params, &["behaviour", "randomAnswers"]).and_then(Value::as_bool) == Some(false);
        if !multiple && right > 1 {
            self.lose(
                "several choices are right where one is to be taken: the first was kept as the right one",
            );
            let mut is_first = true;
            for choice in choices.iter_mut().filter(|choice| choice.is_right) {
                choice.is_right = std::mem::take(&mut is_first);
                choice.credit = Some(minnow_shared::question::Credit::FULL);
            }
        }
        if multiple && is_true(params, &["behaviour", "singlePoint"]) {
            self.lose("it is scored all or nothing there, and here by how much is right");
        }
        let mut question = Question::new(stem, QuestionKey::Choices { choices, multiple, keep_order });
        self.hint(&mut question, tips);
        self.say(&mut question, params);
        self.add(question);
    }

    fn true_false(&mut self, params: &Value) {
        let stem = self.stem(params, words(params, &["question"]));
        let is_right = match at(params, &["correct"]) {
            Some(Value::Bool(correct)) => *correct,
            Some(Value::String(correct)) => correct == "true",
            _ => return self.lose("it was left out: it does not say whether it is true"),
        };
        let right = self.text(&escape(words(params, &["behaviour", "feedbackOnCorrect"])));
        let wrong = self.text(&escape(words(params, &["behaviour", "feedbackOnWrong"])));
        let (reason_true, reason_false) = if is_right { (right, wrong) } else { (wrong, right) };
        let question =
            Question::new(stem, QuestionKey::TrueFalse { is_true: is_right, reason_true, reason_false });
        self.add(question);
    }

    /// Each has its right answer first.
    fn first_is_right(&mut self, stem: Text, answers: &[Value]) -> Question {
        let answers = answers.iter().filter_map(Value::as_str);
        let choices: Vec<ChoiceKey> =
            answers.enumerate().map(|(place, html)| ChoiceKey::plain(self.text(html), place == 0)).collect();
        Question::new(stem, QuestionKey::Choices { choices, multiple: false, keep_order: false })
    }

    fn single_choices(&mut self, params: &Value) {
        for choice in list(params, &["choices"]) {
            let stem = self.text(words(choice, &["question"]));
            let question = self.first_is_right(stem, list(choice, &["answers"]));
            self.add(question);
        }
    }

    fn summary(&mut self, params: &Value) {
        for summary in list(params, &["summaries"]) {
            let stem = self.text(words(params, &["intro"]));
            let stem = if stem.is_empty() { Text::Plain(self.item.clone()) } else { stem };
            let mut question = self.first_is_right(stem, list(summary, &["summary"]));
            self.hint(&mut question, vec![words(summary, &["tip"]).to_owned()]);
            self.add(question);
        }
    }

    fn essay(&mut self, params: &Value) {
        let stem = self.stem(params, words(params, &["taskDescription"]));
        let sample = format!(
            "{}{}",
            words(params, &["solution", "introduction"]),
            words(params, &["solution", "sample"])
        );
        let sample = self.text(&sample);
        if !list(params, &["keywords"]).is_empty() {
            self.lose("marking by key words was left out: peers read the answer here");
        }
        if number(params, &["behaviour", "minimumLength"]).is_some_and(|least| least > 0.0) {
            self.lose("the least number of letters was left out");
        }
        let mut question = Question::new(stem, QuestionKey::Open { sample, words_min: 0, words_max: 0 });
        self.say(&mut question, params);
        self.add(question);
    }

    fn dialog_cards(&mut self, params: &Value) {
        for card in list(params, &["dialogs"]) {
            let alt = words(card, &["imageAltText"]);
            let image = card.get("image").map(|file| self.picture(file, alt)).unwrap_or_default();
            let stem = self.text(&format!("{image}{}", words(card, &["text"])));
            let back = self.text(words(card, &["answer"]));
            if !list(card, &["audio"]).is_empty() {
                self.lose("a sound was left out");
            }
            let mut question = Question::new(stem, QuestionKey::FlashCard { back });
            self.hint(&mut question, vec![words(card, &["tips", "front"]).to_owned()]);
            if !words(card, &["tips", "back"]).trim().is_empty() {
                self.lose("a tip on the back of a card was left out");
            }
            self.add(question);
        }
    }

    fn sort_paragraphs(&mut self, params: &Value) {
        let stem = self.stem(params, words(params, &["taskDescription"]));
        let items = list(params, &["paragraphs"]).iter().filter_map(Value::as_str);
        let items: Vec<PartKey> = items.map(|html| PartKey { id: None, text: self.text(html) }).collect();
        let mut question = Question::new(stem, QuestionKey::Ordering { items });
        self.say(&mut question, params);
        self.add(question);
    }

    fn guess(&mut self, params: &Value) {
        let stem = self.stem(params, words(params, &["taskDescription"]));
        let back = self.text(&escape(words(params, &["solutionText"])));
        self.add(Question::new(stem, QuestionKey::FlashCard { back }));
    }

    fn picture_choice(&mut self, params: &Value) {
        let stem = self.stem(params, words(params, &["question"]));
        let mut choices = Vec::new();
        for option in list(params, &["options"]) {
            let media = at(option, &["media", "params"]).unwrap_or(&Value::Null);
            let alt = words(media, &["alt"]);
            let html = media.get("file").map(|file| self.picture(file, alt)).unwrap_or_default();
            if html.is_empty() {
                self.lose("a choice that is no picture was left out");
                continue;
            }
            let text = self.text(&html);
            choices.push(ChoiceKey::plain(text, is_true(option, &["correct"])));
        }
        let right = choices.iter().filter(|choice| choice.is_right).count();
        let multiple = match words(params, &["behaviour", "questionType"]) {
            "multiple" => true,
            "single" => false,
            _ => right > 1,
        };
        let mut question = Question::new(stem, QuestionKey::Choices { choices, multiple, keep_order: false });
        self.say(&mut question, params);
        self.add(question);
    }
}
