//! From trunk's output and our sources to hashed files: wasm-opt for the wasm, esbuild for scripts and style sheets.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde_json::json;
use sha2::{Digest, Sha256, Sha384};

use super::{Mode, hex, lean};
use crate::cargo::{self, BROWSER_TARGET, FRONTEND};
use crate::steps::run as run_command;
use crate::words;
use crate::workspace::{Workspace, files_under};

/// What the browser needs of the wasm is what rustc turns on by default for wasm32.
const WASM_OPT: [&str; 9] = [
    "-Oz",
    "--enable-bulk-memory",
    "--enable-nontrapping-float-to-int",
    "--enable-sign-ext",
    "--enable-mutable-globals",
    "--enable-reference-types",
    "--enable-multivalue",
    "--strip-debug",
    "--strip-producers",
];

/// A file whose name carries the hash of its content.
pub struct Asset {
    /// As the browser asks for it: `/assets/boot-0123456789abcdef.js`.
    pub url: String,
    /// For the `integrity` attribute.
    pub integrity: String,
}

/// One program of the app: its glue, which boot.js imports, and its code.
pub struct Entry {
    pub script: Asset,
    pub wasm: Asset,
}

pub struct Bundler<'a> {
    frontend: PathBuf,
    work: PathBuf,
    cache: PathBuf,
    npm: &'a Path,
    staging: &'a Path,
    mode: Mode,
}

impl<'a> Bundler<'a> {
    pub fn new(workspace: &Workspace, npm: &'a Path, staging: &'a Path, mode: Mode) -> Result<Self> {
        let work = staging.join(".work");
        fs::create_dir_all(&work)?;
        fs::create_dir_all(staging.join("assets"))?;
        let cache = workspace.target.join("wasm-opt");
        Ok(Self { frontend: workspace.root.join("frontend"), work, cache, npm, staging, mode })
    }

    /// Writes `assets/<stem>-<hash>.<extension>`.
    pub fn asset(&self, stem: &str, extension: &str, content: &[u8]) -> Result<Asset> {
        let digest = hex(&Sha256::digest(content));
        let name = format!("{stem}-{}.{extension}", digest.get(..16).context("a digest has 64 digits")?);
        fs::write(self.staging.join("assets").join(&name), content)?;
        let integrity = format!("sha384-{}", BASE64.encode(Sha384::digest(content)));
        Ok(Asset { url: format!("/assets/{name}"), integrity })
    }

    /// One program of the app from what wasm-bindgen made of it: `<name>.js` (with its snippets) and `<name>_bg.wasm`.
    pub fn entry(&self, name: &str, built: &Path) -> Result<Entry> {
        let wasm = self.wasm(name, &built.join(format!("{name}_bg.wasm")))?;
        let output = self.work.join(format!("{name}.bundled.js"));
        let mut esbuild = self.esbuild(&built.join(format!("{name}.js")), &output);
        run_command(esbuild.args(["--bundle", "--format=esm", "--target=es2022"]))?;
        Ok(Entry { script: self.asset(name, "js", &fs::read(output)?)?, wasm })
    }

    /// wasm-opt's result is kept: a change of a style sheet must not wait for it.
    fn wasm(&self, name: &str, input: &Path) -> Result<Asset> {
        let built = fs::read(input).with_context(|| input.display().to_string())?;
        if self.mode == Mode::Dev {
            return self.asset(name, "wasm", &built);
        }
        let mut key = Sha256::new_with_prefix(&built);
        key.update(WASM_OPT.join(" "));
        let kept = self.cache.join(format!("{}.wasm", hex(&key.finalize())));
        if !kept.is_file() {
            fs::create_dir_all(&self.cache)?;
            let output = self.work.join("optimised.wasm");
            let mut wasm_opt = Command::new("node");
            wasm_opt
                .arg(self.npm.join("binaryen/bin/wasm-opt"))
                .args(WASM_OPT)
                .arg(input)
                .arg("-o")
                .arg(&output);
            run_command(&mut wasm_opt)?;
            fs::rename(&output, &kept).or_else(|_| fs::copy(&output, &kept).map(drop))?;
        }
        self.asset(name, "wasm", &fs::read(&kept)?)
    }

