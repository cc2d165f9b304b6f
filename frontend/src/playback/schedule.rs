//! What is fetched ahead and in which order, and which rendition: pure decisions. Fetching itself is in `prefetch`.

use minnow_shared::clip::{ClipView, RenditionView};

/// What the network and the learner allow.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Link {
    /// The learner's data saver, the browser's Save-Data, or a slow link (2g, under 400 kbit/s).
    pub is_thrifty: bool,
    /// Measured or reported, bits a second; `None` while nothing is known.
    pub bits_per_second: Option<u32>,
}

/// Where the learner is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Situation {
    /// Place of the current clip, from 0.
    pub current: usize,
    /// Clips there are.
    pub count: usize,
    /// The current clip shows moving frames: until then it has the network for itself.
    pub is_playing: bool,
}

/// One piece of work; each begins when the one before it is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// The index and the first moments of the film into the browser's cache.
    Beginning(usize),
    Poster(usize),
}

impl Step {
    pub fn place(self) -> usize {
        match self {
            Step::Beginning(place) | Step::Poster(place) => place,
        }
    }
}

/// What to do now, in order. Only for the very next clip: most of what is fetched for later is never watched.
pub fn plan(at: Situation, link: Link) -> Vec<Step> {
    if !at.is_playing {
        return Vec::new();
    }
    let next = at.current + 1;
    match (next < at.count, link.is_thrifty) {
        (false, _) => Vec::new(),
        (true, true) => vec![Step::Poster(next)],
        (true, false) => vec![Step::Poster(next), Step::Beginning(next)],
    }
}

/// Bytes from 0 that a step needs of a rendition; `None` where it is no range.
pub fn range_bytes(step: Step, rendition: &RenditionView) -> Option<u64> {
    let (moov, two) = (rendition.moov_end_bytes, rendition.two_seconds_bytes.min(rendition.size_bytes));
    match step {
        // 0.7 s: what comes next is on its way before that has played.
        Step::Beginning(_) => Some(moov + two.saturating_sub(moov) * 7 / 20),
        Step::Poster(_) => None,
    }
}

/// The short side of the film as it is drawn on a stage that holds all of it, device pixels. More than two device pixels to
/// a CSS pixel are not seen in moving pictures. `width`, `height`: of the stage, CSS pixels.
pub fn drawn_px(clip: &ClipView, width: f64, height: f64, pixel_ratio: f64) -> f64 {
    let (film_width, film_height) = (f64::from(clip.width.max(1)), f64::from(clip.height.max(1)));
    let scale = (width / film_width).min(height / film_height);
    film_width.min(film_height) * scale * pixel_ratio.clamp(1.0, 2.0)
}

/// The rendition for a film drawn `drawn_px` device pixels wide (its short side): the smallest that is not stretched, as
/// far as the link carries it with half to spare; the smallest on a thrifty link.
pub fn rendition(clip: &ClipView, drawn_px: f64, link: Link) -> Option<&RenditionView> {
    let smallest = clip.renditions.first();
    if link.is_thrifty {
        return smallest;
    }
    let carried = |r: &&RenditionView| {
        let bits_per_second = r.size_bytes * 8 * 1000 / u64::from(clip.duration_ms.max(1));
        link.bits_per_second.is_none_or(|link| bits_per_second * 3 / 2 <= u64::from(link))
    };
    // A percent is no stretching.
    let sharp = |r: &&RenditionView| f64::from(r.short_side) * 1.01 >= drawn_px;
    let fitting = || clip.renditions.iter().filter(carried);
    fitting().find(sharp).or_else(|| fitting().next_back()).or(smallest)
}

/// Keeps a running idea of the throughput. `bytes` over `ms`, new samples count a third; samples under 32 KiB say more
/// about latency than about the link and are left out.
pub fn throughput(before: Option<u32>, bytes: u64, ms: f64) -> Option<u32> {
    if bytes < 32 * 1024 || ms < 1.0 {
        return before;
    }
    let sample = (bytes as f64 * 8000.0 / ms).min(f64::from(u32::MAX));
    let mixed = before.map_or(sample, |before| f64::from(before) * 2.0 / 3.0 + sample / 3.0);
    Some(mixed as u32)
}

#[cfg(test)]
pub mod tests {
    use super::*;
    use minnow_shared::{ClipId, PersonId, clip::CountsView, person::AuthorView};

