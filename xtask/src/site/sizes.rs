//! What the first load of the feed weighs, and what it may weigh.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};

use super::compress::brotli;
use crate::workspace::files_under;

/// Everything before the first swipe is possible, as sent (brotli), in bytes. Media are not part of it.
const BUDGET: u64 = 210_000;

struct Size {
    name: String,
    raw: u64,
    sent: u64,
    first_load: bool,
}

/// Prints the table of a finished site.
pub fn print(dist: &Path) -> Result<()> {
    let sizes = measure(dist)?;
    eprintln!("   {:<44} {:>10} {:>10}", "", "bytes", "as sent");
    for size in sizes.iter() {
        let mark = if size.first_load { '*' } else { ' ' };
        eprintln!(" {mark} {:<44} {:>10} {:>10}", size.name, size.raw, size.sent);
    }
    let total = first_load(&sizes);
    eprintln!(" * first load {total} bytes of {BUDGET}{}", if total > BUDGET { ": OVER BUDGET" } else { "" });
    Ok(())
}

/// An error when the first load is over its budget.
pub fn check_budget(dist: &Path) -> Result<()> {
    print(dist)?;
    let total = first_load(&measure(dist)?);
    if total > BUDGET {
        bail!("the first load is {total} bytes, {} over its budget", total - BUDGET);
    }
    Ok(())
}

fn first_load(sizes: &[Size]) -> u64 {
    sizes.iter().filter(|size| size.first_load).map(|size| size.sent).sum()
}

fn measure(dist: &Path) -> Result<Vec<Size>> {
    let mut sizes = Vec::new();
    for file in files_under(dist)? {
        let name = file.display().to_string();
        if name.starts_with('.') || name.ends_with(".br") || name.ends_with(".gz") {
            continue;
        }
        let content = fs::read(dist.join(&file)).with_context(|| name.clone())?;
        let compressed = dist.join(format!("{name}.br"));
        let sent = match fs::metadata(&compressed) {
            Ok(metadata) => metadata.len(),
            Err(_) if name == "index.html" => brotli(&content)?.len() as u64,
            Err(_) => content.len() as u64,
        };
        let first_load = is_first_load(&name);
        sizes.push(Size { name, raw: content.len() as u64, sent, first_load });
    }
    if !sizes.iter().any(|size| size.name.ends_with(".wasm")) {
        bail!("{} holds no finished site", dist.display());
    }
    Ok(sizes)
}

/// The page, its style sheet, scripts, the feed's program, the words of one language (the longest) and the font. The
/// other programs, the shell page, rare letters, icons and the worker come after the first swipe.
fn is_first_load(name: &str) -> bool {
    let later = [
        "assets/shell-",
        "assets/desk-",
        "assets/studio-",
        "assets/over-",
        "assets/words-",
        "assets/atkinson-next-more-",
    ];
    let words = name.starts_with("assets/words-feed-ar-");
    let of_the_page =
        name.starts_with("assets/") && (words || !later.iter().any(|start| name.starts_with(start)));
    let endings = [".css", ".js", ".json", ".wasm", ".woff2"];
    name == "index.html" || of_the_page && endings.iter().any(|end| name.ends_with(end))
}

#[cfg(test)]
mod tests {
    use super::is_first_load;

    #[test]
    fn the_first_load_is_the_page_its_style_scripts_feed_words_and_font() {
        let counted = ["index.html", "assets/minnow-1.css", "assets/boot-1.js", "assets/feed-1.js"];
        assert!(counted.iter().all(|name| is_first_load(name)));
        let counted = ["assets/feed-1.wasm", "assets/f-1.woff2", "assets/words-feed-ar-1.json"];
        assert!(counted.iter().all(|name| is_first_load(name)));
        let later = [
            "sw.js",
            "entries.json",
            "assets/shell-1.html",
            "assets/desk-1.wasm",
            "assets/studio-1.wasm",
            "assets/over-1.js",
            "assets/words-ar-1.json",
            "assets/atkinson-next-more-1.woff2",
        ];
        assert!(!later.iter().any(|name| is_first_load(name)));
    }
}