    /// `boot.js`, which knows the addresses of all programs, of the words of all languages, and of the style sheet that
    /// programs other than the feed's bring along.
    pub fn boot(&self, entries: &[(&str, &Entry, &Words)], style: &Asset) -> Result<Asset> {
        let address = |entry: &Entry| json!({"script": entry.script.url, "wasm": entry.wasm.url, "integrity": entry.wasm.integrity});
        let words: serde_json::Map<_, _> =
            entries.iter().map(|(name, _, words)| ((*name).to_owned(), addresses(words))).collect();
        let entries: serde_json::Map<_, _> =
            entries.iter().map(|(name, entry, _)| ((*name).to_owned(), address(entry))).collect();
        let style = json!({"href": style.url, "integrity": style.integrity});
        let output = self.work.join("boot.js");
        let mut esbuild = self.esbuild(&self.frontend.join("boot.js"), &output);
        esbuild.args(["--bundle", "--format=esm", "--target=es2022"]);
        esbuild.arg(format!("--define:MINNOW_ENTRIES={}", json!(entries)));
        esbuild.arg(format!("--define:MINNOW_WORDS={}", json!(words)));
        esbuild.arg(format!("--define:MINNOW_STYLE={style}"));
        // While developing, the network is the only truth, unless it is what happens without one that is looked at.
        let worker = self.mode == Mode::Release || std::env::var_os("MINNOW_SITE_WORKER").is_some();
        esbuild.arg(format!("--define:MINNOW_WORKER={worker}"));
        run_command(&mut esbuild)?;
        self.asset("boot", "js", &fs::read(output)?)
    }

    /// The words of each language as one flat JSON object, key to text: all of them, or only those that the feed's
    /// program can say.
    pub fn words(&self, of_the_feed: bool) -> Result<Words> {
        let name = if of_the_feed { "words-feed" } else { "words" };
        let said = if of_the_feed { Some(self.said_by_the_feed()?) } else { None };
        let mut files = Vec::new();
        for language in words::LANGUAGES {
            let path = self.frontend.join(format!("locales/{language}.yml"));
            let content = fs::read_to_string(&path).with_context(|| path.display().to_string())?;
            let (messages, complaints) = words::read(&content);
            if let Some((line, complaint)) = complaints.first() {
                bail!("{}:{line}: {complaint}", path.display());
            }
            let wanted = |key: &str| said.as_ref().is_none_or(|source| is_said(source, key));
            let texts: serde_json::Map<_, _> = messages
                .into_iter()
                .filter(|(key, _)| wanted(key))
                .map(|(key, (_, text))| (key, json!(text)))
                .collect();
            files.push((
                language,
                self.asset(&format!("{name}-{language}"), "json", json!(texts).to_string().as_bytes())?,
            ));
        }
        Ok(files)
    }

    /// The source of all that may run in the feed's program: everything but the other pages.
    fn said_by_the_feed(&self) -> Result<String> {
        let folder = self.frontend.join("src");
        let mut source = String::new();
        for file in files_under(&folder)? {
            let other_page = file.starts_with("pages") && !file.starts_with("pages/feed");
            // What opens over a clip brings all words along.
            if !other_page
                && !file.starts_with("ask")
                && !file.starts_with("over")
                && !file.starts_with("interest")
                && file.extension().is_some_and(|ending| ending == "rs")
            {
                source += &fs::read_to_string(folder.join(&file))?;
            }
        }
        Ok(source)
    }

    /// `entries.json`: for each program the tags that the server may write at `<!--minnow:entry-->`, so that the
    /// browser fetches the right one before boot.js asks for it.
    pub fn entries(&self, entries: &[(&str, &Entry, Option<&Asset>)]) -> Result<()> {
        let tags = entries.iter().map(|(name, entry, style)| {
            let style = style.map_or(String::new(), super::page::stylesheet);
            ((*name).to_owned(), json!(style + &super::page::preloads(entry)))
        });
        let tags: serde_json::Map<_, _> = tags.collect();
        Ok(fs::write(self.staging.join("entries.json"), json!(tags).to_string())?)
    }

