//! What the feed makes of a learner: a guess a topic, each with what it rests on, what they have set by hand, and why a clip
//! was shown. Answers and what they tell of mastery are in `mastery`.

use crate::{
    ClipId, Done, LeaningId, TopicId, UnixMillis,
    limit::{self, FieldProblem},
    mastery::Sureness,
    person::AuthorView,
    topic::TopicView,
};

wire! {
    /// What a guess rests on.
    #[derive(Copy, Eq, Hash, PartialOrd, Ord)]
    #[serde(rename_all = "snake_case")]
    pub enum EvidenceKind {
        /// Clips watched to the end, of those begun.
        Watched,
        Liked,
        Saved,
        /// "Not interested".
        Refused,
        /// Questions answered.
        Answered,
        /// Picked at the beginning, or "more like this".
        Wanted,
        /// Skipped at the beginning, or "less like this".
        Unwanted,
        #[serde(other)]
        Unknown,
    }

    /// One thing a guess rests on: "9 of 10 clips watched to the end".
    pub struct EvidenceView {
        pub kind: EvidenceKind,
        pub count: u32,
        /// Of how many, where that says more.
        pub of: Option<u32>,
        pub last_ms: UnixMillis,
        /// The title of the newest clip it was seen at.
        pub clip_title: Option<String>,
    }

    /// A topic on the map of what a learner likes.
    pub struct InterestView {
        pub topic: TopicView,
        /// 0 to 100: the chance that a clip on it is taken up, in per cent; what the learner has set, where they have.
        pub level: u32,
        /// Set by the learner's own hand: no guess changes it.
        pub is_set: bool,
        pub is_pinned: bool,
        pub is_muted: bool,
        pub sureness: Sureness,
        /// What says most first.
        pub evidence: Vec<EvidenceView>,
    }

    /// A topic the learner may be ready for next.
    pub struct FutureInterestView {
        pub topic: TopicView,
        /// Topics they like or hold that lead there; never empty.
        pub because: Vec<TopicView>,
        /// Prerequisites, held and not yet.
        pub held: Vec<TopicView>,
        pub missing: Vec<TopicView>,
        /// Published clips on it.
        pub clip_count: u64,
    }

    /// All that the feed goes by, for its learner.
    pub struct InterestsView {
        /// The feed is ranked by it. Without, newest first, topics in turn.
        pub is_used: bool,
        /// What is watched and done goes into it.
        pub is_learning: bool,
        /// 0 to 100: from close to what is known to surprises.
        pub wander: u32,
        /// Pinned first, then the strongest; muted ones last.
        pub interests: Vec<InterestView>,
        pub future: Vec<FutureInterestView>,
        pub muted_words: Vec<String>,
        pub muted_authors: Vec<AuthorView>,
        /// Nothing is known yet, and nothing was picked: ask.
        pub is_new: bool,
    }

    /// One part of the sum that ranked a clip.
    #[derive(Copy, Eq, Hash)]
    #[serde(rename_all = "snake_case")]
    pub enum WhyPart {
        Finishes,
        Likes,
        Saves,
        Refuses,
        Learns,
        WithinReach,
        Memory,
        #[serde(other)]
        Unknown,
    }

    #[derive(Copy)]
    pub struct WhyPartView {
        pub part: WhyPart,
        /// What was foretold, 0 to 1.
        pub value: f64,
        /// What it counts in the sum.
        pub weight: f64,
        /// value x weight.
        pub adds: f64,
    }

    /// Where a clip came from.
    #[derive(Copy, Eq, Hash)]
    #[serde(rename_all = "snake_case")]
    pub enum WhySource {
        /// Its question is due again.
        Review,
        /// Others went on to it from what the learner watched.
        Transitions,
        Interest,
        /// Like what was watched.
        Content,
        Following,
        Circle,
        Fresh,
        /// Tried out.
        Exploration,
        Popular,
        /// Shown without a profile: newest first, topics in turn.
        InTurn,
        /// Drawn by chance alone.
        Chance,
        #[serde(other)]
        Unknown,
    }

    /// Why a clip was shown, as it was decided then.
    pub struct WhyView {
        /// The sum that ranked it, part by part; empty when nothing was ranked.
        pub parts: Vec<WhyPartView>,
        /// What the parts add up to.
        pub score: f64,
        pub sources: Vec<WhySource>,
        /// What it was ranked by: its first topic.
        pub topic: Option<TopicView>,
        /// What is known of the learner and that topic now.
        pub evidence: Vec<EvidenceView>,
        /// When it was shown; `None`: the feed has not shown it.
        pub shown_at_ms: Option<UnixMillis>,
    }

    /// One topic of a profile that is taken along.
    #[derive(Default)]
    pub struct InterestFileTopic {
        pub topic_id: String,
        #[serde(default)]
        pub level: Option<u32>,
        #[serde(default)]
        pub is_pinned: bool,
        #[serde(default)]
        pub is_muted: bool,
        /// What the guess rests on, as clips taken up and passed over.
        #[serde(default)]
        pub taken_up: f64,
        #[serde(default)]
        pub passed_over: f64,
    }

    /// A profile as a file: readable by people and by other servers.
    pub struct InterestFileView {
        /// 1.
        pub version: u32,
        #[serde(default = "yes")]
        pub is_used: bool,
        #[serde(default = "yes")]
        pub is_learning: bool,
        #[serde(default = "wander_as_given")]
        pub wander: u32,
        #[serde(default)]
        pub topics: Vec<InterestFileTopic>,
        #[serde(default)]
        pub muted_words: Vec<String>,
        /// Handles.
        #[serde(default)]
        pub muted_authors: Vec<String>,
    }

    /// What came of a file.
    pub struct InterestImportView {
        pub topics: u64,
        /// Topics and authors that are not there on this server.
        pub unknown: Vec<String>,
    }
}

