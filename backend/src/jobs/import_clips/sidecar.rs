//! What goes with a film of a folder: rows of a table (`*.tsv` with a column `file`), `FILE.json` beside `FILE`, captions
//! as `NAME.vtt`, `NAME.srt` or `NAME.en.vtt`. Everything is optional; values over a limit are cut.

use anyhow::Context;
use minnow_shared::{
    TopicId,
    caption::{self, CaptionTrack},
    limit,
    question::QuestionDraft,
};
use serde_json::Value;
use std::{
    collections::{BTreeMap, HashMap, HashSet},
    fs,
    path::{Path, PathBuf},
};

const TABLE_MAX_BYTES: u64 = 8 << 20;

/// All that goes with one film.
#[derive(Debug, Clone, PartialEq)]
pub struct Sidecar {
    pub title: String,
    pub topics: Vec<String>,
    pub licence: String,
    pub language: String,
    pub source_url: Option<String>,
    pub alt: String,
    /// A handle.
    pub author: String,
    pub captions: Vec<CaptionTrack>,
    pub question: Option<QuestionDraft>,
}

/// What a folder's tables and side files say, by file name.
pub struct Sidecars {
    rows: HashMap<String, BTreeMap<String, String>>,
    /// By the film's name: file and language of each caption file.
    captions: HashMap<String, Vec<(PathBuf, Option<String>)>>,
}

impl Sidecars {
    /// Reads a folder: the films of it, in the order of their names, and what goes with them.
    ///
    /// # Errors
    /// When the folder cannot be read. A table or side file that cannot be is said so and left out.
    pub fn read(root: &Path) -> anyhow::Result<(Vec<PathBuf>, Self)> {
        let mut files = Vec::new();
        for entry in fs::read_dir(root).with_context(|| format!("cannot read {}", root.display()))? {
            let path = entry?.path();
            // A link may point anywhere; what it leads to must lie in the folder.
            let inside = path.canonicalize().is_ok_and(|real| real.starts_with(root) && real.is_file());
            if inside {
                files.push(path);
            }
        }
        files.sort();
        let names: HashSet<String> = files.iter().map(|f| name(f)).collect();
        let mut sidecars = Self { rows: HashMap::new(), captions: HashMap::new() };
        let mut used: HashSet<PathBuf> = HashSet::new();
        for file in &files {
            let own = name(file);
            if own.ends_with(".tsv") && sidecars.read_table(file).unwrap_or_else(|why| left_out(file, &why)) {
                used.insert(file.clone());
            }
            if let Some(film) = own.strip_suffix(".json").filter(|film| names.contains(*film)) {
                sidecars.read_json(film, file).unwrap_or_else(|why| left_out(file, &why));
                used.insert(file.clone());
            }
        }
        let named: Vec<(String, PathBuf)> = sidecars
            .rows
            .iter()
            .filter_map(|(film, row)| {
                Some((film.clone(), root.join(Path::new(row.get("captions")?).file_name()?)))
            })
            .collect();
        for (film, file) in named {
            if files.contains(&file) {
                used.insert(file.clone());
                sidecars.captions.entry(film).or_default().push((file, None));
            }
        }
        sidecars.find_captions(&files, &mut used);
        files.retain(|file| !used.contains(file));
        Ok((files, sidecars))
    }

    /// Whether it was a table of films: its first line has a column `file`.
    fn read_table(&mut self, path: &Path) -> anyhow::Result<bool> {
        let Some(text) = read_text(path)? else { return Ok(false) };
        let mut lines = text.lines().map(|line| line.split('\t').map(str::trim));
        let columns: Vec<String> = lines.next().into_iter().flatten().map(str::to_lowercase).collect();
        if !columns.iter().any(|c| c == "file") {
            return Ok(false);
        }
        for line in lines {
            let row: BTreeMap<String, String> =
                columns.iter().cloned().zip(line.map(str::to_owned)).filter(|(_, v)| !v.is_empty()).collect();
            let film = row
                .get("file")
                .and_then(|f| Path::new(f).file_name())
                .map(|f| f.to_string_lossy().into_owned());
            if let Some(film) = film {
                self.rows.entry(film).or_default().extend(row);
            }
        }
        Ok(true)
    }

    fn read_json(&mut self, film: &str, path: &Path) -> anyhow::Result<()> {
        let Some(text) = read_text(path)? else { return Ok(()) };
        let value: Value =
            serde_json::from_str(&text).with_context(|| format!("{} is not JSON", path.display()))?;
        let row = self.rows.entry(film.to_owned()).or_default();
        for (key, value) in value.as_object().into_iter().flatten() {
            let text = match value {
                Value::String(text) => text.clone(),
                Value::Array(all) => all.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(","),
                other => other.to_string(),
            };
            row.insert(key.to_lowercase(), text);
        }
        Ok(())
    }