    /// `styles/<name>.css` with its imports in one file; fonts and pictures it names become assets of their own.
    pub fn style(&self, name: &str) -> Result<Asset> {
        let folder = self.work.join("style");
        let output = folder.join(format!("{name}.css"));
        let mut esbuild = self.esbuild(&self.frontend.join(format!("styles/{name}.css")), &output);
        esbuild.args(["--bundle", "--asset-names=[name]-[hash]", "--public-path=/assets/"]);
        for extension in ["woff2", "svg", "png", "webp", "avif"] {
            esbuild.arg(format!("--loader:.{extension}=file"));
        }
        run_command(&mut esbuild)?;
        for file in
            files_under(&folder)?.iter().filter(|file| file.extension().is_some_and(|ending| ending != "css"))
        {
            fs::copy(folder.join(file), self.staging.join("assets").join(file))?;
        }
        self.asset(name, "css", &fs::read(output)?)
    }

    /// Pairs of the address in our sources (`/icons/icon.svg`) and the hashed one.
    pub fn icons(&self) -> Result<Vec<(String, String)>> {
        let folder = self.frontend.join("assets/icons");
        let mut renamed = Vec::new();
        for file in files_under(&folder)? {
            let name = file.to_str().context("icon names are plain")?;
            let (stem, extension) = name.rsplit_once('.').context("icon names have an ending")?;
            let asset = self.asset(stem, extension, &fs::read(folder.join(&file))?)?;
            renamed.push((format!("/icons/{name}"), asset.url));
        }
        Ok(renamed)
    }

    /// Drawings that the app names as they are, `/art/ill-empty.svg`: it is compiled before their hashes are known.
    pub fn art(&self) -> Result<()> {
        let folder = self.frontend.join("assets/art");
        let target = self.staging.join("art");
        fs::create_dir_all(&target)?;
        for file in files_under(&folder)? {
            fs::copy(folder.join(&file), target.join(&file)).with_context(|| file.display().to_string())?;
        }
        Ok(())
    }

    pub fn manifest(&self, icons: &[(String, String)]) -> Result<()> {
        let source =
            fs::read_to_string(self.frontend.join("assets/manifest.webmanifest")).context("the manifest")?;
        let parsed: serde_json::Value = serde_json::from_str(&source).context("the manifest is not JSON")?;
        for language in words::LANGUAGES {
            let path = self.frontend.join(format!("locales/{language}.yml"));
            let content = fs::read_to_string(&path).with_context(|| path.display().to_string())?;
            let manifest = in_language(&parsed, language, &words::read(&content).0)?;
            let hashed = super::page::rename_icons(&manifest.to_string(), icons);
            let name = match language {
                "en" => "manifest.webmanifest".to_owned(),
                other => format!("manifest.{other}.webmanifest"),
            };
            fs::write(self.staging.join(name), hashed)?;
        }
        Ok(())
    }

    /// `sw.js` with the list of what this build needs offline. Its version is the hash of all of that.
    pub fn worker(&self, shell: &Asset) -> Result<()> {
        let mut precache = Vec::new();
        let mut hash = Sha256::new();
        for folder in ["assets", "art"] {
            for file in files_under(&self.staging.join(folder))? {
                let name = format!("{folder}/{}", file.display());
                hash.update(&name);
                hash.update(Sha256::digest(fs::read(self.staging.join(&name))?));
                precache.push(format!("/{name}"));
            }
        }
        let version = hex(&hash.finalize());
        let mut esbuild = self.esbuild(&self.frontend.join("sw.js"), &self.staging.join("sw.js"));
        esbuild.arg("--target=es2022");
        esbuild.arg(format!("--define:MINNOW_VERSION={}", json!(version.get(..16))));
        esbuild.arg(format!("--define:MINNOW_PRECACHE={}", json!(precache)));
        esbuild.arg(format!("--define:MINNOW_SHELL_PAGE={}", json!(shell.url)));
        run_command(&mut esbuild)
    }

    /// The program that trunk compiled: `<name>_bg.wasm` in its folder.
    pub fn built_by_trunk(&self) -> Result<String> {
        let files = files_under(self.staging)?;
        let mut names = files.iter().filter_map(|file| file.to_str()?.strip_suffix("_bg.wasm"));
        names.next().map(str::to_owned).context("trunk left no wasm")
    }