/// How far the feed wanders, unless somebody has set it.
pub const WANDER: u32 = 30;

const fn yes() -> bool {
    true
}

const fn wander_as_given() -> u32 {
    WANDER
}

endpoint! {
    Get "/api/me/interests" by Person: "What the feed has found out of the caller's interests, with what each guess rests on, and what they have set.";
    pub struct GetInterests {
        /// BCP 47; English where a name is missing.
        #[serde(default)]
        pub language: Option<String>,
    } -> InterestsView

    Patch "/api/me/interests" by Person: "Changes how the profile is used; what is left out stays.";
    pub struct ChangeInterests {
        #[serde(default)]
        pub is_used: Option<bool>,
        #[serde(default)]
        pub is_learning: Option<bool>,
        #[serde(default)]
        pub wander: Option<u32>,
        /// All of them; clips with one in the title are not shown.
        #[serde(default)]
        pub muted_words: Option<Vec<String>>,
        /// Handles, all of them.
        #[serde(default)]
        pub muted_authors: Option<Vec<String>>,
    } -> Done

    Delete "/api/me/interests" by Person: "Forgets every guess and everything set by hand. What was learned and answered stays.";
    pub struct ForgetInterests {} -> Done

    Put "/api/me/interests/{topic_id}" by Person: "Sets by hand what a topic is to the caller.";
    pub struct SetInterest {
        pub topic_id: TopicId,
        /// 0 to 100; `None`: as guessed.
        #[serde(default)]
        pub level: Option<u32>,
        #[serde(default)]
        pub is_pinned: bool,
        #[serde(default)]
        pub is_muted: bool,
    } -> Done

    Delete "/api/me/interests/{topic_id}" by Person: "\"Not me\": forgets what was done on a topic and what was set; it is shown less from now on.";
    pub struct ForgetInterest {
        pub topic_id: TopicId,
    } -> Done

    Put "/api/me/interest-picks" by Person: "What the caller picks and skips before anything is known of them.";
    pub struct PickTopics {
        /// Made by the client: sent twice it counts once.
        pub leaning_id: LeaningId,
        pub picked: Vec<TopicId>,
        #[serde(default)]
        pub skipped: Vec<TopicId>,
    } -> Done

    Get "/api/me/interest-file" by Person: "The caller's profile as a file.";
    pub struct ExportInterests {} -> InterestFileView

    Put "/api/me/interest-file" by Person: "Takes a profile in place of the caller's.";
    pub struct ImportInterests {
        pub file: InterestFileView,
    } -> InterestImportView

    Put "/api/clips/{clip_id}/refusal" by Person: "\"Not interested\", or taken back. It acts on the very next clip.";
    pub struct SetRefusal {
        pub clip_id: ClipId,
        pub on: bool,
        /// When the learner did it, by their clock, as far as that is believable; now if left out. The last one counts.
        #[serde(default)]
        pub at_ms: Option<UnixMillis>,
    } -> Done

    Put "/api/clips/{clip_id}/leaning" by Person: "\"More like this\" or \"less like this\": counts for the clip's topics.";
    pub struct SetLeaning {
        pub clip_id: ClipId,
        /// Made by the client: sent twice it counts once.
        pub leaning_id: LeaningId,
        pub is_more: bool,
        /// When it was said; now if left out.
        #[serde(default)]
        pub at_ms: Option<UnixMillis>,
    } -> Done

    Get "/api/clips/{clip_id}/why" by Person: "Why the feed showed this clip to the caller: the numbers that ranked it.";
    pub struct GetWhy {
        pub clip_id: ClipId,
        #[serde(default)]
        pub language: Option<String>,
    } -> WhyView
}