    pub fn clip(n: u8) -> ClipView {
        let rendition = |short_side: u32, size_bytes: u64| RenditionView {
            short_side,
            width: short_side,
            height: short_side * 16 / 9,
            url: format!("/media/{n}/{short_side}.mp4"),
            size_bytes,
            moov_end_bytes: 20_000,
            two_seconds_bytes: 20_000 + size_bytes / 15,
        };
        ClipView {
            id: ClipId::new(1, [n; 10]),
            title: "Why the sky turns red at dusk".into(),
            author: AuthorView {
                id: PersonId::new(1, [0; 10]),
                handle: "ines".into(),
                display_name: "Inês".into(),
                bio: String::new(),
            },
            topics: Vec::new(),
            language: "en".into(),
            licence: String::new(),
            source_url: None,
            duration_ms: 30_000,
            width: 1080,
            height: 1920,
            renditions: vec![rendition(360, 1_312_500), rendition(540, 2_625_000), rendition(720, 5_250_000)],
            poster_url: String::new(),
            poster_small_url: String::new(),
            thumbhash: String::new(),
            alt: String::new(),
            captions: Vec::new(),
            questions: Vec::new(),
            counts: CountsView { likes: 0, saves: 0 },
            liked: false,
            saved: false,
            published_at_ms: 0,
            guess_first: false,
            review: None,
        }
    }

    fn at(current: usize) -> Situation {
        Situation { current, count: 10, is_playing: true }
    }

    fn short_side(drawn_px: f64, link: Link) -> u32 {
        rendition(&clip(1), drawn_px, link).unwrap().short_side
    }

    #[test]
    fn the_current_clip_downloads_alone_until_it_plays() {
        assert_eq!(plan(Situation { is_playing: false, ..at(2) }, Link::default()), []);
    }

    #[test]
    fn then_the_next_clip_begins_to_come_and_nothing_of_the_ones_after_it() {
        assert_eq!(plan(at(2), Link::default()), [Step::Poster(3), Step::Beginning(3)]);
    }

    #[test]
    fn a_thrifty_link_gets_the_poster_and_the_smallest_rendition() {
        let link = Link { is_thrifty: true, bits_per_second: Some(50_000_000) };
        assert_eq!(plan(at(0), link), [Step::Poster(1)]);
        assert_eq!(short_side(2000.0, link), 360);
    }

    #[test]
    fn nothing_is_planned_past_the_last_clip() {
        assert_eq!(plan(at(9), Link::default()), []);
        assert!(plan(at(8), Link::default()).iter().all(|step| step.place() == 9));
    }

    #[test]
    fn a_film_is_drawn_whole_on_stages_of_every_shape() {
        let clip = clip(1);
        assert_eq!(drawn_px(&clip, 390.0, 784.0, 1.0), 390.0);
        assert_eq!(drawn_px(&clip, 506.25, 900.0, 1.0), 506.25);
        assert_eq!(drawn_px(&clip, 360.0, 640.0, 3.0), 720.0, "two pixels are enough");
        let wide = ClipView { width: 1920, height: 1080, ..clip };
        assert_eq!(drawn_px(&wide, 384.0, 784.0, 1.0), 216.0);
    }

    #[test]
    fn the_rendition_follows_the_stage_and_then_the_link() {
        let link = |bits_per_second| Link { is_thrifty: false, bits_per_second };
        assert_eq!(short_side(360.0, link(None)), 360);
        assert_eq!(short_side(441.0, link(None)), 540);
        assert_eq!(short_side(1170.0, link(None)), 720);
        assert_eq!(short_side(1170.0, link(Some(1_200_000))), 540);
        assert_eq!(short_side(1170.0, link(Some(100_000))), 360, "never nothing");
    }

    #[test]
    fn a_range_holds_the_index_and_the_first_moments() {
        let clip = clip(1);
        let rendition = clip.renditions.first().unwrap();
        assert_eq!(range_bytes(Step::Beginning(1), rendition), Some(50_625));
        assert_eq!(range_bytes(Step::Poster(1), rendition), None);
    }

    #[test]
    fn small_samples_do_not_move_the_throughput() {
        assert_eq!(throughput(Some(1_000_000), 1_000, 500.0), Some(1_000_000));
        assert_eq!(throughput(None, 125_000, 1000.0), Some(1_000_000));
        assert_eq!(throughput(Some(1_000_000), 500_000, 1000.0), Some(2_000_000));
    }
}
