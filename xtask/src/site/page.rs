//! The HTML of the page: takes out what trunk wrote and writes what a strict Content-Security-Policy allows (no inline
//! script, everything from our own origin, each file with its hash).

use anyhow::{Context, Result, bail};

use super::bundle::{Asset, Entry};

const ASSETS: &str = "<!--minnow:assets-->";
/// Where the server writes what to fetch early, Open Graph tags, and the first clip.
const PLACES: [&str; 3] = ["<!--minnow:entry-->", "<!--minnow:head-->", "<!--minnow:first-->"];

/// `program`: what trunk compiled and named in the page.
pub fn compose(
    template: &str,
    program: &str,
    boot: &Asset,
    style: &Asset,
    icons: &[(String, String)],
) -> Result<String> {
    for place in PLACES.iter().chain([&ASSETS]) {
        if template.matches(place).count() != 1 {
            bail!("index.html must hold {place} exactly once");
        }
    }
    let html = without_trunk(template, program)?;
    let tags = [stylesheet(style), tag("script type=\"module\" src", boot, "></script>")];
    Ok(rename_icons(&html.replace(ASSETS, &tags.join("\n  ")), icons))
}

/// The tag of a style sheet.
pub fn stylesheet(style: &Asset) -> String {
    tag("link rel=\"stylesheet\" href", style, ">")
}

/// Tags that fetch a program of the app before boot.js asks for it.
pub fn preloads(entry: &Entry) -> String {
    // Browsers ignore, with a warning, the integrity of a preload that is no script: boot.js gives it with the fetch.
    let wasm = "<link rel=\"preload\" as=\"fetch\" type=\"application/wasm\" crossorigin=\"anonymous\"";
    let script = tag("link rel=\"modulepreload\" href", &entry.script, ">");
    format!("{wasm} href=\"{}\">{script}", entry.wasm.url)
}

fn tag(start: &str, file: &Asset, end: &str) -> String {
    format!("<{start}=\"{}\" integrity=\"{}\" crossorigin=\"anonymous\"{end}", file.url, file.integrity)
}

/// The page as it is kept for offline: nothing that belongs to one moment.
pub fn without_places(html: &str) -> String {
    PLACES.iter().fold(html.to_owned(), |html, place| html.replace(place, ""))
}

/// Writes the hashed addresses of the icons for those in our sources.
pub fn rename_icons(text: &str, icons: &[(String, String)]) -> String {
    icons.iter().fold(text.to_owned(), |text, (from, to)| {
        text.replace(&format!("\"{from}\""), &format!("\"{to}\""))
            .replace(&format!("'{from}'"), &format!("\"{to}\""))
    })
}

/// Removes trunk's inline start script and its preloads of the files that we rename.
fn without_trunk(template: &str, program: &str) -> Result<String> {
    let mut html = template.to_owned();
    let start =
        html.find("<script type=\"module\"").context("trunk wrote no start script into index.html")?;
    cut(&mut html, start, "</script>")?;
    // `/feed.js` and `/feed_bg.wasm`
    let names = [format!("/{program}.js\""), format!("/{program}_bg.wasm\"")];
    while let Some(name) = names.iter().find_map(|name| html.find(name)) {
        let start =
            html.get(..name).and_then(|before| before.rfind('<')).context("a name outside of a tag")?;
        if !html.get(start..).is_some_and(|tag| tag.starts_with("<link")) {
            bail!("index.html names {program} outside of a link");
        }
        cut(&mut html, start, ">")?;
    }
    if html.contains("<script") {
        bail!("index.html holds another script than trunk's");
    }
    Ok(html)
}

fn cut(html: &mut String, start: usize, end: &str) -> Result<()> {
    let length =
        html.get(start..).and_then(|rest| rest.find(end)).context("a tag in index.html does not end")?;
    html.replace_range(start..start + length + end.len(), "");
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const BY_TRUNK: &str = r#"<head><link rel="manifest" href="/manifest.webmanifest">
<link rel="icon" href="/icons/icon.svg">
<script type="module">
import init from '/feed.js';
</script><!--minnow:assets--><!--minnow:entry--><!--minnow:head-->
<link rel="modulepreload" href="/feed.js" crossorigin="anonymous" integrity="sha384-x">
<link rel="preload" href="/feed_bg.wasm" as="fetch"></head>
<body><!--minnow:first--><div id="app"></div></body>"#;

    fn asset(url: &str) -> Asset {
        Asset { url: url.to_owned(), integrity: format!("sha384-of{url}") }
    }

    fn composed(template: &str) -> Result<String> {
        let icons = [("/icons/icon.svg".to_owned(), "/assets/icon-1.svg".to_owned())];
        compose(template, "feed", &asset("/assets/b.js"), &asset("/assets/c.css"), &icons)
    }

    #[test]
    fn no_inline_script_is_left_and_each_file_carries_its_hash() {
        let html = composed(BY_TRUNK).unwrap();
        assert!(!html.contains("feed"), "{html}");
        assert!(!html.contains("import init"), "{html}");
        for url in ["/assets/b.js", "/assets/c.css"] {
            assert!(html.contains(&format!("\"{url}\" integrity=\"sha384-of{url}\" crossorigin")), "{html}");
        }
        assert!(html.contains(r#"<link rel="icon" href="/assets/icon-1.svg">"#), "{html}");
        assert!(html.contains(r#"<link rel="manifest" href="/manifest.webmanifest">"#), "{html}");
    }

    #[test]
    fn the_places_of_the_server_stay_in_the_page_and_leave_the_shell() {
        let html = composed(BY_TRUNK).unwrap();
        let shell = without_places(&html);
        for place in PLACES {
            assert!(html.contains(place));
            assert!(!shell.contains(place));
        }
    }

    #[test]
    fn a_page_without_the_places_of_the_server_is_refused() {
        assert!(composed(&BY_TRUNK.replace("<!--minnow:first-->", "")).is_err());
        assert!(composed(&BY_TRUNK.replace("<!--minnow:assets-->", "")).is_err());
    }

    #[test]
    fn a_script_of_anyone_else_is_refused() {
        assert!(composed(&BY_TRUNK.replace("<body>", "<body><script>alert(1)</script>")).is_err());
    }
}