/// # Errors
/// What is no number of 0 to 100.
pub fn per_cent(field: &'static str, value: u32) -> Result<(), FieldProblem> {
    if value <= 100 { Ok(()) } else { Err(FieldProblem { field, detail: "0 to 100".to_owned() }) }
}

/// Muted words as they are kept: trimmed, in small letters, each once.
///
/// # Errors
/// Too many, or one that is empty or too long.
pub fn muted_words(words: &[String]) -> Result<Vec<String>, FieldProblem> {
    let mut kept = Vec::new();
    for word in words {
        let word = word.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
        limit::text("muted_words", &word, 1, limit::MUTED_WORD)?;
        if !kept.contains(&word) {
            kept.push(word);
        }
    }
    if kept.len() > limit::MUTED {
        let detail = format!("at most {}", limit::MUTED);
        return Err(FieldProblem { field: "muted_words", detail });
    }
    Ok(kept)
}

/// Whether a title has a muted word in it, as whole words, whatever the case.
#[must_use]
pub fn is_muted(title: &str, words: &[String]) -> bool {
    let plain = |text: &str| {
        let words: Vec<String> = text
            .split(|c: char| !c.is_alphanumeric())
            .filter(|word| !word.is_empty())
            .map(str::to_lowercase)
            .collect();
        format!(" {} ", words.join(" "))
    };
    let title = plain(title);
    words.iter().map(|word| plain(word)).any(|word| word.trim() != "" && title.contains(&word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_muted_word_hides_titles_with_the_word_and_not_with_a_part_of_it() {
        let muted = muted_words(&["  Snake ".into(), "snake".into(), "black holes".into()]).unwrap();
        assert_eq!(muted, ["snake", "black holes"]);
        assert!(is_muted("Why a snake sheds", &muted) && is_muted("SNAKE!", &muted));
        assert!(is_muted("What black   holes eat", &muted));
        assert!(!is_muted("Snakeskin", &muted) && !is_muted("Black and holes", &muted));
        assert!(!is_muted("anything", &["!".into()]));
    }

    #[test]
    fn words_that_cannot_be_muted_are_named() {
        assert_eq!(muted_words(&[String::new()]).unwrap_err().field, "muted_words");
        assert!(muted_words(&["x".repeat(400)]).is_err());
        let many: Vec<String> = (0..500).map(|n| format!("w{n}")).collect();
        assert!(muted_words(&many).is_err());
    }
}
