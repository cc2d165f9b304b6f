//! For those who write lessons: speaks, draws and mixes a lesson by running espeak-ng and ffmpeg.
//!
//! `film still SLUG|FILE OUT.png [MOMENT…]`: a row of small pictures (default: twelve moments, evenly spread; `cover`
//! is the cover)
//! `film check SLUG|FILE -`: what lies too near to the edges or under the interface
//! `film sound SLUG|FILE OUT.wav`: the mix, and how many words a minute are said
//! `film mp4 SLUG|FILE OUT.mp4`: the clip
//! `film frames SLUG|FILE -`: draws every frame and throws it away: `time` it

#![allow(clippy::print_stdout)]

use minnow_renderer::{Frames, HEIGHT, Lesson, Speech, Timeline, WIDTH};
use std::error::Error;
use std::io::Write;
use std::process::{Command, Stdio};

type Outcome<T> = Result<T, Box<dyn Error>>;

fn main() -> Outcome<()> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [what, name, out, moments @ ..] = args.as_slice() else {
        return Err("film still|check|sound|mp4|frames SLUG|FILE OUT [MOMENT…]".into());
    };
    let source = match minnow_renderer::builtin().iter().find(|(slug, _)| slug == name) {
        Some((_, source)) => (*source).to_owned(),
        None => std::fs::read_to_string(name)?,
    };
    let lesson = minnow_renderer::parse(&source)?;
    let speech = lesson.spoken_lines().map(|line| speak(&lesson, line)).collect::<Outcome<Vec<_>>>()?;
    let timeline = minnow_renderer::plan(&lesson, &speech)?;
    match what.as_str() {
        "still" => stills(&lesson, &timeline, out, moments),
        "check" => {
            let bad = minnow_renderer::out_of_reach(&lesson, &timeline);
            bad.iter().for_each(|line| println!("{}: {line}", lesson.slug));
            Ok(())
        }
        "frames" => {
            let mut frames = Frames::new(&lesson, &timeline)?;
            let all = 0..frames.count();
            let changed = all.filter(|i| frames.render(*i).changed).count();
            println!("{}: {} frames, {changed} drawn", lesson.slug, frames.count());
            Ok(())
        }
        "sound" => sound(&lesson, &timeline, &speech, out),
        _ => film(&lesson, &timeline, &speech, out),
    }
}

fn speak(lesson: &Lesson, line: &str) -> Outcome<Speech> {
    let voice = &minnow_renderer::author(&lesson.author).ok_or("unknown author")?.voice;
    let (speed, pitch) = (voice.speed.to_string(), voice.pitch.to_string());
    let done = Command::new("espeak-ng")
        .args(["-v", &voice.name, "-s", &speed, "-p", &pitch, "--stdout", "--", line])
        .output()?;
    let samples = done.stdout.get(44..).unwrap_or_default().chunks_exact(2);
    let samples = samples.filter_map(|b| b.try_into().ok().map(i16::from_le_bytes)).collect();
    Ok(Speech { samples, sample_rate: 22_050 })
}

fn stills(lesson: &Lesson, timeline: &Timeline, out: &str, moments: &[String]) -> Outcome<()> {
    let seconds = timeline.duration_ms as f32 / 1000.0;
    let mut at: Vec<f32> = moments.iter().filter_map(|m| m.parse().ok()).collect();
    if moments.iter().any(|m| m == "cover") {
        at.push(timeline.cover_ms as f32 / 1000.0);
    }
    if at.is_empty() {
        at = (0..12).map(|i| seconds * (i as f32 + 0.8) / 12.2).collect();
    }
    let mut frames = Frames::new(lesson, timeline)?;
    let (scale, gap) = (2u32, 8u32);
    let (w, h) = (WIDTH / scale, HEIGHT / scale);
    let columns = (at.len() as u32).min(6);
    let rows = (at.len() as u32).div_ceil(columns.max(1));
    let mut sheet = tiny_skia::Pixmap::new(columns * (w + gap), rows * (h + gap)).ok_or("no moments")?;
    for (i, t) in at.iter().enumerate() {
        let frame = frames.render(timeline.frame_at((t * 1000.0) as u32));
        let picture = tiny_skia::PixmapRef::from_bytes(frame.pixels, WIDTH, HEIGHT).ok_or("size")?;
        let (x, y) = ((i as u32 % columns) * (w + gap), (i as u32 / columns) * (h + gap));
        let place = tiny_skia::Transform::from_row(0.5, 0.0, 0.0, 0.5, x as f32, y as f32);
        let paint =
            tiny_skia::PixmapPaint { quality: tiny_skia::FilterQuality::Bilinear, ..Default::default() };
        sheet.draw_pixmap(0, 0, picture, &paint, place, None);
    }
    sheet.save_png(out)?;
    println!("{}: {seconds:.1} s, question at {:?} ms", lesson.slug, timeline.question_ms);
    Ok(())
}

