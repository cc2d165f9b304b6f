//! What goes with a film of a folder: rows of a table (`*.tsv` or `*.json` with a column `file`), `FILE.json` or `NAME.json`
//! beside it, captions as `NAME.vtt`, `NAME.srt` or `NAME.en.vtt`. Everything is optional; values over a limit are cut.

use super::{
    folder::{Folder, relative},
    text::{cells, read_text},
};
use minnow_shared::{
    TopicId,
    caption::{self, CaptionTrack},
    limit,
    question::QuestionDraft,
};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};
use std::{
    collections::{BTreeMap, HashMap, HashSet},
    path::{Path, PathBuf},
};

/// Whose clips are that name no author.
pub const NOBODY: &str = "import";
/// Columns that name the film.
const FILE: [&str; 6] = ["file", "filename", "file_name", "path", "video", "clip"];
/// Columns that name its captions.
const CAPTIONS: [&str; 4] = ["captions", "caption", "subtitles", "vtt"];
/// Members of a JSON file that hold a table.
const TABLES: [&str; 3] = ["clips", "videos", "files"];

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

/// What a folder's tables and side files say, by the film's path in the folder.
pub struct Sidecars {
    root: PathBuf,
    rows: HashMap<String, BTreeMap<String, String>>,
    /// File and language of each caption file.
    captions: HashMap<String, Vec<(PathBuf, Option<String>)>>,
}

impl Sidecars {
    /// Reads a folder: the films of it, in the order of their names, and what goes with them.
    ///
    /// # Errors
    /// When the folder cannot be read. A table or side file that cannot be is said so and left out.
    pub fn read(root: &Path) -> anyhow::Result<(Folder, Self)> {
        let mut folder = Folder::read(root)?;
        let mut sidecars = Self { root: root.to_owned(), rows: HashMap::new(), captions: HashMap::new() };
        let mut used: HashSet<PathBuf> = HashSet::new();
        // Tables first: what is said of one film alone counts more.
        for file in folder.files.iter().filter(|file| has_ending(file, "tsv")) {
            if sidecars.read_table(file, &folder.files).unwrap_or_else(|why| left_out(file, &why)) {
                used.insert(file.clone());
            }
        }
        for file in folder.files.iter().filter(|file| has_ending(file, "json")) {
            if sidecars.read_json(file, &folder.files).unwrap_or_else(|why| left_out(file, &why)) {
                used.insert(file.clone());
            }
        }
        sidecars.find_named_captions(&folder.files, &mut used);
        sidecars.find_captions(&folder.files, &mut used);
        folder.files.retain(|file| !used.contains(file));
        Ok((folder, sidecars))
    }

    fn name(&self, file: &Path) -> String {
        relative(&self.root, file)
    }

    /// Whether it was a table of films: its first line has a column of files.
    fn read_table(&mut self, path: &Path, files: &[PathBuf]) -> anyhow::Result<bool> {
        let Some(text) = read_text(path)? else { return Ok(false) };
        let mut lines = text.lines().map(cells);
        let columns: Vec<String> =
            lines.next().unwrap_or_default().iter().map(|column| column.to_lowercase()).collect();
        if !columns.iter().any(|column| FILE.contains(&column.as_str())) {
            return Ok(false);
        }
        for line in lines {
            let row: BTreeMap<String, String> =
                columns.iter().cloned().zip(line).filter(|(_, value)| !value.is_empty()).collect();
            self.add_row(path, files, row);
        }
        Ok(true)
    }

    /// Gives a table's row to the films it names: by their path from the table on, else by their name alone.
    fn add_row(&mut self, table: &Path, files: &[PathBuf], row: BTreeMap<String, String>) {
        let Some(named) = FILE.iter().find_map(|column| row.get(*column)) else { return };
        let named = PathBuf::from(named.replace('\\', "/"));
        let beside = table.parent().map(|folder| folder.join(&named));
        let films: Vec<String> = match files.iter().find(|file| Some(*file) == beside.as_ref()) {
            Some(film) => vec![self.name(film)],
            None => files
                .iter()
                .filter(|file| file.file_name() == named.file_name())
                .map(|film| self.name(film))
                .collect(),
        };
        for film in films {
            self.rows.entry(film).or_default().extend(row.clone());
        }
    }