    /// `NAME.vtt`, `NAME.srt`, `NAME.en.vtt` beside a film `NAME.*`.
    fn find_captions(&mut self, files: &[PathBuf], used: &mut HashSet<PathBuf>) {
        let is_caption = |file: &Path| {
            file.extension().is_some_and(|e| e.eq_ignore_ascii_case("vtt") || e.eq_ignore_ascii_case("srt"))
        };
        for file in files.iter().filter(|f| is_caption(f)) {
            let stem = stem(file);
            let film_of = |stem: &str| {
                files.iter().filter(|f| !is_caption(f) && !used.contains(*f)).find(|f| self::stem(f) == stem)
            };
            let found = match (film_of(&stem), stem.rsplit_once('.')) {
                (Some(film), _) => Some((film, None)),
                (None, Some((stem, language))) => film_of(stem).map(|film| (film, Some(language.to_owned()))),
                (None, None) => None,
            };
            if let Some((film, language)) = found {
                let tracks = self.captions.entry(name(film)).or_default();
                if !tracks.iter().any(|(known, _)| known == file) {
                    tracks.push((file.clone(), language));
                }
                used.insert(file.clone());
            }
        }
    }

    /// What goes with a film; what is not said is told from its name.
    pub fn of(&self, file: &Path) -> Sidecar {
        let own = name(file);
        let row = self.rows.get(&own);
        let said = |keys: &[&str]| {
            keys.iter().find_map(|key| row?.get(*key)).map(|v| v.trim()).filter(|v| !v.is_empty())
        };
        let language = cut(said(&["language", "lang"]).unwrap_or("en"), limit::LANGUAGE);
        let title = said(&["title"]).map_or_else(|| title_of(&stem(file)), str::to_owned);
        let topics = said(&["topics", "topic", "category"]).unwrap_or("general");
        let source = said(&["source_url", "source", "url"]);
        Sidecar {
            topics: topics
                .split([',', ';'])
                .map(str::trim)
                .filter(|t| !t.is_empty())
                .take(limit::TOPICS_PER_CLIP)
                .map(str::to_owned)
                .collect(),
            licence: cut(said(&["licence", "license"]).unwrap_or("unknown"), limit::LICENCE),
            source_url: source
                .filter(|s| s.starts_with("http") && s.chars().count() <= limit::SOURCE_URL)
                .map(str::to_owned),
            alt: cut(said(&["alt", "description"]).unwrap_or(&title), limit::ALT),
            author: said(&["author"]).and_then(handle_of).unwrap_or_else(|| "import".into()),
            captions: self.tracks(&own, &language),
            question: self.question(&own),
            title: cut(&title, limit::TITLE),
            language,
        }
    }

    /// As the studio writes it; one that does not pass its own check is left out and said so.
    fn question(&self, film: &str) -> Option<QuestionDraft> {
        let text = self.rows.get(film)?.get("question")?;
        let read = serde_json::from_str::<QuestionDraft>(text).map_err(|e| e.to_string());
        let read =
            read.and_then(|q| if text.contains("\\u0000") { Err("it holds a NUL".into()) } else { Ok(q) });
        match read.and_then(|q| q.check(None).map(|()| q).map_err(|p| format!("{}: {}", p.field, p.detail))) {
            Ok(question) => Some(question),
            Err(why) => {
                tracing::warn!(film, why, "the question was left out");
                None
            }
        }
    }

    fn tracks(&self, film: &str, language: &str) -> Vec<CaptionTrack> {
        let files = self.captions.get(film).map(Vec::as_slice).unwrap_or_default();
        let mut tracks: Vec<CaptionTrack> = Vec::new();
        for (file, own) in files.iter().take(limit::CAPTION_TRACKS) {
            let Ok(Some(text)) = read_text(file) else { continue };
            let captions = caption::parse(&text);
            if !captions.problems.is_empty() {
                tracing::warn!(file = %file.display(), problems = captions.problems.len(), "captions read in part");
            }
            let language = cut(own.as_deref().unwrap_or(language), limit::LANGUAGE);
            if !captions.cues.is_empty() && !tracks.iter().any(|t| t.language == language) {
                tracks.push(CaptionTrack { language, cues: captions.cues });
            }
        }
        // The film's own language first.
        tracks.sort_by_key(|track| track.language != language);
        tracks
    }
}