fn sound(lesson: &Lesson, timeline: &Timeline, speech: &[Speech], out: &str) -> Outcome<()> {
    let samples = minnow_renderer::mix(lesson, timeline, speech);
    let bytes = u32::try_from(samples.len() * 2)?;
    let mut wav = Vec::with_capacity(samples.len() * 2 + 44);
    wav.extend_from_slice(b"RIFF");
    wav.extend_from_slice(&(bytes + 36).to_le_bytes());
    wav.extend_from_slice(b"WAVEfmt \x10\0\0\0\x01\0\x02\0");
    wav.extend_from_slice(&48_000u32.to_le_bytes());
    wav.extend_from_slice(&192_000u32.to_le_bytes());
    wav.extend_from_slice(b"\x04\0\x10\0data");
    wav.extend_from_slice(&bytes.to_le_bytes());
    wav.extend(samples.iter().flat_map(|s| s.to_le_bytes()));
    std::fs::write(out, wav)?;
    let words: usize = lesson.spoken_lines().map(|l| l.split_whitespace().count()).sum();
    let said: f32 = timeline.lines.iter().map(|l| l.seconds).sum();
    let ends = timeline.lines.iter().map(|l| l.start + l.seconds);
    let starts = timeline.lines.iter().skip(1).map(|l| l.start);
    let pause = starts.zip(ends).map(|(next, end)| next - end).fold(0f32, f32::max);
    let per_minute = words as f32 / said * 60.0;
    println!("{}: {per_minute:.0} words a minute, longest pause {pause:.1} s", lesson.slug);
    Ok(())
}

fn film(lesson: &Lesson, timeline: &Timeline, speech: &[Speech], out: &str) -> Outcome<()> {
    let sound = std::env::temp_dir().join(format!("{}-{}.s16", lesson.slug, std::process::id()));
    let samples = minnow_renderer::mix(lesson, timeline, speech);
    std::fs::write(&sound, samples.iter().flat_map(|s| s.to_le_bytes()).collect::<Vec<u8>>())?;
    let size = format!("{WIDTH}x{HEIGHT}");
    let mut ffmpeg = Command::new("ffmpeg")
        .args(["-v", "error", "-y", "-f", "rawvideo", "-pix_fmt", "rgba", "-s", &size, "-r", "30", "-i", "-"])
        .args(["-f", "s16le", "-ar", "48000", "-ac", "2", "-i"])
        .arg(&sound)
        .args(["-c:v", "libx264", "-preset", "veryfast", "-pix_fmt", "yuv420p", "-c:a", "aac", out])
        .stdin(Stdio::piped())
        .spawn()?;
    let mut frames = Frames::new(lesson, timeline)?;
    let mut pipe = ffmpeg.stdin.take().ok_or("no pipe")?;
    for index in 0..frames.count() {
        pipe.write_all(frames.render(index).pixels)?;
    }
    drop(pipe);
    ffmpeg.wait()?;
    std::fs::remove_file(sound)?;
    println!("{out}: {} frames, {} ms", frames.count(), timeline.duration_ms);
    Ok(())
}