    /// Whether it went with films: it has the name of one, or is a table of them.
    fn read_json(&mut self, path: &Path, files: &[PathBuf]) -> anyhow::Result<bool> {
        let own = stem(path);
        let plain = own.strip_suffix(".info").unwrap_or(&own);
        let films: Vec<String> = files
            .iter()
            .filter(|file| file.parent() == path.parent() && !is_side_file(file))
            .filter(|file| last_name(file) == own || stem(file) == plain)
            .map(|film| self.name(film))
            .collect();
        let Some(text) = read_text(path)? else { return Ok(!films.is_empty()) };
        let value: Value = match serde_json::from_str(&text) {
            Ok(value) => value,
            Err(error) if films.is_empty() => {
                tracing::debug!(file = %path.display(), %error, "no JSON");
                return Ok(false);
            }
            Err(error) => {
                left_out::<()>(path, &anyhow::Error::from(error).context("it is not JSON"));
                return Ok(true);
            }
        };
        for film in &films {
            let row = self.rows.entry(film.clone()).or_default();
            row.extend(value.as_object().map(texts).unwrap_or_default());
        }
        Ok(!films.is_empty() || self.read_json_table(path, files, &value))
    }

    /// A list of objects that name their file, alone or under `clips`.
    fn read_json_table(&mut self, path: &Path, files: &[PathBuf], value: &Value) -> bool {
        let list = value.as_array().or_else(|| TABLES.iter().find_map(|name| value.get(name)?.as_array()));
        let rows: Vec<BTreeMap<String, String>> = list
            .into_iter()
            .flatten()
            .filter_map(Value::as_object)
            .map(texts)
            .filter(|row| FILE.iter().any(|column| row.contains_key(*column)))
            .collect();
        let is_table = !rows.is_empty();
        rows.into_iter().for_each(|row| self.add_row(path, files, row));
        is_table
    }

    /// Captions that a row names: files of the folder, by their name alone.
    fn find_named_captions(&mut self, files: &[PathBuf], used: &mut HashSet<PathBuf>) {
        let mut found = Vec::new();
        for (film, row) in &self.rows {
            let said =
                CAPTIONS.iter().find_map(|column| row.get(*column)).filter(|text| !text.contains("-->"));
            for one in said.map(|text| named_captions(text)).unwrap_or_default() {
                let (name, language) = one;
                let beside = self.root.join(film).with_file_name(&name);
                let file = files
                    .iter()
                    .find(|file| **file == beside)
                    .or_else(|| files.iter().find(|file| last_name(file) == name));
                match file {
                    Some(file) => found.push((film.clone(), file.clone(), language)),
                    None => tracing::warn!(film, captions = name, "there are no such captions"),
                }
            }
        }
        for (film, file, language) in found {
            used.insert(file.clone());
            self.captions.entry(film).or_default().push((file, language));
        }
    }

    /// `NAME.vtt`, `NAME.srt`, `NAME.en.vtt` beside a film `NAME.*`.
    fn find_captions(&mut self, files: &[PathBuf], used: &mut HashSet<PathBuf>) {
        for file in files.iter().filter(|f| is_caption(f)) {
            let own = stem(file);
            let films_of = |name: &str| -> Vec<&PathBuf> {
                let beside = files.iter().filter(|f| f.parent() == file.parent());
                let films = beside.filter(|f| !is_side_file(f) && !used.contains(*f));
                films.filter(|f| stem(f) == name || last_name(f) == name).collect()
            };
            let (mut films, mut language) = (films_of(&own), None);
            if films.is_empty()
                && let Some((name, tag)) = own.rsplit_once('.')
            {
                (films, language) = (films_of(name), Some(tag.to_owned()));
            }
            let films: Vec<String> = films.into_iter().map(|film| self.name(film)).collect();
            for film in &films {
                let tracks = self.captions.entry(film.clone()).or_default();
                if !tracks.iter().any(|(known, _)| known == file) {
                    tracks.push((file.clone(), language.clone()));
                }
            }
            if !films.is_empty() {
                used.insert(file.clone());
            }
        }
    }

