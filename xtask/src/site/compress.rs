//! `.br` and `.gz` beside every file that gets smaller by it, at the highest quality: once here instead of per request.

use std::fs;
use std::io::Write;
use std::path::Path;

use anyhow::{Context, Result};
use flate2::Compression;
use flate2::write::GzEncoder;

use crate::workspace::files_under;

const TEXTS: [&str; 8] = ["css", "html", "js", "json", "svg", "txt", "wasm", "webmanifest"];

/// Compresses what is served as it lies in `folder`; the server writes into `index.html`, so that one is left out.
pub fn all(folder: &Path) -> Result<()> {
    for file in files_under(folder)? {
        let ending = file.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
        if !TEXTS.contains(&ending) || file == Path::new("index.html") {
            continue;
        }
        let path = folder.join(&file);
        let content = fs::read(&path).with_context(|| path.display().to_string())?;
        fs::write(folder.join(format!("{}.br", file.display())), brotli(&content)?)?;
        fs::write(folder.join(format!("{}.gz", file.display())), gzip(&content)?)?;
    }
    Ok(())
}

/// Brotli at quality 11 with the largest window that every browser accepts.
pub fn brotli(content: &[u8]) -> Result<Vec<u8>> {
    let mut compressed = Vec::new();
    let parameters = brotli::enc::BrotliEncoderParams { quality: 11, lgwin: 22, ..Default::default() };
    brotli::BrotliCompress(&mut &*content, &mut compressed, &parameters).context("brotli")?;
    Ok(compressed)
}

fn gzip(content: &[u8]) -> Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(content)?;
    encoder.finish().context("gzip")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_compressions_come_back_as_they_went_in() {
        let text = "a clip, a question, a clip, a question. ".repeat(500).into_bytes();
        let mut from_brotli = Vec::new();
        brotli::BrotliDecompress(&mut brotli(&text).unwrap().as_slice(), &mut from_brotli).unwrap();
        assert_eq!(from_brotli, text);
        let mut from_gzip = Vec::new();
        let mut decoder = flate2::write::GzDecoder::new(&mut from_gzip);
        decoder.write_all(&gzip(&text).unwrap()).unwrap();
        decoder.finish().unwrap();
        assert_eq!(from_gzip, text);
    }
}
