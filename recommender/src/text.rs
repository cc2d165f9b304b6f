//! What a text is about, in a few numbers: its words and their letters, hashed and weighed by how rare they are. No model of a
//! language: it works for those it has never seen.
//!
//! Sources: hashing with signs, Weinberger et al., "Feature Hashing for Large Scale Multitask Learning", ICML 2009; parts of
//! words, Bojanowski et al., "Enriching Word Vectors with Subword Information", TACL 2017; rarity, Sparck Jones 1972.

use crate::histories::scatter;

/// Numbers of a vector.
pub const WIDTH: usize = 64;

/// Words are counted by so many numbers; two that share one are taken for one.
const COUNTERS: usize = 1 << 15;

/// Numbers a word is spread over.
const SPREAD: u64 = 4;

/// What a word of a title, a topic and a word of the captions count.
const TITLE: f32 = 2.0;
const TOPIC: f32 = 3.0;
const SPOKEN: f32 = 1.0;
/// What the parts of a word count, all together (the root of the sum of their squares), beside the word itself.
const PARTS: f32 = 1.0;

/// Words of a text that are read.
const MOST_WORDS: usize = 2_000;

/// How many texts hold each word.
#[derive(Clone, Debug)]
pub struct Common {
    texts: u32,
    held_by: Vec<u32>,
}

impl Default for Common {
    fn default() -> Self {
        Self { texts: 0, held_by: vec![0; COUNTERS] }
    }
}

impl Common {
    /// Counts a text.
    pub fn add(&mut self, text: &str) {
        let mut met: Vec<usize> = words(text).map(|word| counter(hash(&word))).collect();
        met.sort_unstable();
        met.dedup();
        for at in met {
            if let Some(held_by) = self.held_by.get_mut(at) {
                *held_by = held_by.saturating_add(1);
            }
        }
        self.texts = self.texts.saturating_add(1);
    }

    /// ln((n + 2) / (n of those that hold it + 1)): above 0, larger for what is rarer.
    fn rarity(&self, hash: u64) -> f32 {
        let held_by = self.held_by.get(counter(hash)).copied().unwrap_or(0);
        ((f64::from(self.texts) + 2.0) / (f64::from(held_by) + 1.0)).ln().max(0.0) as f32
    }
}

fn counter(hash: u64) -> usize {
    hash as usize % COUNTERS
}

fn hash(text: &str) -> u64 {
    text.bytes().fold(11, |sum: u64, byte| scatter(sum, u64::from(byte)))
}

/// Runs of letters and digits, in small letters. Where a script puts no spaces between words a run is cut into pairs of letters.
fn words(text: &str) -> impl Iterator<Item = String> + '_ {
    text.split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .flat_map(|word| {
            let small = word.to_lowercase();
            if small.chars().any(has_no_spaces) { pairs(&small) } else { vec![small] }
        })
        .take(MOST_WORDS)
}

/// Chinese, Japanese and Thai letters.
fn has_no_spaces(letter: char) -> bool {
    matches!(letter, '\u{0e00}'..='\u{0eff}' | '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}')
}

fn pairs(text: &str) -> Vec<String> {
    let letters: Vec<char> = text.chars().collect();
    if letters.len() < 2 {
        vec![text.to_owned()]
    } else {
        letters.windows(2).map(|two| two.iter().collect()).collect()
    }
}

/// The runs of three letters of a word with its ends marked; none of a short word.
fn parts(word: &str) -> Vec<String> {
    let letters: Vec<char> = std::iter::once('<').chain(word.chars()).chain(std::iter::once('>')).collect();
    if letters.len() < 6 {
        Vec::new()
    } else {
        letters.windows(3).map(|three| three.iter().collect()).collect()
    }
}

fn spread(sum: &mut [f32; WIDTH], hash: u64, weight: f32) {
    for salt in 0..SPREAD {
        let bits = scatter(hash, salt + 500);
        if let Some(number) = sum.get_mut(bits as usize % WIDTH) {
            *number += if bits >> 63 == 0 { weight } else { -weight };
        }
    }
}

/// What a clip's title, topics and spoken words are about: of length 1, or all 0 where nothing is said. A word said often
/// counts as its logarithm.
#[must_use]
pub fn vector(title: &str, topics: &[&str], spoken: &str, common: &Common) -> [f32; WIDTH] {
    let mut said: Vec<(String, f32)> = words(title).map(|word| (word, TITLE)).collect();
    said.extend(words(spoken).map(|word| (word, SPOKEN)));
    said.sort_unstable_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)));
    let mut sum = [0.0_f32; WIDTH];
    for same in said.chunk_by(|a, b| a.0 == b.0) {
        let Some((word, _)) = same.first() else { continue };
        let often = same.iter().map(|one| one.1).sum::<f32>().ln_1p();
        let hashed = hash(word);
        let weight = often * common.rarity(hashed);
        spread(&mut sum, hashed, weight);
        let parts = parts(word);
        let share = PARTS * weight / (parts.len().max(1) as f32).sqrt();
        parts.iter().for_each(|part| spread(&mut sum, hash(part), share));
    }
    for topic in topics {
        spread(&mut sum, scatter(hash(topic), 3), TOPIC);
    }
    let length = sum.iter().map(|value| value * value).sum::<f32>().sqrt();
    if length > 0.0 && length.is_finite() { sum.map(|value| value / length) } else { [0.0; WIDTH] }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn like(a: &[f32; WIDTH], b: &[f32; WIDTH]) -> f32 {
        a.iter().zip(b).map(|(a, b)| a * b).sum()
    }

    fn common() -> Common {
        let mut common = Common::default();
        for text in [
            "the light of the sun and the sea",
            "the bread and the oven",
            "the rules of chess and the board",
            "why the sky is blue",
            "how the heart beats",
            "the speed of light",
            "the borrow checker of rust",
        ] {
            common.add(text);
        }
        (0..40).for_each(|at| common.add(&format!("the word{at} of the matter{at}, and how")));
        common
    }

    #[test]
    fn texts_of_one_matter_are_nearer_than_texts_that_share_what_all_share() {
        let common = common();
        let of = |title: &str| vector(title, &[], "", &common);
        let light = of("The light of the stars");
        assert!(like(&light, &of("How light is bent")) > like(&light, &of("The history of the bread")) + 0.1);
        let arabic = of("سرعة الضوء في الماء");
        assert!(like(&arabic, &of("انكسار الضوء في الماء")) > like(&arabic, &of("خبز البيت")));
        let chinese = of("光的速度");
        assert!(like(&chinese, &of("光的折射速度")) > like(&chinese, &of("面包")));
    }

    #[test]
    fn forms_of_a_word_are_near() {
        let of = |title: &str| vector(title, &[], "", &Common::default());
        assert!(like(&of("photosynthesis"), &of("photosynthetic")) > 0.2);
    }

    proptest! {
        #[test]
        fn any_text_gives_a_vector_of_length_one_or_nothing(title in "\\PC{0,60}", spoken in "\\PC{0,200}", topic in "\\PC{0,20}") {
            let vector = vector(&title, &[&topic], &spoken, &common());
            prop_assert!(vector.iter().all(|value| value.is_finite()));
            let length = like(&vector, &vector);
            prop_assert!(length == 0.0 || (length - 1.0).abs() < 1e-4);
        }
    }

    #[test]
    fn nothing_said_is_nothing() {
        assert_eq!(vector("", &[], "  ...", &common()), [0.0; WIDTH]);
    }
}