    /// What goes with a film; what is not said is told from its name.
    pub fn of(&self, file: &Path) -> Sidecar {
        let own = self.name(file);
        let row = self.rows.get(&own);
        let said = |keys: &[&str]| {
            keys.iter().find_map(|key| row?.get(*key)).map(|v| v.trim()).filter(|v| !v.is_empty())
        };
        let language = cut(said(&["language", "lang"]).unwrap_or("en"), limit::LANGUAGE);
        let title = said(&["title"]).map_or_else(|| title_of(&stem(file)), str::to_owned);
        let topics = said(&["topics", "topic", "categories", "category"]).unwrap_or("general");
        let source = said(&["source_url", "source", "webpage_url", "url"]);
        let mut topics: Vec<String> = topics
            .split([',', ';'])
            .map(str::trim)
            .filter(|topic| topic_id(topic).is_some())
            .take(limit::TOPICS_PER_CLIP)
            .map(str::to_owned)
            .collect();
        if topics.is_empty() {
            topics.push("general".into());
        }
        Sidecar {
            topics,
            licence: cut(said(&["licence", "license"]).unwrap_or("unknown"), limit::LICENCE),
            source_url: source
                .filter(|s| s.starts_with("http") && s.chars().count() <= limit::SOURCE_URL)
                .map(str::to_owned),
            alt: cut(said(&["alt", "description"]).unwrap_or(&title), limit::ALT),
            author: said(&["author"]).and_then(handle_of).unwrap_or_else(|| NOBODY.into()),
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
        let row = self.rows.get(film);
        if let Some(text) = CAPTIONS.iter().find_map(|column| row?.get(*column)).filter(|t| t.contains("-->"))
        {
            let cues = caption::parse(text).cues;
            tracks.extend((!cues.is_empty()).then(|| CaptionTrack { language: language.to_owned(), cues }));
        }
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

fn last_name(file: &Path) -> String {
    file.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

fn stem(file: &Path) -> String {
    file.file_stem().unwrap_or_default().to_string_lossy().into_owned()
}

fn has_ending(file: &Path, ending: &str) -> bool {
    file.extension().is_some_and(|own| own.eq_ignore_ascii_case(ending))
}

fn is_caption(file: &Path) -> bool {
    has_ending(file, "vtt") || has_ending(file, "srt")
}

/// Whether its ending is one of tables, side files or captions.
fn is_side_file(file: &Path) -> bool {
    is_caption(file) || has_ending(file, "json") || has_ending(file, "tsv")
}

/// The members of an object as texts: lists with commas between, captions a line each with their language before.
fn texts(object: &Map<String, Value>) -> BTreeMap<String, String> {
    let text = |value: &Value| match value {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        Value::Array(all) if all.iter().any(Value::is_object) => {
            Some(all.iter().filter_map(named_file).collect::<Vec<_>>().join(","))
        }
        Value::Array(all) => Some(all.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(",")),
        other => Some(other.to_string()),
    };
    object.iter().filter_map(|(key, value)| Some((key.to_lowercase(), text(value)?))).collect()
}

/// `{"file": "a.it.vtt", "language": "it"}` as `it=a.it.vtt`.
fn named_file(value: &Value) -> Option<String> {
    let said = |names: &[&str]| names.iter().find_map(|name| value.get(name)?.as_str());
    let file = value.as_str().or_else(|| said(&["file", "src", "path"]))?;
    Some(match said(&["language", "lang", "srclang"]) {
        Some(language) => format!("{language}={file}"),
        None => file.to_owned(),
    })
}

/// Names of caption files, none of them a path, with the language that is said of each.
fn named_captions(text: &str) -> Vec<(String, Option<String>)> {
    let one = |text: &str| {
        let (language, file) = match text.split_once('=') {
            Some((language, file)) if language.len() <= limit::LANGUAGE => (Some(language.to_owned()), file),
            _ => (None, text),
        };
        let name = Path::new(file.trim()).file_name()?;
        Some((name.to_string_lossy().into_owned(), language))
    };
    text.split([',', ';']).filter_map(one).collect()
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

/// A topic's id from its name; one in another script than Latin has an id that says nothing. `None` for a name without a
/// letter or digit.
pub fn topic_id(name: &str) -> Option<TopicId> {
    let plain = cut(&plain(name), limit::TOPIC_ID);
    if plain.is_empty() && name.chars().any(char::is_alphanumeric) {
        let digest = Sha256::digest(name.trim().to_lowercase().as_bytes());
        let digits: String = digest.iter().take(6).map(|byte| format!("{byte:02x}")).collect();
        return TopicId::parse(&format!("topic-{digits}")).ok();
    }
    TopicId::parse(plain.trim_end_matches('-')).ok()
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
    use std::fs;

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
        let (films, sidecars) = Sidecars::read(&root).unwrap();
        let names: Vec<String> = films.files.iter().map(|f| last_name(f)).collect();
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
    fn tables_are_read_as_spreadsheets_write_them_and_lead_nowhere_else() {
        let vtt = "WEBVTT\n\n00:00.000 --> 00:01.000\nhello\n";
        let folder = folder(&[
            ("a.mp4", ""),
            ("b.mp4", ""),
            ("c.mp4", ""),
            ("d.mp4", ""),
            ("cap.vtt", vtt),
            (
                "Clips.TSV",
                "\u{feff}FileName\tTitle\ttopics\tcaptions\r\na.mp4\t\"Say \"\"hi\"\"\"\t\"maths;physics\"\t../../etc/passwd\r\n\
                 /etc/b.mp4\tAbsolute\t数学, —\tcap.vtt\r\n..\\..\\c.mp4\tUp\t—\t\r\ngone.mp4\tGone\t\t\r\n\r\n",
            ),
            ("d.json", r#"{"title":"D","topics":["x"],"captions":[{"file":"cap.vtt","language":"it"}]}"#),
        ]);
        let root = folder.path().canonicalize().unwrap();
        let (films, sidecars) = Sidecars::read(&root).unwrap();
        let names: Vec<String> = films.files.iter().map(|f| last_name(f)).collect();
        assert_eq!(names, ["a.mp4", "b.mp4", "c.mp4", "d.mp4"], "tables and side files are no films");
        let of = |name: &str| sidecars.of(&root.join(name));
        assert_eq!((of("a.mp4").title.as_str(), of("a.mp4").captions.len()), ("Say \"hi\"", 0));
        assert_eq!(of("a.mp4").topics, ["maths", "physics"]);
        assert_eq!((of("b.mp4").title.as_str(), of("b.mp4").captions.len()), ("Absolute", 1));
        assert_eq!(of("b.mp4").topics, ["数学"], "a topic in another script is a topic");
        assert_eq!((of("c.mp4").title.as_str(), of("c.mp4").topics), ("Up", vec!["general".to_owned()]));
        assert_eq!((of("d.mp4").title.as_str(), of("d.mp4").captions[0].language.as_str()), ("D", "it"));
    }

    #[test]
    fn folders_in_the_folder_count_and_a_json_list_is_a_table() {
        let folder = folder(&[
            ("a.mp4", ""),
            ("clips.json", r#"[{"file":"a.mp4","title":"Top"},{"file":"in/a.mp4","title":"Inside"}]"#),
        ]);
        fs::create_dir(folder.path().join("in")).unwrap();
        fs::write(folder.path().join("in/a.mp4"), "").unwrap();
        fs::write(folder.path().join("in/a.mp4.srt"), "1\n00:00:00,000 --> 00:00:01,000\nhi\n").unwrap();
        let root = folder.path().canonicalize().unwrap();
        let (films, sidecars) = Sidecars::read(&root).unwrap();
        let names: Vec<String> = films.files.iter().map(|f| relative(&root, f)).collect();
        assert_eq!(names, ["a.mp4", "in/a.mp4"]);
        let (top, inside) = (sidecars.of(&root.join("a.mp4")), sidecars.of(&root.join("in/a.mp4")));
        assert_eq!((top.title.as_str(), top.captions.len()), ("Top", 0));
        assert_eq!((inside.title.as_str(), inside.captions[0].language.as_str()), ("Inside", "en"));
    }

    #[test]
    fn names_become_titles_topics_and_handles() {
        assert_eq!(title_of("manim__example_scenes"), "Manim example scenes");
        assert_eq!(title_of("-"), "Untitled");
        assert_eq!(topic_id("Sign Language!").unwrap().as_str(), "sign-language");
        assert_eq!(topic_id("—"), None);
        assert_ne!(topic_id("数学").unwrap(), topic_id("物理").unwrap());
        assert_eq!(handle_of("3 Blue"), None);
    }
}