    /// Compiles another program of the app, which trunk, having one for a page, does not. Returns its folder.
    pub fn build(&self, workspace: &Workspace, name: &str) -> Result<PathBuf> {
        let profile = if self.mode == Mode::Release { "wasm-release" } else { "wasm-dev" };
        let args =
            ["build", "--profile", profile, "--target", BROWSER_TARGET, "--package", FRONTEND, "--bin", name];
        let mut cargo = cargo::command(workspace, &args);
        if self.mode == Mode::Release && lean::is_on() {
            lean::apply(&mut cargo);
        }
        run_command(&mut cargo)?;
        let folder = self.work.join(name);
        let mut bindgen = Command::new(workspace.bin().join("wasm-bindgen"));
        bindgen.args(["--target", "web", "--no-typescript", "--out-name", name, "--out-dir"]).arg(&folder);
        run_command(
            bindgen.arg(workspace.target.join(BROWSER_TARGET).join(profile).join(format!("{name}.wasm"))),
        )?;
        Ok(folder)
    }

    /// What trunk put there and the page no longer names.
    pub fn remove_leftovers(&self, name: &str) -> Result<()> {
        fs::remove_dir_all(&self.work)?;
        for ending in [".js", "_bg.wasm", ".d.ts", "_bg.wasm.d.ts"] {
            let file = self.staging.join(format!("{name}{ending}"));
            if file.is_file() {
                fs::remove_file(file)?;
            }
        }
        let snippets = self.staging.join("snippets");
        if snippets.is_dir() {
            fs::remove_dir_all(snippets)?;
        }
        Ok(())
    }

    fn esbuild(&self, source: &Path, output: &Path) -> Command {
        let mut esbuild = Command::new("node");
        esbuild.arg(self.npm.join("esbuild/bin/esbuild")).arg(source);
        esbuild.arg(format!("--outfile={}", output.display()));
        esbuild.args(["--log-level=warning", "--legal-comments=none", "--charset=utf8"]);
        if self.mode == Mode::Release {
            esbuild.arg("--minify");
        }
        esbuild
    }
}

/// The manifest as it is read in one language: the same app under the same id, described in its words.
fn in_language(
    manifest: &serde_json::Value,
    language: &str,
    messages: &words::Messages,
) -> Result<serde_json::Value> {
    let (_, description) = messages.get("app.description").context("app.description is not said")?;
    let mut own = manifest.clone();
    own["lang"] = json!(language);
    own["dir"] = json!(if language == "ar" { "rtl" } else { "ltr" });
    own["description"] = json!(description);
    Ok(own)
}

/// The file of words of each language.
pub type Words = Vec<(&'static str, Asset)>;

fn addresses(words: &Words) -> serde_json::Value {
    let words: serde_json::Map<_, _> =
        words.iter().map(|(language, words)| ((*language).to_owned(), json!(words.url))).collect();
    json!(words)
}

/// Whether this source says a message: by its key, by the key of its plural forms, or by a key that is put together from
/// a beginning that ends in a dot.
fn is_said(source: &str, key: &str) -> bool {
    let mut begin = key;
    if source.contains(&format!("\"{key}\"")) {
        return true;
    }
    while let Some((parent, last)) = begin.rsplit_once('.') {
        let is_form = ["zero", "one", "two", "few", "many", "other"].contains(&last);
        let is_built =
            [format!("\"{parent}.\""), format!("\"{parent}.{{")].iter().any(|mark| source.contains(mark));
        if is_built || (is_form && source.contains(&format!("\"{parent}\""))) {
            return true;
        }
        begin = parent;
    }
    false
}

#[cfg(test)]
mod tests {
    use super::is_said;

    #[test]
    fn a_message_is_said_by_its_key_its_forms_or_a_beginning() {
        let source = r#"t("feed.end"); plural("feed.minutes", 3); text(&format!("error.{code}"));"#;
        for key in
            ["feed.end", "feed.minutes.one", "feed.minutes.other", "error.network", "error.field.title"]
        {
            assert!(is_said(source, key), "{key}");
        }
        for key in ["feed.end_text", "feed.end.deep", "upload.one", "errors.x"] {
            assert!(!is_said(source, key), "{key}");
        }
    }
}