fn name(file: &Path) -> String {
    file.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

fn stem(file: &Path) -> String {
    file.file_stem().unwrap_or_default().to_string_lossy().into_owned()
}

/// At most so many characters, none of them a control character: databases do not take all of those.
fn cut(text: &str, most: usize) -> String {
    text.chars().filter(|c| !c.is_control()).take(most).collect()
}

/// Says that a table or side file could not be read; the films are imported without it.
fn left_out<T: Default>(file: &Path, why: &anyhow::Error) -> T {
    tracing::warn!(file = %file.display(), why = format!("{why:#}"), "left out");
    T::default()
}

/// `None` for a file that is no text or far too large to be a table.
fn read_text(path: &Path) -> anyhow::Result<Option<String>> {
    let size = fs::metadata(path)?.len();
    if size > TABLE_MAX_BYTES {
        return Ok(None);
    }
    let bytes = fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
    Ok(Some(String::from_utf8_lossy(&bytes).trim_start_matches('\u{feff}').to_owned()))
}

/// A title from a file's name: words apart, the first letter large.
fn title_of(stem: &str) -> String {
    let words = stem.replace(['_', '-', '.'], " ");
    let text = words.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut letters = text.chars();
    match letters.next() {
        Some(first) => cut(&(first.to_uppercase().collect::<String>() + letters.as_str()), limit::TITLE),
        None => "Untitled".into(),
    }
}

/// A topic's id from its name.
pub fn topic_id(name: &str) -> Option<TopicId> {
    TopicId::parse(&cut(&plain(name), limit::TOPIC_ID)).ok()
}

/// A topic's name as it is shown: as written, the first letter large.
pub fn topic_name(name: &str) -> String {
    title_of(name)
}

fn handle_of(author: &str) -> Option<String> {
    let handle = cut(&plain(author), limit::HANDLE);
    limit::handle(&handle).is_ok().then_some(handle)
}

/// Lower-case ASCII letters and digits, hyphens for everything between.
fn plain(text: &str) -> String {
    let mut plain = String::new();
    for c in text.to_lowercase().chars() {
        if c.is_ascii_alphanumeric() {
            plain.push(c);
        } else if !plain.is_empty() && !plain.ends_with('-') {
            plain.push('-');
        }
    }
    plain.trim_end_matches('-').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in files {
            fs::write(folder.path().join(name), text).unwrap();
        }
        folder
    }

    #[test]
    fn a_table_a_json_file_and_captions_go_with_their_films_and_are_no_films() {
        let vtt = "WEBVTT\n\n00:00.000 --> 00:01.000\nhello\n";
        let folder = folder(&[
            ("a b.mp4", ""),
            ("-c.webm", ""),
            ("d.mov", ""),
            (
                "clips.tsv",
                "file\ttitle\ttopics\tlicence\tlanguage\nvideo/a b.mp4\tThe A\tPhysics, Home Life\tCC0\tit\n",
            ),
            (
                "-c.webm.json",
                r#"{"title":"C","topics":["x"],"author":"Ada Lovelace","captions":"other.srt"}"#,
            ),
            ("a b.vtt", vtt),
            ("a b.en.vtt", vtt),
            ("other.srt", "1\n00:00:00,000 --> 00:00:01,000\nhi\n"),
            ("lonely.vtt", vtt),
            ("notes.tsv", "x\ty\n"),
        ]);
        let root = folder.path().canonicalize().unwrap();
        let (files, sidecars) = Sidecars::read(&root).unwrap();
        let names: Vec<String> = files.iter().map(|f| name(f)).collect();
        assert_eq!(
            names,
            ["-c.webm", "a b.mp4", "d.mov", "lonely.vtt", "notes.tsv"],
            "what goes with nothing is a file"
        );
        let a = sidecars.of(&root.join("a b.mp4"));
        assert_eq!((a.title.as_str(), a.licence.as_str(), a.language.as_str()), ("The A", "CC0", "it"));
        assert_eq!(a.topics, ["Physics", "Home Life"]);
        assert_eq!(a.captions.iter().map(|t| t.language.as_str()).collect::<Vec<_>>(), ["it", "en"]);
        let c = sidecars.of(&root.join("-c.webm"));
        assert_eq!((c.author.as_str(), c.captions.len()), ("ada-lovelace", 1));
        let d = sidecars.of(&root.join("d.mov"));
        assert_eq!((d.title.as_str(), d.licence.as_str(), d.author.as_str()), ("D", "unknown", "import"));
        assert_eq!((d.topics, d.captions), (vec!["general".to_owned()], vec![]));
    }

    #[test]
    fn links_out_of_the_folder_are_left_alone() {
        let folder = folder(&[("inside.mp4", "")]);
        std::os::unix::fs::symlink("/etc/passwd", folder.path().join("out.mp4")).unwrap();
        std::os::unix::fs::symlink("inside.mp4", folder.path().join("link.mp4")).unwrap();
        fs::create_dir(folder.path().join("sub.mp4")).unwrap();
        let (files, _) = Sidecars::read(&folder.path().canonicalize().unwrap()).unwrap();
        assert_eq!(files.iter().map(|f| name(f)).collect::<Vec<_>>(), ["inside.mp4", "link.mp4"]);
    }

    #[test]
    fn names_become_titles_topics_and_handles() {
        assert_eq!(title_of("manim__example_scenes"), "Manim example scenes");
        assert_eq!(title_of("-"), "Untitled");
        assert_eq!(topic_id("Sign Language!").unwrap().as_str(), "sign-language");
        assert_eq!(topic_id("—"), None);
        assert_eq!(handle_of("3 Blue"), None);
    }
}
